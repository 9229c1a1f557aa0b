"""Hours from the fund for key elders, month by month, and hours given to the community pot (domain.md C3.5, F3)."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db, transaction
from timebank.core.errors import NotFound, Refused
from timebank.exchange.models.volunteers import ElderGrant, KeyElder, Volunteer
from timebank.exchange.queries import grants as queries
from timebank.exchange.queries import schemes
from timebank.exchange.queries.grants import Elder
from timebank.exchange.queries.schemes import SchemeInfo
from timebank.exchange.rules.grants import first_day, month_of, to_give_back
from timebank.exchange.rules.volunteers import VolunteerKind
from timebank.ledger import queries as balances
from timebank.ledger import service as ledger
from timebank.notices.service import tell
from timebank.people import queries as people

# -- the list of key elders --------------------------------------------------------------------------------------------


@command
def list_key_elder(actor: Actor, person_id: int, reason: str, *, key: str | None = None) -> int:
    """Puts somebody on the list of key elders, with the reason (`grants.manage`).

    Refuses: reason_needed, already_listed.
    """
    person = people.brief(person_id)
    if person is None:
        raise NotFound("person")
    actor.require("grants.manage", person.territory_code)
    if len(reason.strip()) < 5:
        raise Refused("reason_needed", field="reason")
    if db.session.scalar(select(KeyElder.id).where(KeyElder.person_id == person.id, KeyElder.removed_on.is_(None))):
        raise Refused("already_listed", field="person_id")
    row = KeyElder(
        person_id=person.id,
        territory_code=person.territory_code,
        reason=reason.strip()[:200],
        listed_on=clock.today(),
        listed_by=actor.account_id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "list.key_elder", "person", person.id, person.territory_code, reason=row.reason)
    return row.id


@command
def remove_key_elder(actor: Actor, listing_id: int, reason: str, *, key: str | None = None) -> int:
    """Takes somebody off the list; grants already given stay.  Refuses: reason_needed."""
    row = db.session.get(KeyElder, listing_id)
    if row is None:
        raise NotFound("no_such_listing")
    actor.require("grants.manage", row.territory_code)
    if len(reason.strip()) < 5:
        raise Refused("reason_needed", field="reason")
    if row.removed_on is None:
        row.removed_on, row.removed_by, row.removed_reason = clock.today(), actor.account_id, reason.strip()[:200]
        audit.record(actor, "remove.key_elder", "person", row.person_id, row.territory_code, reason=reason.strip())
    return row.person_id


# -- the month ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MonthRun:
    """What a run did."""

    given: int = 0
    minutes: int = 0
    ended: int = 0
    returned_minutes: int = 0


def run_month(actor: Actor, on: date | None = None) -> MonthRun:
    """Ends the grants of earlier months and gives those of this one, in every city; safe to run as often as you like.

    Each elder is a transaction of their own; a second run finds nothing to do.
    """
    month = month_of(on or clock.today())
    ended = [end_grant(actor, grant_id) for grant_id in _open_before(month)]
    given = [give_month(actor, scheme, month) for scheme in schemes.schemes() if scheme.parent_id is None]
    return MonthRun(
        given=sum(count for count, _ in given),
        minutes=sum(minutes for _, minutes in given),
        ended=len(ended),
        returned_minutes=sum(ended),
    )


def run_now(actor: Actor, *, key: str | None = None) -> dict[str, int]:
    """The same at the press of a button (`grants.manage` for the city).

    A retry with the key may run again, since a second run finds nothing to do; it is told what the first one did.
    """
    for scheme in schemes.schemes():
        if scheme.parent_id is None:
            actor.require("grants.manage", scheme.territory_code)
    run = asdict(run_month(actor))

    @command
    def note_run(actor: Actor, *, key: str | None = None) -> dict[str, int]:
        return run

    return note_run(actor, key=key)


def _open_before(month: str) -> list[int]:
    rows = db.session.scalars(select(ElderGrant.id).where(ElderGrant.month < month, ElderGrant.ended_at.is_(None)))
    return list(rows)


def give_month(actor: Actor, city: SchemeInfo, month: str) -> tuple[int, int]:
    """Gives the month's grants to the key elders of a city; returns how many elders and minutes were new.

    Who is a key elder is looked at as of the first day of the month; the amount is that of the elder's own scheme.
    """
    day = first_day(month)
    rule = schemes.parameters(city.id, day)["tb.key_elder_rule"]
    known = set(db.session.scalars(select(ElderGrant.person_id).where(ElderGrant.month == month)))
    waiting = [elder for elder in queries.key_elders(city.territory_code, day, rule) if elder.person_id not in known]
    known_schemes = schemes.schemes()
    amounts = {scheme.id: _amount(scheme, day) for scheme in known_schemes}
    given = [
        minutes
        for elder in waiting
        if (scheme := schemes.innermost(elder.territory_code, known_schemes)) and (minutes := amounts[scheme.id])
        if give_grant(actor, elder, scheme, city, month, minutes)
    ]
    return len(given), sum(given)


def _amount(scheme: SchemeInfo, day: date) -> int:
    return schemes.parameters(scheme.id, day).number("tb.grant_minutes_per_month")


@transaction
def give_grant(actor: Actor, elder: Elder, scheme: SchemeInfo, city: SchemeInfo, month: str, minutes: int) -> bool:
    """One elder's grant of one month: fund −, grant account +.  False when it was given before."""
    person_id = elder.person_id
    fund = ledger.ensure_account(city.tenant, "fund", city.id, floor=None)
    account = ledger.ensure_account(city.tenant, "grant", person_id)
    ledger.lock_accounts(city.tenant, [fund, account])  # from here on two runs go one after the other
    for grant_id in _open_of(person_id, month):
        end_grant(actor, grant_id)
    if db.session.scalar(select(ElderGrant.id).where(ElderGrant.person_id == person_id, ElderGrant.month == month)):
        return False
    ledger.post(
        city.tenant, fund, account, minutes, key=f"grant:{person_id}:{month}", purpose="grant", memo=month, actor=actor
    )
    db.session.add(
        ElderGrant(
            person_id=person_id,
            scheme_id=scheme.id,
            territory_code=elder.territory_code,
            month=month,
            minutes=minutes,
            basis=elder.basis,
        )
    )
    db.session.flush()
    tell(
        person_id, "grant_given", path="/hours", once=f"grant:{person_id}:{month}", granted_minutes=minutes, month=month
    )
    return True


