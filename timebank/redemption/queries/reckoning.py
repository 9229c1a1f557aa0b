"""Do goods and hours agree?  Everything is counted anew from receipts, movements and the ledger's accounts.

For each time bank: the hours paid for goods are those of its receipts, the pieces handed out are those of its receipts,
and every batch holds what came in, less what went out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select

from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.exchange.models import Scheme
from timebank.ledger import queries as ledger
from timebank.ledger.models import DaybookLine, LedgerAccount
from timebank.ledger.rules.kinds import MINUTES, AccountKind
from timebank.redemption.models import (
    Desk,
    DeskStock,
    GoodsBatch,
    GoodsItem,
    GoodsPrice,
    GoodsReckoning,
    MoveKind,
    Redemption,
    RedemptionLine,
    RedemptionState,
    RedemptionTake,
    ReturnLine,
    ShelfTransfer,
    StockMove,
)
from timebank.redemption.queries.desks import in_english
from timebank.redemption.rules.basket import price_on

HANDED = (RedemptionState.DONE, RedemptionState.PARTLY_RETURNED, RedemptionState.RETURNED)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that disagrees: `books` is what the ledger says, `counted` what receipts and movements come to."""

    code: str  # hours, handed, batch, held
    subject: str
    books: int
    counted: int


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A time bank now.  Minutes and pieces."""

    scheme_id: int
    sink_minutes: int
    receipts_minutes: int
    shelf_pieces: int
    shelf_minutes: int
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        return not self.findings


def with_desks() -> list[int]:
    """The time banks that have desks."""
    wanted = select(Scheme.id).where(Scheme.id.in_(select(Desk.scheme_id))).order_by(Scheme.id)
    return list(db.session.scalars(wanted))


def reckon(scheme_id: int, today: date) -> Reckoning:
    """Compares a time bank's goods with its hours.  About a dozen statements, none for each row."""
    scheme = db.session.get_one(Scheme, scheme_id)
    sink, receipts = hours(scheme.id)
    pieces, minutes = _shelf_value(scheme, today)
    found = [Finding("hours", scheme.code, sink, receipts)] if sink != receipts else []
    return Reckoning(scheme.id, sink, receipts, pieces, minutes, (*found, *_handed_out(scheme), *_batches(scheme)))


def hours(scheme_id: int) -> tuple[int, int]:
    """Minutes on the account of hours paid for goods, and minutes of the receipts: they must be equal.

    One statement, so that both are of one moment; what the daybook has not carried to the account yet counts.
    """
    here = (LedgerAccount.kind == AccountKind.SINK.value, LedgerAccount.unit == MINUTES, Scheme.id == scheme_id)
    sink = (
        select(LedgerAccount.tenant_id, LedgerAccount.id, LedgerAccount.posted)
        .join(Scheme, and_(Scheme.tenant == LedgerAccount.tenant_id, Scheme.id == LedgerAccount.owner_id))
        .where(*here)
        .subquery()
    )
    line = and_(DaybookLine.tenant_id == sink.c.tenant_id, DaybookLine.account_id == sink.c.id)
    carried = select(func.coalesce(func.sum(sink.c.posted), 0)).scalar_subquery()
    waiting = select(func.coalesce(func.sum(DaybookLine.amount), 0)).join(sink, line).scalar_subquery()
    taken = func.coalesce(func.sum(Redemption.total_minutes - Redemption.returned_minutes), 0)
    receipts = select(taken).where(Redemption.scheme_id == scheme_id, Redemption.state.in_(HANDED)).scalar_subquery()
    row = db.session.execute(select(carried + waiting, receipts)).one()
    return int(row[0]), int(row[1])


def _shelf_value(scheme: Scheme, today: date) -> tuple[int, int]:
    account = and_(LedgerAccount.tenant_id == scheme.tenant, LedgerAccount.id == GoodsBatch.account_id)
    rows = db.session.execute(
        select(GoodsBatch.item_id, func.sum(LedgerAccount.posted))
        .join(Desk, Desk.id == GoodsBatch.desk_id)
        .join(LedgerAccount, account)
        .where(Desk.scheme_id == scheme.id)
        .group_by(GoodsBatch.item_id)
    )
    pieces = {item: int(count) for item, count in rows}
    prices: dict[int, list[tuple[date, int]]] = {}
    wanted = select(GoodsPrice.item_id, GoodsPrice.valid_from, GoodsPrice.minutes)
    for item, since, minutes in db.session.execute(wanted.where(GoodsPrice.item_id.in_(list(pieces)))):
        prices.setdefault(item, []).append((since, minutes))
    worth = sum(count * (price_on(prices.get(item, []), today) or 0) for item, count in pieces.items())
    return sum(pieces.values()), worth


def _taken(scheme: Scheme, column: Any, states: Iterable[RedemptionState] = HANDED) -> Counter[int]:
    """Pieces on receipts of the time bank, by the column."""
    rows = db.session.execute(
        select(column, func.sum(RedemptionTake.pieces))
        .join(RedemptionLine, RedemptionLine.id == RedemptionTake.line_id)
        .join(Redemption, Redemption.id == RedemptionLine.redemption_id)
        .where(Redemption.scheme_id == scheme.id, Redemption.state.in_(list(states)))
        .group_by(column)
    )
    return Counter({key: int(pieces) for key, pieces in rows})


