"""The second clerk: confirms or cancels what waits; time runs out by itself (domain.md C3.4)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db, transaction
from timebank.core.errors import NotFound, Refused
from timebank.ledger import service as ledger
from timebank.ledger.errors import HoldResolved
from timebank.people import queries as people
from timebank.redemption.models import Redemption, RedemptionLine, RedemptionState, RedemptionTake
from timebank.redemption.queries.batches import expired
from timebank.redemption.queries.desks import DeskInfo, desk
from timebank.redemption.queries.standing import purse
from timebank.redemption.service import stock
from timebank.redemption.service.redeem import announce


def _waiting(actor: Actor, redemption_id: int) -> Redemption:
    row = db.session.get(Redemption, redemption_id, with_for_update=True)
    if row is None or not actor.may("desk.serve", row.territory_code):
        raise NotFound("not_found")
    if row.state is not RedemptionState.WAITING:
        raise Refused("redeem_not_waiting")
    return row


def _takes(where: DeskInfo, row: Redemption) -> list[RedemptionTake]:
    """What the basket holds of each batch; the desk, its shelf and the member's hours are locked from here on."""
    stock.lock_desk(where.id)
    found = db.session.execute(
        select(RedemptionTake, RedemptionLine.item_id)
        .join(RedemptionLine, RedemptionLine.id == RedemptionTake.line_id)
        .where(RedemptionLine.redemption_id == row.id)
        .order_by(RedemptionTake.id)
    ).all()
    stock.lock(where, row.person_id, {item_id for _, item_id in found})
    return [take for take, _ in found]


@command
def approve_redemption(actor: Actor, redemption_id: int, *, key: str | None = None) -> int:
    """Another clerk confirms: what was on hold is posted.

    Raises `Refused`: redeem_not_waiting, redeem_second_is_first, redeem_oneself, redeem_hold_gone,
    redeem_expired_meanwhile.
    """
    row = _waiting(actor, redemption_id)
    if row.clerk_id == actor.account_id:
        raise Refused("redeem_second_is_first")
    if people.resolve(row.person_id) == actor.person_id:
        raise Refused("redeem_oneself")
    if row.expires_at is not None and row.expires_at <= clock.now():
        raise Refused("redeem_hold_gone")
    where = desk(row.desk_id)
    tenant, takes = where.tenant, _takes(where, row)
    if expired(take.batch_id for take in takes):
        raise Refused("redeem_expired_meanwhile")
    try:
        row.postings = [str(_capture(actor, tenant, uuid.UUID(hold))) for hold in row.postings]
        for take in takes:
            take.transfer_id = _capture(actor, tenant, take.transfer_id)
    except HoldResolved:
        raise Refused("redeem_hold_gone")
    row.state, row.expires_at = RedemptionState.DONE, None
    row.second_clerk_id, row.second_clerk_name = actor.account_id, actor.name[:80]
    row.available_after = purse(tenant, row.person_id).available
    audit.record(actor, "approve.redemption", "redemption", row.id, row.territory_code, receipt=row.receipt_no)
    announce(row)
    return row.id


def _capture(actor: Actor, tenant: int, hold: uuid.UUID) -> uuid.UUID:
    return ledger.capture(tenant, hold, key=f"capture:{hold}", actor=actor).id


@command
def cancel_redemption(actor: Actor, redemption_id: int, reason: str, *, key: str | None = None) -> int:
    """Nothing is handed out: hours and pieces are free again.  Raises `Refused`: redeem_not_waiting, reason missing."""
    if not reason.strip():
        raise Refused("redeem_reason_missing", field="reason")
    row = _waiting(actor, redemption_id)
    _free(actor, row, reason.strip())
    return row.id


def _free(actor: Actor, row: Redemption, reason: str) -> None:
    where = desk(row.desk_id)
    tenant = where.tenant
    for hold in _holds(row, _takes(where, row)):
        try:
            ledger.release(tenant, hold, key=f"release:{hold}", reason=reason, actor=actor)
        except HoldResolved:
            continue  # the sweep of expired holds was faster; free is free
    row.state, row.closed_reason, row.expires_at = RedemptionState.CANCELLED, reason[:200], None
    audit.record(actor, "cancel.redemption", "redemption", row.id, row.territory_code, reason=reason[:200])


def _holds(row: Redemption, takes: list[RedemptionTake]) -> Iterator[uuid.UUID]:
    yield from (uuid.UUID(hold) for hold in row.postings)
    yield from (take.transfer_id for take in takes)


def expire_waiting(moment: datetime | None = None) -> int:
    """Cancels what waited too long for a second clerk; returns how many.  Each in a transaction of its own."""
    now = moment or clock.now()
    due = select(Redemption.id).where(Redemption.state == RedemptionState.WAITING, Redemption.expires_at <= now)
    return sum(_expire(redemption_id) for redemption_id in list(db.session.scalars(due)))


@transaction
def _expire(redemption_id: int) -> int:
    row = db.session.get(Redemption, redemption_id, with_for_update=True)
    if row is None or row.state is not RedemptionState.WAITING:
        return 0
    _free(Actor.system("redemption"), row, "expired")
    return 1
