"""Where a member stands: hours available, earned and used, and what may be redeemed today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import below, db
from timebank.core.errors import NotFound
from timebank.exchange.queries import schemes
from timebank.ledger import queries as ledger
from timebank.ledger.models import Entry, Transfer
from timebank.people import queries as people
from timebank.people.models import Person
from timebank.people.queries import PersonBrief
from timebank.redemption.models import Redemption, RedemptionState
from timebank.redemption.queries.desks import DeskInfo
from timebank.redemption.rules.allowance import Allowance, Kind, RedeemRules, Standing, allowances
from timebank.redemption.rules.parameters import redeem_rules
from timebank.territory.rules import tenant_of

EARNING = ("visit", "opening", "transfer", "pot")


@dataclass(frozen=True, slots=True)
class Purse:
    """A member's own accounts in a city: (account, available); a merged person has more than one."""

    accounts: tuple[tuple[int, int], ...]
    available: int
    held: int

    @property
    def account_ids(self) -> tuple[int, ...]:
        return tuple(account for account, _ in self.accounts)


@dataclass(frozen=True, slots=True)
class MemberCard:
    """What the clerk sees of a member: hours, never a case file (domain.md C7)."""

    person: PersonBrief
    ids: frozenset[int]  # of the person and of records merged into it
    purse: Purse
    standing: Standing
    rules: RedeemRules
    allowances: tuple[Allowance, ...]

    def allowed(self, kind: Kind) -> Allowance:
        """The allowance of a kind."""
        return next(one for one in self.allowances if one.kind == kind)


def rules_at(desk: DeskInfo, on: date) -> RedeemRules:
    """The rules of the desk's time bank on a day."""
    return redeem_rules(schemes.parameters(desk.scheme_id, on))


def purse(tenant: int, person_id: int, ids: Iterable[int] | None = None) -> Purse:
    """The member accounts of a person in a city, the person's own first (then those of merged records)."""
    ids = people.ids_of(person_id) if ids is None else ids
    found = [one for one in ledger.accounts_of(ids, ["member"]) if one.tenant == tenant]
    found.sort(key=lambda one: (one.owner_id != person_id, one.id))
    return Purse(
        tuple((one.id, one.balance.available) for one in found),
        sum(one.balance.available for one in found),
        sum(one.balance.held for one in found),
    )


def member_of_city(desk: DeskInfo, person_id: int) -> PersonBrief:
    """A member of the desk's city (hours are redeemed everywhere in it, T1); raises NotFound for anybody else."""
    person = people.brief(people.resolve(person_id))
    if person is None or tenant_of(person.territory_code) != desk.tenant:
        raise NotFound("redeem_person_unknown")
    return person


def member_by_number(desk: DeskInfo, member_no: str) -> int | None:
    """The member of the desk's city with exactly this number: who names it may be served wherever they live (T1)."""
    city = below(Person.territory_code, str(desk.tenant))
    found = db.session.scalar(select(Person.id).where(Person.member_no == member_no.strip().upper(), city))
    return people.resolve(found) if found else None


def standing_of(tenant: int, person: PersonBrief, ids: Iterable[int], own: Purse, today: date) -> Standing:
    """Minutes available, earned in a lifetime and used by kind.

    Earned: what visits, transfers and openings brought, less corrections of it.  Used for care: what visits cost,
    with what is on hold for them.  Used for goods: receipts less returns.
    """
    earned, spent_on_care = _lifetime(tenant, own.account_ids)
    goods = _goods_used(ids)
    used = {Kind.GOODS.value: goods, Kind.SERVICE.value: spent_on_care + own.held}
    return Standing(own.available, earned, own.held, used, person.age(today), person.deceased_on)


def member_card(actor: Actor, desk: DeskInfo, person_id: int) -> MemberCard:
    """The member at the desk.  Raises NotFound; needs desk.serve for the desk."""
    actor.require("desk.serve", desk.territory_code)
    return card_of(desk, person_id)


def card_of(desk: DeskInfo, person_id: int) -> MemberCard:
    """The same without asking who looks (services that have asked, members for themselves)."""
    return _card(desk.tenant, rules_at(desk, clock.today()), member_of_city(desk, person_id))


def _card(tenant: int, rules: RedeemRules, person: PersonBrief) -> MemberCard:
    today = clock.today()
    ids = people.ids_of(person.id)
    own = purse(tenant, person.id, ids)
    now = standing_of(tenant, person, ids, own, today)
    return MemberCard(person, ids, own, now, rules, allowances(rules, now, today))


def own_card(actor: Actor) -> MemberCard | None:
    """The same for the member who asks, by the rules of the time bank where they live; None without a person."""
    person = people.brief(people.resolve(actor.person_id)) if actor.person_id else None
    if person is None:
        return None
    here = schemes.scheme_for(person.territory_code)
    rules = redeem_rules(schemes.parameters(here.id, clock.today()))
    return _card(here.tenant, rules, person)


def _lifetime(tenant: int, account_ids: tuple[int, ...]) -> tuple[int, int]:
    if not account_ids:
        return 0, 0
    # a correction counts where what it corrects has counted, and nowhere else; corrected once more it stands again
    origin, first = aliased(Transfer), aliased(Transfer)
    undone, again = Transfer.kind == "reverse", origin.kind == "reverse"
    purpose = func.coalesce(first.purpose, origin.purpose, Transfer.purpose)
    flipped = and_(undone, ~again)
    came = or_(and_(~flipped, Entry.amount > 0), and_(flipped, Entry.amount < 0))
    went = or_(and_(~flipped, Entry.amount < 0), and_(flipped, Entry.amount > 0))
    row = db.session.execute(
        select(_sum(and_(came, purpose.in_(EARNING))), _sum(and_(went, purpose == "visit")))
        .select_from(Entry)
        .join(Transfer, and_(Transfer.tenant_id == Entry.tenant_id, Transfer.id == Entry.transfer_id))
        .outerjoin(origin, and_(origin.tenant_id == Transfer.tenant_id, origin.id == Transfer.ref_id, undone))
        .outerjoin(first, and_(first.tenant_id == origin.tenant_id, first.id == origin.ref_id, again))
        .where(Entry.tenant_id == tenant, Entry.account_id.in_(account_ids))
    ).one()
    return max(0, int(row[0])), max(0, -int(row[1]))


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, Entry.amount), else_=0)), 0)


def _goods_used(ids: Iterable[int]) -> int:
    used = func.coalesce(func.sum(Redemption.total_minutes - Redemption.returned_minutes), 0)
    found = db.session.scalar(
        select(used).where(Redemption.person_id.in_(list(ids)), Redemption.state != RedemptionState.CANCELLED)
    )
    return int(found or 0)
