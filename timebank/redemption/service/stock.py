"""The shelf in the ledger: unit ``sku:<code>``; pieces come from a source and go to what was handed out.

Whatever changes a shelf locks the desk first, then the accounts in the ledger's order.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from timebank.core import clock
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.ledger import service as ledger
from timebank.ledger.errors import LedgerError
from timebank.ledger.rules.kinds import AccountKind
from timebank.redemption.models import DayClosing, Desk, DeskStock, GoodsBatch, GoodsItem, SourceKind
from timebank.redemption.queries import batches
from timebank.redemption.queries.desks import DeskInfo
from timebank.redemption.queries.standing import Purse, purse

SOURCE, STOCK, HANDED = AccountKind.STOCK_SOURCE, AccountKind.STOCK, AccountKind.ISSUED


def unit_of(sku: str) -> str:
    """The ledger's unit of an article: one piece."""
    return f"sku:{sku}"


def shelf_of(desk: DeskInfo, item: GoodsItem) -> DeskStock:
    """The article's place on the shelf; it is made (with its accounts) when the article comes here first."""
    row = db.session.get(DeskStock, (desk.id, item.id))
    if row is None:
        unit = unit_of(item.sku)
        row = DeskStock(
            desk_id=desk.id,
            item_id=item.id,
            account_id=ledger.ensure_account(desk.tenant, STOCK, desk.id, unit=unit, floor=0),
            handed_account_id=ledger.ensure_account(desk.tenant, HANDED, desk.scheme_id, unit=unit, floor=None),
        )
        loose = GoodsBatch(
            desk_id=desk.id,
            item_id=item.id,
            account_id=row.account_id,
            source_kind=SourceKind.FOUND,
            pieces=0,
            arrived_at=clock.now(),
        )
        db.session.add_all([row, loose])
        db.session.flush()
    return row


def new_batch(
    desk: DeskInfo,
    item: GoodsItem,
    pieces: int,
    kind: SourceKind,
    source: str = "",
    expires_on: date | None = None,
    *,
    on_the_way: bool = False,
) -> GoodsBatch:
    """A batch with an empty account of its own; whoever calls posts the pieces."""
    row = GoodsBatch(
        desk_id=desk.id,
        item_id=item.id,
        source_kind=kind,
        source=source[:120],
        pieces=pieces,
        expires_on=expires_on,
        arrived_at=None if on_the_way else clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    row.account_id = ledger.ensure_account(desk.tenant, AccountKind.BATCH, row.id, unit=unit_of(item.sku), floor=0)
    return row


def source_of(desk: DeskInfo, item: GoodsItem) -> int:
    """The account that pieces come from (and go to when the shelf holds fewer than the books say)."""
    return ledger.ensure_account(desk.tenant, SOURCE, desk.scheme_id, unit=unit_of(item.sku), floor=None)


def sink_of(desk: DeskInfo) -> int:
    """The account that hours paid for goods go to (domain.md F3)."""
    return ledger.ensure_account(desk.tenant, AccountKind.SINK, desk.scheme_id, floor=0)


def lock_desk(desk_id: int) -> Desk:
    """One after the other at a desk: its receipts are numbered, and nobody else touches its shelf meanwhile.

    Raises `Refused("desk_day_closed")` when two people have signed this day: what is wrong is put right tomorrow.
    """
    row = db.session.get(Desk, desk_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("desk_unknown")
    closed = select(DayClosing.id).where(DayClosing.desk_id == desk_id, DayClosing.day == clock.today())
    if db.session.scalar(closed) is not None:
        raise Refused("desk_day_closed")
    return row


def lock(where: DeskInfo, person_id: int, item_ids: Iterable[int], accounts: Iterable[int] = ()) -> Purse:
    """Locks the member's accounts, the shelf's, the sink and `accounts`, in the ledger's order.

    Gives the purse behind the lock; the desk is locked by then.
    """
    items = list(item_ids)
    own = [*purse(where.tenant, person_id).account_ids, sink_of(where)]
    handed = db.session.scalars(
        select(DeskStock.handed_account_id).where(DeskStock.desk_id == where.id, DeskStock.item_id.in_(items))
    )
    shelves = (one.account_id for one in batches.on_shelf(where, items))
    ledger.lock_accounts(where.tenant, {*own, *handed, *shelves, *accounts})
    return purse(where.tenant, person_id)


def new_group() -> uuid.UUID:
    """Ties the postings of one receipt together."""
    return uuid.uuid4()


def short(error: LedgerError, item: str, asked: int) -> Exception:
    """The ledger's refusal of pieces, in the words of the shelf."""
    if error.code != "insufficient_pieces":
        return error
    left = error.facts.get("available", 0)
    return Refused("redeem_out_of_stock", field="code", left=left, asked=asked, item=item)