def _back(scheme: Scheme, column: Any) -> Counter[int]:
    """Pieces that came back to a shelf, by the column."""
    rows = db.session.execute(
        select(column, func.sum(ReturnLine.quantity))
        .join(RedemptionLine, RedemptionLine.id == ReturnLine.line_id)
        .join(Redemption, Redemption.id == RedemptionLine.redemption_id)
        .where(Redemption.scheme_id == scheme.id, ReturnLine.batch_id.is_not(None))
        .group_by(column)
    )
    return Counter({key: int(pieces) for key, pieces in rows})


def _handed_out(scheme: Scheme) -> Iterator[Finding]:
    """The account of pieces handed out, article by article."""
    out, back = _taken(scheme, RedemptionLine.item_id), _back(scheme, RedemptionLine.item_id)
    places = db.session.execute(
        select(DeskStock.item_id, GoodsItem.sku, DeskStock.handed_account_id)
        .join(Desk, Desk.id == DeskStock.desk_id)
        .join(GoodsItem, GoodsItem.id == DeskStock.item_id)
        .where(Desk.scheme_id == scheme.id)
        .distinct()
        .order_by(GoodsItem.sku)
    ).all()
    books = ledger.balances(scheme.tenant, [account for _, _, account in places])
    for item, sku, account in places:
        posted, counted = books[account].posted, out[item] - back[item]
        if posted != counted:
            yield Finding("handed", sku, posted, counted)


def _batches(scheme: Scheme) -> Iterator[Finding]:
    """Every batch: what moved in and out, what receipts took and gave back, what waits."""
    out, back = _taken(scheme, RedemptionTake.batch_id), _back(scheme, ReturnLine.batch_id)
    waiting = _taken(scheme, RedemptionTake.batch_id, states=(RedemptionState.WAITING,))
    account = and_(LedgerAccount.tenant_id == scheme.tenant, LedgerAccount.id == GoodsBatch.account_id)
    rows = db.session.execute(
        select(GoodsBatch, GoodsItem.sku, LedgerAccount.posted, LedgerAccount.held, ShelfTransfer.received_at)
        .join(Desk, Desk.id == GoodsBatch.desk_id)
        .join(GoodsItem, GoodsItem.id == GoodsBatch.item_id)
        .join(LedgerAccount, account)
        .outerjoin(ShelfTransfer, ShelfTransfer.id == GoodsBatch.shelf_transfer_id)
        .where(Desk.scheme_id == scheme.id)
        .order_by(GoodsBatch.id)
    )
    moved = _moved(scheme)
    for batch, sku, posted, held, received_at in rows:
        counted = moved[batch.id] - out[batch.id] + back[batch.id]
        if batch.arrived_at is None:
            counted = batch.pieces if received_at is None else 0
        if posted != counted:
            yield Finding("batch", f"{sku} · {batch.id}", posted, counted)
        if held != waiting[batch.id]:
            yield Finding("held", f"{sku} · {batch.id}", held, waiting[batch.id])


def _moved(scheme: Scheme) -> Counter[int]:
    rows = db.session.execute(
        select(StockMove.batch_id, func.sum(StockMove.pieces))
        .join(Desk, Desk.id == StockMove.desk_id)
        .where(Desk.scheme_id == scheme.id, StockMove.kind.in_(list(MoveKind)), StockMove.batch_id.is_not(None))
        .group_by(StockMove.batch_id)
    )
    return Counter({int(key): int(pieces) for key, pieces in rows if key})


# -- what was found day by day -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReckoningRow:
    """A day of a time bank in the list."""

    day: date
    at: datetime
    scheme_name: str
    sink_minutes: int
    receipts_minutes: int
    shelf_pieces: int
    shelf_minutes: int
    findings: tuple[Finding, ...]


def rows(actor: Actor, limit: int = 60) -> list[ReckoningRow]:
    """The newest days of the time banks that the actor may read receipts of.  One statement."""
    found = db.session.execute(
        select(GoodsReckoning, Scheme)
        .join(Scheme, Scheme.id == GoodsReckoning.scheme_id)
        .where(in_scope(Scheme.territory_code, actor.scopes("redemptions.read")))
        .order_by(GoodsReckoning.day.desc(), Scheme.code)
        .limit(limit)
    )
    english = in_english()
    return [
        ReckoningRow(
            row.day,
            row.at,
            scheme.name_en if english else scheme.name_zh,
            row.sink_minutes,
            row.receipts_minutes,
            row.shelf_pieces,
            row.shelf_minutes,
            tuple(Finding(**one) for one in row.findings),
        )
        for row, scheme in found
    ]


def open_findings(actor: Actor) -> int:
    """How many findings the newest day of the actor's time banks has (goods.manage).  One statement."""
    newest = select(func.max(GoodsReckoning.day)).scalar_subquery()
    seen = in_scope(Scheme.territory_code, actor.scopes("goods.manage"))
    found = db.session.scalars(
        select(GoodsReckoning.findings)
        .join(Scheme, Scheme.id == GoodsReckoning.scheme_id)
        .where(GoodsReckoning.day == newest, seen)
    )
    return sum(len(findings) for findings in found)
