"""The shelf in the ledger: unit ``sku:<code>``; pieces come from a source and go to what was handed out."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import select

from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.ledger import service as ledger
from timebank.ledger.errors import LedgerError
from timebank.ledger.rules.kinds import AccountKind
from timebank.redemption.models import DeskStock, GoodsItem
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
        db.session.add(row)
        db.session.flush()
    return row


def source_of(desk: DeskInfo, item: GoodsItem) -> int:
    """The account that pieces come from (and go to when the shelf holds fewer than the books say)."""
    return ledger.ensure_account(desk.tenant, SOURCE, desk.scheme_id, unit=unit_of(item.sku), floor=None)


def sink_of(desk: DeskInfo) -> int:
    """The account that hours paid for goods go to (domain.md F3)."""
    return ledger.ensure_account(desk.tenant, AccountKind.SINK, desk.scheme_id, floor=0)


def lock(where: DeskInfo, person_id: int, item_ids: Iterable[int]) -> Purse:
    """Locks the member's accounts, the shelf's and the sink, in the ledger's order; gives the purse behind the lock."""
    accounts = [*purse(where.tenant, person_id).account_ids, sink_of(where)]
    places = db.session.execute(
        select(DeskStock.account_id, DeskStock.handed_account_id).where(
            DeskStock.desk_id == where.id, DeskStock.item_id.in_(list(item_ids))
        )
    )
    ledger.lock_accounts(where.tenant, [*accounts, *(account for place in places for account in place)])
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
