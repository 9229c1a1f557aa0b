"""What stands on shelves, batch by batch.  Pieces are those of the ledger's accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.exchange.models import Scheme
from timebank.ledger.models import LedgerAccount
from timebank.redemption.models import Desk, GoodsBatch, GoodsItem, RedemptionTake, SourceKind
from timebank.redemption.queries.desks import DeskInfo, in_english
from timebank.redemption.rules.batches import Have


@dataclass(frozen=True, slots=True)
class BatchInfo:
    """A batch on a shelf: pieces there, pieces promised, the last day, whether that day is over."""

    id: int
    item_id: int
    account_id: int
    source_kind: SourceKind
    source: str
    received: int
    expires_on: date | None
    created_at: datetime
    pieces: int
    held: int
    expired: bool

    @property
    def free(self) -> int:
        return self.pieces - self.held

    @property
    def have(self) -> Have:
        return Have(self.id, self.free, self.expires_on)


def _batches(tenant: int) -> Any:
    account = and_(LedgerAccount.tenant_id == tenant, LedgerAccount.id == GoodsBatch.account_id)
    return (
        select(GoodsBatch, LedgerAccount.posted, LedgerAccount.held)
        .join(LedgerAccount, account)
        .where(GoodsBatch.arrived_at.is_not(None))
        .order_by(GoodsBatch.expires_on.is_(None), GoodsBatch.expires_on, GoodsBatch.id)
    )


def _info(row: GoodsBatch, pieces: int, held: int) -> BatchInfo:
    return BatchInfo(
        row.id,
        row.item_id,
        row.account_id or 0,
        row.source_kind,
        row.source,
        row.pieces,
        row.expires_on,
        row.created_at,
        pieces,
        held,
        Have(row.id, 0, row.expires_on).expired(clock.today()),
    )


def on_shelf(desk: DeskInfo, item_ids: Iterable[int] | None = None) -> list[BatchInfo]:
    """The batches of a desk that hold pieces, the first to expire first.  One statement."""
    wanted = _batches(desk.tenant).where(GoodsBatch.desk_id == desk.id, LedgerAccount.posted > 0)
    if item_ids is not None:
        wanted = wanted.where(GoodsBatch.item_id.in_(list(item_ids)))
    return [_info(*row) for row in db.session.execute(wanted)]


def by_item(found: Iterable[BatchInfo]) -> dict[int, list[BatchInfo]]:
    """The same, article by article."""
    items: dict[int, list[BatchInfo]] = defaultdict(list)
    for one in found:
        items[one.item_id].append(one)
    return items


def of_ids(desk: DeskInfo, batch_ids: Iterable[int]) -> dict[int, BatchInfo]:
    """These batches of a desk, with or without pieces."""
    wanted = _batches(desk.tenant).where(GoodsBatch.desk_id == desk.id, GoodsBatch.id.in_(list(batch_ids)))
    return {row[0].id: _info(*row) for row in db.session.execute(wanted)}


def free_on_shelves(*where: Any) -> dict[tuple[int, int], int]:
    """Pieces that may be handed out today, by (desk, article), of the desks that are meant.  One statement."""
    account = and_(LedgerAccount.tenant_id == Scheme.tenant, LedgerAccount.id == GoodsBatch.account_id)
    rows = db.session.execute(
        select(GoodsBatch.desk_id, GoodsBatch.item_id, func.sum(LedgerAccount.posted - LedgerAccount.held))
        .select_from(GoodsBatch)
        .join(Desk, Desk.id == GoodsBatch.desk_id)
        .join(Scheme, Scheme.id == Desk.scheme_id)
        .join(LedgerAccount, account)
        .where(GoodsBatch.arrived_at.is_not(None), _usable(), *where)
        .group_by(GoodsBatch.desk_id, GoodsBatch.item_id)
    )
    return {(desk_id, item_id): int(pieces) for desk_id, item_id, pieces in rows}


def _usable() -> ColumnElement[bool]:
    return or_(GoodsBatch.expires_on.is_(None), GoodsBatch.expires_on >= clock.today())


def expired_count(actor: Actor) -> int:
    """How many expired batches still stand on the actor's shelves (goods.manage).  One statement."""
    account = and_(LedgerAccount.tenant_id == Scheme.tenant, LedgerAccount.id == GoodsBatch.account_id)
    found = (
        select(func.count())
        .select_from(GoodsBatch)
        .join(Desk, Desk.id == GoodsBatch.desk_id)
        .join(Scheme, Scheme.id == Desk.scheme_id)
        .join(LedgerAccount, account)
        .where(
            GoodsBatch.arrived_at.is_not(None),
            GoodsBatch.expires_on < clock.today(),
            LedgerAccount.posted > 0,
            in_scope(Desk.territory_code, actor.scopes("goods.manage")),
        )
    )
    return int(db.session.scalar(found) or 0)


