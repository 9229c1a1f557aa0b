"""Key elders, the grants of a month, the fund, the community pot, and minutes earned over a lifetime."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from timebank.core import hooks
from timebank.core.authority import Actor
from timebank.core.db import below, db, in_scope
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.exchange.models.annulments import AnnulledVisit, AnnulmentCase
from timebank.exchange.models.netting import NettedPair, NettingPayment
from timebank.exchange.models.volunteers import ElderGrant, KeyElder
from timebank.exchange.queries import schemes
from timebank.exchange.queries.schemes import SchemeInfo
from timebank.exchange.rules.annulments import TAKEN_BACK
from timebank.exchange.rules.grants import Basis, ElderFacts, GrantState, grant_state, key_elder
from timebank.exchange.rules.netting_payments import POSTED, Way
from timebank.exchange.rules.stars import Stars, stars
from timebank.ledger import queries as ledger
from timebank.ledger.models import Entry, LedgerAccount, Transfer
from timebank.people import queries as people
from timebank.people.models import Person
from timebank.people.rules.ages import age_on

CARRIED_OVER = ("opening",)  # from the records kept before this system
EARNED = ("visit", *CARRIED_OVER)  # purposes that count for stars


@dataclass(frozen=True, slots=True)
class Elder:
    """A key elder on a day, and why."""

    person_id: int
    name: str
    territory_code: str
    basis: Basis


def key_elders(territory_code: str, on: date, rule: dict[str, object]) -> list[Elder]:
    """The key elders who live in the territory, by tb.key_elder_rule and by the list; three statements.

    What somebody receives from assistance is asked with the question `category_status(person_ids, on)`, answered
    with pairs (person, code).
    """
    listed = listed_on(territory_code, on)
    return judged(db.session.execute(candidates(territory_code, listed)).all(), listed, on, rule)


def candidates(territory_code: str, listed: Collection[int]) -> Any:
    """Who may be a key elder, in the order of their numbers; `judged` says who is."""
    return (
        select(Person.id, Person.name, Person.territory_code, Person.birth_date, Person.lives_alone, Person.self_care)
        .where(
            below(Person.territory_code, territory_code),
            Person.merged_into_id.is_(None),
            Person.deceased_on.is_(None),
            or_(Person.lives_alone.is_(True), Person.id.in_(listed)),
        )
        .order_by(Person.id)
    )


def judged(rows: Sequence[Row[Any]], listed: Collection[int], on: date, rule: dict[str, object]) -> list[Elder]:
    """The key elders among candidates; one statement."""
    statuses = _statuses([row.id for row in rows], on)
    found = []
    for row in rows:
        age = age_on(row.birth_date, on) if row.birth_date else None
        facts = ElderFacts(age, row.lives_alone, row.self_care, statuses[row.id], row.id in listed)
        if basis := key_elder(facts, rule):
            found.append(Elder(row.id, row.name, row.territory_code, basis))
    return found


def listed_on(territory_code: str, on: date) -> frozenset[int]:
    """Who is on the list by hand on the day."""
    current = and_(KeyElder.listed_on <= on, or_(KeyElder.removed_on.is_(None), KeyElder.removed_on > on))
    rows = db.session.scalars(select(KeyElder.person_id).where(below(KeyElder.territory_code, territory_code), current))
    return frozenset(rows)


def _statuses(person_ids: list[int], on: date) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    if person_ids:
        for person_id, code in hooks.ask("category_status", person_ids=person_ids, on=on):
            found[person_id].add(code)
    return defaultdict(frozenset, {person_id: frozenset(codes) for person_id, codes in found.items()})


@dataclass(frozen=True, slots=True)
class Listing:
    """Somebody on the list of key elders by hand."""

    id: int
    person_id: int
    name: str
    territory_code: str
    reason: str
    listed_on: date


def listings(actor: Actor) -> list[Listing]:
    """Who is on the list now (`grants.read`), at most 200."""
    rows = db.session.execute(
        select(KeyElder, Person.name)
        .join(Person, Person.id == KeyElder.person_id)
        .where(KeyElder.removed_on.is_(None), in_scope(KeyElder.territory_code, actor.scopes("grants.read")))
        .order_by(KeyElder.id.desc())
        .limit(200)
    )
    return [Listing(row.id, row.person_id, name, row.territory_code, row.reason, row.listed_on) for row, name in rows]


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant of a month.  Minutes: granted, left on the account (posted), gone back."""

    id: int
    person_id: int
    name: str
    territory_code: str
    month: str
    minutes: int
    basis: Basis
    left: int
    returned_minutes: int | None
    ended_at: datetime | None

    @property
    def state(self) -> GrantState:
        return grant_state(self.minutes, self.left, self.returned_minutes)


