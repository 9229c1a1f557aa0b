"""From the daybook to the accounts: what was posted to a batched account becomes an entry with its number and balance.

Who pays into a fund or from it does not wait for the fund's row; the row is written once for a batch, by the sealer.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from timebank.ledger.models import DaybookLine, Entry, LedgerAccount
from timebank.ledger.service import insert

LINES: Any = DaybookLine.__table__
ACCOUNTS: Any = LedgerAccount.__table__


def carry(connection: Connection, tenant: int, transfer_ids: Iterable[uuid.UUID]) -> int:
    """Carries the lines of these transfers in the order of their ids; returns how many.

    Needs a running transaction.  Accounts are taken in the order of their numbers; a second one who carries waits and
    then finds the lines gone.
    """
    wanted = list(transfer_ids)
    here = (LINES.c.tenant_id == tenant, LINES.c.transfer_id.in_(wanted))
    accounts = connection.scalars(select(LINES.c.account_id).where(*here).distinct().order_by(LINES.c.account_id)).all()
    if not accounts:
        return 0
    insert.lock(tenant, accounts, connection)
    newest = _newest(connection, tenant, accounts)
    lines = connection.execute(select(LINES).where(*here).order_by(LINES.c.account_id, LINES.c.transfer_id)).all()
    rows = [row for number, found in groupby(lines, _account) for row in _entries(newest[number], found)]
    if rows:
        connection.execute(insert.insert_for(connection, Entry.__table__), rows)
    return len(rows)


def _account(line: Any) -> int:
    return int(line.account_id)


def _newest(connection: Connection, tenant: int, accounts: Iterable[int]) -> dict[int, Any]:
    question = select(ACCOUNTS.c.id, ACCOUNTS.c.seq, ACCOUNTS.c.posted)
    question = question.where(ACCOUNTS.c.tenant_id == tenant, ACCOUNTS.c.id.in_(accounts))
    return {row.id: row for row in connection.execute(question)}


def _entries(account: Any, lines: Iterable[Any]) -> Iterable[dict[str, object]]:
    seq, balance = account.seq, account.posted
    for line in lines:
        seq, balance = seq + 1, balance + line.amount
        yield {
            "tenant_id": line.tenant_id,
            "account_id": line.account_id,
            "seq": seq,
            "transfer_id": line.transfer_id,
            "amount": line.amount,
            "balance": balance,
        }