def names(batch_ids: Iterable[int]) -> dict[int, str]:
    """Where batches stand, and until when they may be used, in the reader's language.  None for nothing."""
    wanted = set(batch_ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(GoodsBatch.id, GoodsBatch.expires_on, Desk.name_zh, Desk.name_en)
        .join(Desk, Desk.id == GoodsBatch.desk_id)
        .where(GoodsBatch.id.in_(wanted))
    )
    english = in_english()
    return {
        number: (name_en if english else name_zh) + (f" · {expires_on:%Y-%m-%d}" if expires_on else "")
        for number, expires_on, name_zh, name_en in rows
    }


@dataclass(frozen=True, slots=True)
class TakeInfo:
    """Where the pieces of a line of a receipt came from."""

    line_id: int
    batch_id: int
    pieces: int
    returned: int
    source_kind: SourceKind
    source: str
    expires_on: date | None


def takes_of(line_ids: Iterable[int]) -> dict[int, list[TakeInfo]]:
    """By line, the first to expire first.  One statement."""
    rows = db.session.execute(
        select(RedemptionTake, GoodsBatch)
        .join(GoodsBatch, GoodsBatch.id == RedemptionTake.batch_id)
        .where(RedemptionTake.line_id.in_(list(line_ids)))
        .order_by(RedemptionTake.id)
    )
    found: dict[int, list[TakeInfo]] = defaultdict(list)
    for take, batch in rows:
        found[take.line_id].append(
            TakeInfo(
                take.line_id, batch.id, take.pieces, take.returned, batch.source_kind, batch.source, batch.expires_on
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch in a list, with its article."""

    batch: BatchInfo
    sku: str
    item_name: str
    unit: str


def _rows(desk: DeskInfo) -> Any:
    return (
        _batches(desk.tenant)
        .join(GoodsItem, GoodsItem.id == GoodsBatch.item_id)
        .add_columns(GoodsItem)
        .where(GoodsBatch.desk_id == desk.id)
    )


def _row(row: GoodsBatch, pieces: int, held: int, item: GoodsItem) -> BatchRow:
    english = in_english()
    return BatchRow(
        _info(row, pieces, held),
        item.sku,
        item.name_en if english else item.name_zh,
        item.unit_en if english else item.unit_zh,
    )


def rows(desk: DeskInfo) -> list[BatchRow]:
    """The batches of a desk that hold pieces, the first to expire first.  One statement."""
    return [_row(*found) for found in db.session.execute(_rows(desk).where(LedgerAccount.posted > 0))]


def row(desk: DeskInfo, batch_id: int) -> BatchRow:
    """One batch of a desk; raises NotFound."""
    found = db.session.execute(_rows(desk).where(GoodsBatch.id == batch_id)).first()
    if found is None:
        raise NotFound("goods_unknown")
    return _row(*found)


def expired(batch_ids: Iterable[int | None]) -> bool:
    """Is the last day of use of one of these batches over?"""
    over = select(GoodsBatch.id).where(
        GoodsBatch.id.in_({one for one in batch_ids if one is not None}), GoodsBatch.expires_on < clock.today()
    )
    return db.session.scalar(over.limit(1)) is not None
