"""Recomputes everything from the entries and says what disagrees.  Nothing here trusts a trigger or a constraint."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, text

from timebank.ledger import selfcheck
from timebank.ledger.models import Entry, LedgerAccount, Seal, Transfer
from timebank.ledger.queries.checks import CHECKS
from timebank.ledger.queries.sealed import broken_seals
from timebank.ledger.rules.requests import digest

TRANSFERS: Any = Transfer.__table__
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that disagrees: `subject` is an account, a transfer, a seal or a piece of DDL."""

    code: str
    tenant: int | None
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was read and what was found."""

    accounts: int
    transfers: int
    entries: int
    seals: int
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Nothing disagrees."""
        return not self.findings


def verify(connection: Connection) -> Verdict:
    """Reads all books on a connection that sees one moment (`snapshot`)."""
    accounts, transfers, entries, seals = (
        connection.scalar(select(func.count()).select_from(table)) or 0
        for table in (LedgerAccount, Transfer, Entry, Seal)
    )
    return Verdict(accounts, transfers, entries, seals, tuple(_findings(connection)))


def _findings(connection: Connection) -> Iterator[Finding]:
    for words in selfcheck.problems(connection):
        yield Finding("ddl", None, words.split()[1], words)
    for check in CHECKS:
        for row in connection.execute(text(check.sql)):
            yield Finding(check.code, row[0], _subject(row[1]), check.words.format(*row))
    yield from _altered(connection)
    for tenant, number, words in broken_seals(connection):
        yield Finding("seal", tenant, f"seal {number}", f"seal {number}: {words}")


def _subject(value: object) -> str:
    found = str(value)
    return str(uuid.UUID(found)) if len(found) == 32 and found.isalnum() and not found.isdecimal() else found


def _altered(connection: Connection) -> Iterator[Finding]:
    """Each transfer carries a digest of its request and, in its id, the moment of writing."""
    columns = TRANSFERS.c
    rows = connection.execution_options(yield_per=2000).execute(
        select(
            *(columns.tenant_id, columns.id, columns.kind, columns.debit_id, columns.credit_id, columns.amount),
            *(columns.ref_id, columns.purpose, columns.req_hash, columns.created_at),
        )
    )
    for row in rows:
        if bytes(row.req_hash) != digest(row.kind, row.debit_id, row.credit_id, row.amount, row.ref_id, row.purpose):
            yield Finding("altered", row.tenant_id, str(row.id), "the transfer differs from what was asked for")
        if row.id.int >> 80 != (row.created_at - EPOCH) // timedelta(milliseconds=1):
            yield Finding("altered", row.tenant_id, str(row.id), "the moment of writing was altered")
