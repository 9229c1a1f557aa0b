"""What transfers did to accounts: the entries, and the lines of the daybook that are not entries yet."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, union_all

from timebank.ledger.models import DaybookLine, Entry

ENTRIES: Any = Entry.__table__
LINES: Any = DaybookLine.__table__


def _columns(table: Any) -> Any:
    return select(table.c.tenant_id, table.c.account_id, table.c.transfer_id, table.c.amount)


MOVEMENTS: Any = union_all(_columns(ENTRIES), _columns(LINES)).subquery("movement")