def _open_of(person_id: int, month: str) -> list[int]:
    earlier = (ElderGrant.person_id == person_id, ElderGrant.month < month, ElderGrant.ended_at.is_(None))
    return list(db.session.scalars(select(ElderGrant.id).where(*earlier)))


@transaction
def end_grant(actor: Actor, grant_id: int) -> int:
    """The month is over: what is neither used nor on hold goes back to the fund (C8.7).  Returns those minutes.

    Where grants add up (tb.grant_cumulative) nothing goes back.
    """
    row = db.session.get_one(ElderGrant, grant_id)
    city = queries.fund_scheme(schemes.scheme(row.scheme_id))
    fund = ledger.ensure_account(city.tenant, "fund", city.id, floor=None)
    account = ledger.ensure_account(city.tenant, "grant", row.person_id)
    ledger.lock_accounts(city.tenant, [fund, account])
    db.session.refresh(row)  # another run may have been first
    if row.ended_at is not None:
        return 0
    cumulative = bool(schemes.parameters(row.scheme_id, first_day(row.month))["tb.grant_cumulative"])
    unused = to_give_back(balances.balance(city.tenant, account).available, cumulative)
    if unused:
        posting_key = f"grant-expiry:{row.person_id}:{row.month}"
        ledger.post(
            city.tenant, account, fund, unused, key=posting_key, purpose="grant_expiry", memo=row.month, actor=actor
        )
    row.returned_minutes, row.ended_at = unused, clock.now()
    db.session.flush()
    return unused


# -- the community pot -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Donation:
    """Minutes that a member gives to the community pot, for good."""

    person_id: int
    minutes: int
    note: str = ""


@command
def donate(actor: Actor, donation: Donation, *, key: str | None = None) -> int:
    """A member (or who acts for them, or `grants.manage`) gives hours to the pot of their time bank.  Irreversible.

    Refuses: donation_minutes, donation_too_large (available_minutes).
    """
    person = people.brief(donation.person_id)
    if person is None:
        raise NotFound("person")
    actor.require_for(person.id, "grants.manage", person.territory_code)
    if donation.minutes <= 0:
        raise Refused("donation_minutes", field="minutes")
    scheme = schemes.scheme_for(person.territory_code)
    source = ledger.ensure_account(scheme.tenant, account_kind(person.id), person.id)
    pot = ledger.ensure_account(scheme.tenant, "pot", scheme.id)
    ledger.lock_accounts(scheme.tenant, [source, pot])
    available = balances.balance(scheme.tenant, source).available
    if donation.minutes > available:
        raise Refused("donation_too_large", field="minutes", available_minutes=max(0, available))
    ledger.post(
        scheme.tenant,
        source,
        pot,
        donation.minutes,
        key=f"donation:{key or uuid.uuid4().hex}:{person.id}",
        purpose="donation",
        memo=donation.note.strip()[:200],
        actor=actor,
    )
    audit.record(actor, "donate.hours", "person", person.id, person.territory_code, minutes=donation.minutes)
    tell(person.id, "donation_thanks", path="/hours", donated_minutes=donation.minutes)
    return person.id


def account_kind(person_id: int) -> str:
    """Groups collect on an account of their own kind; from it hours are only donated (tb.group_hours_donate_only)."""
    row = db.session.get(Volunteer, person_id)
    if row is None or row.kind is not VolunteerKind.GROUP:
        return "member"
    return "group" if schemes.parameters(row.scheme_id, clock.today())["tb.group_hours_donate_only"] else "member"
