"""Goods come back: opposite postings with a reason; the first receipt stays as it is (domain.md C3.4)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator

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
    GoodsBatch,
    Redemption,
    RedemptionLine,
    RedemptionReturn,
    RedemptionState,
    RedemptionTake,
    ReturnLine,
)
from timebank.redemption.queries.desks import DeskInfo, desk
from timebank.redemption.queries.standing import rules_at
from timebank.redemption.rules import returns as rules
from timebank.redemption.rules.batches import Taken, give_back
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
    stock.lock_desk(where.id)
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
    found = _takes(line.id for line in pieces)
    accounts = [batch.account_id or 0 for _, batch in found]
    own = stock.lock(where, row.person_id, [line.item_id for line in pieces], accounts).accounts[0][0]
    memo = f"{row.receipt_no}: {back.reason}"
    key = f"return:{back.id}"
    facts = {"purpose": "goods_return", "memo": memo, "group": back.group_id, "actor": actor}
    back.transfer_id = ledger.post(where.tenant, stock.sink_of(where), own, back.minutes, key=key, **facts).id  # type: ignore[arg-type]
    for line, count in pieces.items():
        line.returned += count
        handed = db.session.get_one(DeskStock, (where.id, line.item_id)).handed_account_id
        for take, batch, part in _shared(line, count, found):
            posted = None
            if back.to_shelf:
                way, part_key = (handed, batch.account_id or 0), f"{key}:{take.id}"
                posted = ledger.post(where.tenant, *way, part, key=part_key, **facts).id  # type: ignore[arg-type]
            take.returned += part
            _line(back, line, part, batch.id if posted else None, posted)


Take = tuple[RedemptionTake, GoodsBatch]


def _takes(line_ids: Iterable[int]) -> list[Take]:
    """Which batches the lines were taken from."""
    rows = db.session.execute(
        select(RedemptionTake, GoodsBatch)
        .join(GoodsBatch, GoodsBatch.id == RedemptionTake.batch_id)
        .where(RedemptionTake.line_id.in_(list(line_ids)))
        .order_by(RedemptionTake.id)
    )
    return [(take, batch) for take, batch in rows]


def _shared(line: RedemptionLine, count: int, found: list[Take]) -> Iterator[tuple[RedemptionTake, GoodsBatch, int]]:
    """How many of the pieces belong to which batch."""
    of_line = {take.id: (take, batch) for take, batch in found if take.line_id == line.id}
    taken = (Taken(take.id, take.pieces, take.returned, batch.expires_on) for take, batch in of_line.values())
    for take_id, part in give_back(taken, count):
        yield *of_line[take_id], part


def _line(
    back: RedemptionReturn, line: RedemptionLine, count: int, batch_id: int | None, posted: uuid.UUID | None
) -> None:
    db.session.add(
        ReturnLine(return_id=back.id, line_id=line.id, quantity=count, batch_id=batch_id, transfer_id=posted)
    )


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