def grants(actor: Actor, month: str, after: int | None = None, limit: int = PER_PAGE) -> Page[GrantRow]:
    """The grants of a month in the actor's territories (`grants.read`), one statement a page."""
    account = and_(LedgerAccount.owner_id == ElderGrant.person_id, LedgerAccount.kind == "grant")
    wanted = (
        select(ElderGrant, Person.name, func.coalesce(LedgerAccount.posted, 0))
        .join(Person, Person.id == ElderGrant.person_id)
        .outerjoin(LedgerAccount, account)
        .where(ElderGrant.month == month, in_scope(ElderGrant.territory_code, actor.scopes("grants.read")))
        .order_by(ElderGrant.id)
        .limit(limit + 1)
    )
    if after is not None:
        wanted = wanted.where(ElderGrant.id > after)
    rows = [
        GrantRow(
            row.id,
            row.person_id,
            name,
            row.territory_code,
            row.month,
            row.minutes,
            row.basis,
            left,
            row.returned_minutes,
            row.ended_at,
        )
        for row, name, left in db.session.execute(wanted)
    ]
    return cut(rows, [row.id for row in rows], limit)


@dataclass(frozen=True, slots=True)
class MonthSums:
    """What a month's grants come to, in elders and minutes."""

    elders: int
    minutes: int
    returned_minutes: int


def month_sums(actor: Actor, month: str) -> MonthSums:
    """Sums over the grants of a month in the actor's territories."""
    row = db.session.execute(
        select(func.count(), func.sum(ElderGrant.minutes), func.sum(ElderGrant.returned_minutes)).where(
            ElderGrant.month == month, in_scope(ElderGrant.territory_code, actor.scopes("grants.read"))
        )
    ).one()
    return MonthSums(int(row[0]), int(row[1] or 0), int(row[2] or 0))


@dataclass(frozen=True, slots=True)
class FundInfo:
    """What a city's fund owes: minutes handed out in grants and not come back (a liability, domain.md F3).

    What it paid other time banks, or got from them, is not among them.
    """

    scheme: SchemeInfo
    owed_minutes: int
    on_grant_accounts: int


def fund(scheme: SchemeInfo) -> FundInfo:
    """The fund of a city's scheme; four statements."""
    account = ledger.account_of(scheme.tenant, "fund", scheme.id)
    posted = ledger.balance(scheme.tenant, account).posted if account is not None else 0
    waiting = db.session.scalar(
        select(func.sum(LedgerAccount.posted)).where(
            LedgerAccount.tenant_id == scheme.tenant, LedgerAccount.kind == "grant"
        )
    )
    return FundInfo(scheme, _settled(scheme.id) - posted, int(waiting or 0))


def _settled(scheme_id: int) -> int:
    """Minutes that the fund got from other time banks less those it paid them, where that stands in the books."""
    got = case((NettedPair.creditor_id == scheme_id, NettingPayment.minutes), else_=-NettingPayment.minutes)
    wanted = (
        select(func.sum(got))
        .join(NettedPair, NettedPair.id == NettingPayment.pair_id)
        .where(
            or_(NettedPair.creditor_id == scheme_id, NettedPair.debtor_id == scheme_id),
            NettingPayment.way == Way.HOURS,
            NettingPayment.state.in_(POSTED),
        )
    )
    return int(db.session.scalar(wanted) or 0)


def fund_scheme(scheme: SchemeInfo) -> SchemeInfo:
    """The scheme whose fund pays for this scheme's key elders: the outermost (the city's)."""
    seen = {scheme.id}
    while scheme.parent_id is not None and scheme.parent_id not in seen:
        seen.add(scheme.parent_id)
        scheme = schemes.scheme(scheme.parent_id)
    return scheme


@dataclass(frozen=True, slots=True)
class PotInfo:
    """A scheme's community pot in minutes."""

    scheme: SchemeInfo
    posted: int
    available: int


