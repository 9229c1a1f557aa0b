"""Goods come back: opposite postings with a reason; the first receipt stays as it is (domain.md C3.4)."""

from __future__ import annotations

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.clock import civil
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.ledger import service as ledger
from timebank.notices.service import tell
from timebank.redemption.commands import ReturnCommand
from timebank.redemption.models import (
    DeskStock,
    Redemption,
    RedemptionLine,
    RedemptionReturn,
    RedemptionState,
    ReturnLine,
)
from timebank.redemption.queries.desks import DeskInfo, desk
from timebank.redemption.queries.standing import rules_at
from timebank.redemption.rules import returns as rules
from timebank.redemption.service import stock

HANDED_OUT = (RedemptionState.DONE, RedemptionState.PARTLY_RETURNED)


@command
def take_back(actor: Actor, wanted: ReturnCommand, *, key: str | None = None) -> int:
    """Takes goods back, wholly or in part; returns the id of the return.

    The desk's clerk on the same day, afterwards whoever holds desk.returns, within tb.goods_return_days.  Raises
    `Refused`: redeem_not_returnable, redeem_return_*, redeem_reason_missing; `NotAllowed`.
    """
    row = db.session.get(Redemption, wanted.redemption_id, with_for_update=True)
    if row is None:
        raise NotFound("not_found")
    where = desk(row.desk_id)
    _may(actor, where, row)
    if not wanted.reason.strip():
        raise Refused("redeem_reason_missing", field="reason")
    pieces = {line_id: count for line_id, count in wanted.pieces if count}
    lines = {line.id: line for line in _lines(row)}
    handed = [rules.Handed(line.id, line.quantity, line.returned, line.price_minutes) for line in lines.values()]
    fault = rules.fault(handed, pieces)
    if fault is not None:
        raise Refused(f"redeem_{fault.code}", **fault.facts)
    back = _new(actor, row, wanted, rules.minutes_back(handed, pieces))
    _post(actor, where, row, back, {lines[line_id]: count for line_id, count in pieces.items()})
    row.returned_minutes += back.minutes
    row.state = RedemptionState(rules.state_after(handed, pieces))
    _write_down(actor, row, back)
    return back.id


def _may(actor: Actor, where: DeskInfo, row: Redemption) -> None:
    day = civil(row.created_at).date()
    permission = rules.permission_for(day, clock.today())
    if not (actor.may(permission, row.territory_code) or actor.may("desk.returns", row.territory_code)):
        actor.require(permission, row.territory_code)
    if row.state not in HANDED_OUT:
        raise Refused("redeem_not_returnable")
    late = rules.too_late(day, clock.today(), rules_at(where, clock.today()).return_days)
    if late is not None:
        raise Refused(f"redeem_{late.code}", **late.facts)


def _lines(row: Redemption) -> list[RedemptionLine]:
    return list(db.session.scalars(select(RedemptionLine).where(RedemptionLine.redemption_id == row.id)))


def _new(actor: Actor, row: Redemption, wanted: ReturnCommand, minutes: int) -> RedemptionReturn:
    back = RedemptionReturn(
        redemption_id=row.id,
        reason=wanted.reason.strip()[:200],
        minutes=minutes,
        to_shelf=wanted.to_shelf,
        group_id=stock.new_group(),
        clerk_id=actor.account_id,
        clerk_name=actor.name[:80],
    )
    db.session.add(back)
    db.session.flush()
    return back


def _post(
    actor: Actor, where: DeskInfo, row: Redemption, back: RedemptionReturn, pieces: dict[RedemptionLine, int]
) -> None:
    shelf = {line: db.session.get_one(DeskStock, (where.id, line.item_id)) for line in pieces}
    own = stock.lock(where, row.person_id, [line.item_id for line in pieces]).accounts[0][0]
    sink = stock.sink_of(where)
    facts = {"purpose": "goods_return", "memo": f"{row.receipt_no}: {back.reason}", "group": back.group_id}
    hours = ledger.post(where.tenant, sink, own, back.minutes, key=f"return:{back.id}", actor=actor, **facts)  # type: ignore[arg-type]
    back.transfer_id = hours.id
    for line, count in pieces.items():
        line.returned += count
        posted = None
        if back.to_shelf:
            way = (shelf[line].handed_account_id, shelf[line].account_id)
            key = f"return:{back.id}:{line.id}"
            posted = ledger.post(where.tenant, *way, count, key=key, actor=actor, **facts).id  # type: ignore[arg-type]
        db.session.add(ReturnLine(return_id=back.id, line_id=line.id, quantity=count, transfer_id=posted))


def _write_down(actor: Actor, row: Redemption, back: RedemptionReturn) -> None:
    audit.record(
        actor,
        "take_back.goods",
        "redemption",
        row.id,
        row.territory_code,
        receipt=row.receipt_no,
        minutes=back.minutes,
        reason=back.reason,
        to_shelf=back.to_shelf,
    )
    tell(
        row.person_id,
        "goods_returned",
        path=f"/redemptions/{row.id}",
        once=f"returned:{back.id}",
        receipt=row.receipt_no,
        back_minutes=back.minutes,
    )
