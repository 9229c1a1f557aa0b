"""What was entered at a desk without a line: kept once, and checked again by the rules of every redemption."""

from __future__ import annotations

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.people import queries as people
from timebank.redemption.commands import Confirmation, Intention, RedeemCommand
from timebank.redemption.models import DeskIntention, GoodsItem, IntendedHow, IntentionState
from timebank.redemption.queries.desks import desk
from timebank.redemption.queries.finding import member_meant
from timebank.redemption.rules import basket as rules
from timebank.redemption.service.baskets import put_in_basket
from timebank.redemption.service.redeem import redeem
from timebank.redemption.texts import in_both


def record_intention(actor: Actor, wanted: Intention, *, key: str | None = None) -> int:
    """Keeps the entry and hands the goods out if that may be done; returns the entry's id, the same for the same key.

    Whatever stands in the way is written beside it and it waits for a clerk: nothing is lost, nothing is done twice.
    Raises `Refused`: redeem_basket_empty, redeem_quantity_odd, intention_how_odd; `NotAllowed`, `NotFound`.
    """
    intention_id = _keep(actor, wanted, key or "", key=key)
    _settle(actor, intention_id)
    return intention_id


@command
def _keep(actor: Actor, wanted: Intention, client_key: str, *, key: str | None = None) -> int:
    where = desk(wanted.desk_id)
    actor.require("desk.serve", where.territory_code)
    clerk = actor.account_id or 0
    known = select(DeskIntention.id).where(DeskIntention.clerk_id == clerk, DeskIntention.client_key == client_key)
    if client_key and (before := db.session.scalar(known)):
        return before  # also when the command's own memory of the key was swept
    if wanted.how not in set(IntendedHow):
        raise Refused("intention_how_odd", field="how")
    if reason := rules.fault([pieces for _, pieces in wanted.lines]):
        raise Refused(f"redeem_{reason.code}", **reason.facts)
    row = DeskIntention(
        client_key=client_key,
        desk_id=where.id,
        territory_code=where.territory_code,
        clerk_id=clerk,
        clerk_name=actor.name[:80],
        member=wanted.member.strip(),
        person_id=member_meant(where, wanted.member),
        pieces={str(item): pieces for item, pieces in wanted.lines},
        total_minutes=wanted.total_minutes,
        how=IntendedHow(wanted.how),
        recorded_at=min(wanted.recorded_at or clock.now(), clock.now()),  # a tablet's clock may be ahead
    )
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "record.intention", "desk_intention", row.id, row.territory_code)
    return row.id


def _settle(actor: Actor, intention_id: int) -> None:
    """Does it, or writes down in both languages why not; a settled one stays as it is."""
    try:
        _carry_out(actor, intention_id)
    except Refused as refused:
        if refused.code != "intention_closed":
            _explain(actor, intention_id, *in_both(refused))


@command
def _carry_out(actor: Actor, intention_id: int, *, key: str | None = None) -> None:
    """The receipt and the end of the entry are one transaction, so that no second try can make a second receipt."""
    row = _open(actor, intention_id)
    row.person_id = member_meant(desk(row.desk_id), row.member) or row.person_id
    if row.person_id is None:
        raise Refused("intention_member_unknown", member=row.member)
    if row.how is not IntendedHow.SIGNATURE:
        raise Refused("intention_person_needed")
    lines = tuple((int(item), int(pieces)) for item, pieces in row.pieces.items())
    signed = Confirmation("signature", note=f"{clock.civil(row.recorded_at):%Y-%m-%d %H:%M}")
    wanted = RedeemCommand(row.person_id, row.desk_id, lines, signed, row.total_minutes)
    row.redemption_id = redeem(actor, wanted)
    _close(actor, row, IntentionState.DONE)


def _open(actor: Actor, intention_id: int) -> DeskIntention:
    row = db.session.get(DeskIntention, intention_id, with_for_update=True, populate_existing=True)
    if row is None or not actor.may("desk.serve", row.territory_code):
        raise NotFound("not_found")
    if row.state is not IntentionState.OPEN:
        raise Refused("intention_closed")
    return row


def _close(actor: Actor, row: DeskIntention, state: IntentionState) -> None:
    row.state, row.closed_by, row.closed_at = state, actor.name[:80], clock.now()


@command
def _explain(actor: Actor, intention_id: int, chinese: str, english: str, *, key: str | None = None) -> None:
    row = _open(actor, intention_id)
    row.person_id = row.person_id or member_meant(desk(row.desk_id), row.member)
    row.reason_zh, row.reason_en = chinese[:400], english[:400]


def retry_intention(actor: Actor, intention_id: int, *, key: str | None = None) -> int:
    """Tries again; what is in the way now is written beside it.  Raises `NotFound`."""
    _settle(actor, intention_id)
    return intention_id


@command
def take_up_intention(actor: Actor, intention_id: int, *, key: str | None = None) -> int:
    """Puts the goods into the clerk's basket, to be confirmed with the member; returns the member.

    Raises `Refused`: intention_closed, intention_member_unknown, what the basket refuses; `NotFound`.
    """
    row = _open(actor, intention_id)
    if row.person_id is None:
        raise Refused("intention_member_unknown", member=row.member)
    person_id = people.resolve(row.person_id)  # the record may have been merged since
    for item, pieces in row.pieces.items():
        sku = db.session.scalar(select(GoodsItem.sku).where(GoodsItem.id == int(item)))
        put_in_basket(actor, row.desk_id, person_id, sku or "", int(pieces))
    _close(actor, row, IntentionState.TAKEN_UP)
    audit.record(actor, "take_up.intention", "desk_intention", row.id, row.territory_code)
    return person_id


@command
def drop_intention(actor: Actor, intention_id: int, reason: str, *, key: str | None = None) -> int:
    """Gives it up, with the reason; nothing was booked.  Raises `Refused`: intention_closed, redeem_reason_missing."""
    if not reason.strip():
        raise Refused("redeem_reason_missing", field="reason")
    row = _open(actor, intention_id)
    row.reason_zh = row.reason_en = reason.strip()[:400]
    _close(actor, row, IntentionState.DROPPED)
    audit.record(actor, "drop.intention", "desk_intention", row.id, row.territory_code, reason=reason.strip()[:200])
    return row.id
