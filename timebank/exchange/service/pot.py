"""The community pot pays for an elder (domain.md F3): a coordinator gives hours from it, key elders first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.exchange.models.giving import PotGift
from timebank.exchange.queries import pot as queries
from timebank.exchange.queries import schemes
from timebank.exchange.queries.schemes import SchemeInfo
from timebank.exchange.rules.giving import room, waits_behind
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.notices.service import tell
from timebank.people import queries as people
from timebank.people.queries import PersonBrief


@dataclass(frozen=True, slots=True)
class FromPot:
    """Minutes for a neighbour from the pot; `all_the_same`: although key elders without hours come first."""

    person_id: int
    minutes: int
    reason: str
    all_the_same: bool = False


@command
def give_from_pot(actor: Actor, gift: FromPot, *, key: str | None = None) -> int:
    """Moves minutes from the pot of the person's time bank to their account (`pot.give` where they live).

    Refuses: pot_own, giving_deceased, pot_not_recipient, reason_needed, pot_minutes, pot_empty (available_minutes),
    pot_above_cap (room_minutes), pot_key_elders_first (waiting).
    """
    person = people.brief(gift.person_id)
    if person is None:
        raise NotFound("person")
    actor.require("pot.give", person.territory_code)
    _check(actor, gift, person)
    scheme = schemes.scheme_for(person.territory_code)
    first = _who_comes_first(gift, person, scheme)
    pot = ledger.ensure_account(scheme.tenant, "pot", scheme.id)
    account = ledger.ensure_account(scheme.tenant, "member", person.id)
    ledger.lock_accounts(scheme.tenant, [pot, account])
    _check_minutes(gift.minutes, scheme, pot, account)
    made = ledger.post(
        scheme.tenant, pot, account, gift.minutes, key=f"pot:{uuid.uuid4().hex}", purpose="pot", actor=actor
    )
    row = PotGift(
        person_id=person.id,
        scheme_id=scheme.id,
        territory_code=person.territory_code,
        minutes=gift.minutes,
        reason=gift.reason.strip()[:200],
        is_key_elder=first.is_key_elder,
        passed_over=0 if first.is_key_elder else first.without_hours,
        given_by=actor.account_id,
        transfer_id=made.id,
    )
    db.session.add(row)
    db.session.flush()
    detail = {"minutes": row.minutes, "passed_over": row.passed_over}
    audit.record(actor, "give.pot", "person", person.id, person.territory_code, reason=row.reason, **detail)
    tell(person.id, "pot_given", path="/my/hours", given_minutes=row.minutes)
    return row.id


def _check(actor: Actor, gift: FromPot, person: PersonBrief) -> None:
    if actor.is_self(person.id):
        raise Refused("pot_own", field="person")
    if person.deceased_on:
        raise Refused("giving_deceased", field="person")
    if not person.is_recipient:
        raise Refused("pot_not_recipient", field="person")
    if len(gift.reason.strip()) < 2:
        raise Refused("reason_needed", field="reason")
    if gift.minutes <= 0:
        raise Refused("pot_minutes", field="minutes")


def _who_comes_first(gift: FromPot, person: PersonBrief, scheme: SchemeInfo) -> queries.First:
    """How many key elders have nothing left.  Refuses unless it is said that the other one shall get it."""
    found = queries.who_comes_first(scheme, person.id)
    priority = schemes.parameters(scheme.id, clock.today())["tb.donation_priority"]
    if waits_behind(found.is_key_elder, priority, found.without_hours) and not gift.all_the_same:
        raise Refused("pot_key_elders_first", field="all_the_same", waiting=found.without_hours)
    return found


def _check_minutes(minutes: int, scheme: SchemeInfo, pot: int, account: int) -> None:
    available = books.balance(scheme.tenant, pot).available
    if minutes > available:
        raise Refused("pot_empty", field="minutes", available_minutes=available)
    cap = schemes.parameters(scheme.id, clock.today()).number("tb.storage_cap_minutes")
    left = room(books.balance(scheme.tenant, account).posted, cap)
    if minutes > left:
        raise Refused("pot_above_cap", field="minutes", room_minutes=left)
