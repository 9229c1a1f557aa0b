"""Care for hours: a request paid from the member's own account (domain.md C3.4, last line)."""

from __future__ import annotations

import dataclasses

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.errors import Refused
from timebank.exchange.rules.requests import NewRequest
from timebank.exchange.service.requests import submit_request
from timebank.ledger import service as ledger
from timebank.redemption.commands import CareCommand
from timebank.redemption.queries.care import entered_just_now
from timebank.redemption.queries.desks import DeskInfo, desk
from timebank.redemption.queries.standing import MemberCard, card_of
from timebank.redemption.rules.allowance import Kind, broken
from timebank.redemption.service.redeem import agreed, companion_facts, confirm


def redeem_for_care(actor: Actor, wanted: CareCommand, *, key: str | None = None) -> int:
    """Enters a request for help that the member's own hours pay for; returns the request's id.

    Raises `Refused`: wrong_pin and so on (counted), redeem_* (share, threshold, age, hours), redeem_care_again, what
    the exchange refuses; `NotAllowed`, `NotFound`.
    """
    confirm(wanted.confirmation, wanted.person_id)
    without_pin = dataclasses.replace(wanted.confirmation, pin="")
    return _redeem_for_care(actor, dataclasses.replace(wanted, confirmation=without_pin), key=key)


@command
def _redeem_for_care(actor: Actor, wanted: CareCommand, *, key: str | None = None) -> int:
    where = desk(wanted.desk_id)
    actor.require("desk.serve", where.territory_code)
    card = allowed(where, wanted.person_id, wanted.minutes)
    request_id = enter(actor, card, _request(card.person.id, wanted), again=wanted.again)
    audit.record(
        actor,
        "redeem.care",
        "service_request",
        request_id,
        where.territory_code,
        minutes=wanted.minutes,
        how=wanted.confirmation.how,
        desk=where.code,
        **companion_facts(wanted.confirmation),
    )
    agreed(wanted.confirmation, request_id=request_id)
    return request_id


def allowed(where: DeskInfo, person_id: int, minutes: int) -> MemberCard:
    """The member (the kept record) who may use so many minutes for care today; raises `Refused` redeem_*.

    The member's accounts are locked: of two clerks at once the second sees what the first entered.
    """
    if not where.active:
        raise Refused("redeem_desk_closed")
    card = card_of(where, person_id)
    if not card.purse.accounts:
        raise Refused("redeem_no_account")
    ledger.lock_accounts(where.tenant, card.purse.account_ids)
    card = card_of(where, person_id)  # read again behind the lock: nobody else spends these hours now
    reason = broken(Kind.SERVICE, card.rules, card.standing, minutes, clock.today())
    if reason is not None:
        raise Refused(f"redeem_{reason.code}", field="minutes", **reason.facts)
    return card


def enter(actor: Actor, card: MemberCard, new: NewRequest, *, again: bool) -> int:
    """Enters the member's request, `again` also if the same was entered just now; answers with its number.

    The member has just confirmed at the desk, so the clerk acts for them in this one thing.  Raises
    `Refused("redeem_care_again")` and what the exchange refuses.
    """
    if not again and (before := entered_just_now(card.ids, new, card.rules)):
        raise Refused("redeem_care_again", field="again", number=str(before.id), at=before.created_at)
    return submit_request(dataclasses.replace(actor, wards=actor.wards | {card.person.id}), new)


def _request(person_id: int, wanted: CareCommand) -> NewRequest:
    return NewRequest(
        recipient_id=person_id,
        service_code=wanted.service_code,
        first_day=wanted.first_day,
        earliest_minute=wanted.earliest_minute,
        latest_minute=wanted.latest_minute,
        minutes=wanted.minutes,
        weekdays=str(wanted.first_day.weekday()) if wanted.weekly else "",
        note=wanted.note,
    )