def pots(visible: Sequence[SchemeInfo]) -> list[PotInfo]:
    """The pots of the schemes."""
    found = []
    for scheme in visible:
        account = ledger.account_of(scheme.tenant, "pot", scheme.id)
        balance = ledger.balance(scheme.tenant, account) if account is not None else None
        found.append(PotInfo(scheme, balance.posted if balance else 0, balance.available if balance else 0))
    return found


def earned(tenant: int, purposes: Sequence[str] = EARNED) -> Any:
    """(owner, minutes) of everybody whose accounts in the city were credited for these purposes, as far as it stands.

    What was earned under a number that was merged counts for the kept one; narrow it by `LedgerAccount.owner_id` of
    all numbers.
    """
    reversal = aliased(Transfer)
    reversed_since = and_(
        reversal.tenant_id == Transfer.tenant_id, reversal.ref_id == Transfer.id, reversal.kind == "reverse"
    )
    owner = func.coalesce(Person.merged_into_id, LedgerAccount.owner_id)
    return (
        select(owner.label("owner_id"), func.sum(Entry.amount).label("minutes"))
        .select_from(LedgerAccount)
        .join(Person, Person.id == LedgerAccount.owner_id)
        .join(Entry, and_(Entry.tenant_id == LedgerAccount.tenant_id, Entry.account_id == LedgerAccount.id))
        .join(Transfer, and_(Transfer.tenant_id == Entry.tenant_id, Transfer.id == Entry.transfer_id))
        .where(
            LedgerAccount.tenant_id == tenant,
            LedgerAccount.kind.in_(("member", "group")),
            Transfer.purpose.in_(purposes),
            Transfer.kind.in_(("post", "capture")),
            Entry.amount > 0,
            ~exists().where(reversed_since),
        )
        .group_by(owner)
    )


def earned_minutes(tenant: int, person_ids: Iterable[int]) -> dict[int, int]:
    """Minutes credited for visits (and opening balances) over a lifetime, minus what was reversed; three statements.

    By each number asked for, what the person earned under all their numbers.  What a person paid does not count: only
    postings *to* the account that stand (domain.md F16).
    """
    asked = set(person_ids)
    kept = {one: people.resolve(one) for one in asked}
    numbers = {number for one in set(kept.values()) for number in people.ids_of(one)}
    rows = db.session.execute(earned(tenant).where(LedgerAccount.owner_id.in_(numbers)))
    untrue = not_yet_taken_back(numbers)
    sums = {owner: int(total or 0) for owner, total in rows}
    return {one: max(0, sums.get(kept[one], 0) - untrue.get(kept[one], 0)) for one in asked}


def carried_over(tenant: int, numbers: Iterable[int]) -> int:
    """Minutes of one person (all numbers) that were taken over from earlier records; one statement."""
    owned = earned(tenant, CARRIED_OVER).where(LedgerAccount.owner_id.in_(list(numbers)))
    return sum(int(minutes or 0) for _, minutes in db.session.execute(owned))


def not_yet_taken_back(numbers: Iterable[int]) -> dict[int, int]:
    """Minutes of annulled visits that were spent before the decision: they are no merit; one statement.

    `numbers`: all of each person; the answer goes by the kept one.
    """
    owner = func.coalesce(Person.merged_into_id, AnnulmentCase.volunteer_id)
    rows = db.session.execute(
        select(owner, func.sum(AnnulledVisit.minutes))
        .select_from(AnnulmentCase)
        .join(AnnulledVisit, AnnulledVisit.case_id == AnnulmentCase.id)
        .join(Person, Person.id == AnnulmentCase.volunteer_id)
        .where(
            AnnulmentCase.volunteer_id.in_(list(numbers)),
            AnnulmentCase.state.in_(TAKEN_BACK),
            AnnulledVisit.taken_back_at.is_(None),
        )
        .group_by(owner)
    )
    return {person_id: int(total or 0) for person_id, total in rows}


def stars_of(person_id: int, scheme: SchemeInfo, on: date) -> Stars:
    """The stars of a volunteer in the scheme on the day."""
    minutes = earned_minutes(scheme.tenant, [person_id])[person_id]
    return stars(minutes, schemes.parameters(scheme.id, on)["tb.star_hours"])
