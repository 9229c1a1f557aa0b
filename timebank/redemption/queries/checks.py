"""Is this receipt true?  Asked by any phone, without signing in; never more than what is printed on the paper."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select

from timebank.core.db import db
from timebank.core.types import blind_index
from timebank.redemption.models import (
    Desk,
    GoodsItem,
    Redemption,
    RedemptionLine,
    RedemptionReturn,
    RedemptionState,
)
from timebank.redemption.rules import checks as rules

_sign = partial(blind_index, "receipt")
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """An article of the receipt: pieces, how many came back, minutes."""

    name_zh: str
    name_en: str
    quantity: int
    returned: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Checked:
    """A receipt that is true, without the member's name.  `verdict`: true, reversed, partly_reversed, waiting, void."""

    verdict: str
    receipt_no: str
    desk_names: tuple[str, str]
    created_at: datetime
    total_minutes: int
    returned_minutes: int
    lines: tuple[CheckedLine, ...]
    returned_at: datetime | None


VERDICTS = {
    RedemptionState.DONE: "true",
    RedemptionState.PARTLY_RETURNED: "partly_reversed",
    RedemptionState.RETURNED: "reversed",
    RedemptionState.WAITING: "waiting",
    RedemptionState.CANCELLED: "void",
}


def code_of(redemption_id: int, receipt_no: str) -> str:
    """What the QR code of a receipt ends with."""
    return rules.code_of(redemption_id, receipt_no, _sign)


def check(code: str) -> Checked | None:
    """The receipt of a code, or None when it is not true.  At most three statements."""
    found = rules.read(code)
    if found is None or found[0] > LARGEST_ID:
        return None
    row = db.session.execute(
        select(Redemption, Desk).join(Desk, Desk.id == Redemption.desk_id).where(Redemption.id == found[0])
    ).first()
    if row is None or not hmac.compare_digest(rules.signature(row[0].id, row[0].receipt_no, _sign), found[1]):
        return None
    return _checked(*row)


def _checked(row: Redemption, desk: Desk) -> Checked:
    lines = db.session.execute(
        select(RedemptionLine, GoodsItem)
        .join(GoodsItem, GoodsItem.id == RedemptionLine.item_id)
        .where(RedemptionLine.redemption_id == row.id)
        .order_by(RedemptionLine.id)
    )
    newest = select(RedemptionReturn.at).where(RedemptionReturn.redemption_id == row.id)
    return Checked(
        VERDICTS[row.state],
        row.receipt_no,
        (desk.name_zh, desk.name_en),
        row.created_at,
        row.total_minutes,
        row.returned_minutes,
        tuple(
            CheckedLine(item.name_zh, item.name_en, line.quantity, line.returned, line.quantity * line.price_minutes)
            for line, item in lines
        ),
        db.session.scalar(newest.order_by(RedemptionReturn.id.desc()).limit(1)) if row.returned_minutes else None,
    )
