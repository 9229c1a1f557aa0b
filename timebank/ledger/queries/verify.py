"""Recomputes everything from the entries and says what disagrees.  Nothing here trusts a trigger or a constraint."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Connection, func, select, text

from timebank.ledger import selfcheck
from timebank.ledger.models import Entry, LedgerAccount, Seal, Transfer
from timebank.ledger.queries.chain import Broken, broken_seals
from timebank.ledger.queries.checks import CHECKS
from timebank.ledger.queries.contents import Altered, Progress, Seen, altered
from timebank.ledger.queries.snapshot import snapshot


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


# What holds for each entry and the one before it holds for all: two joins instead of three sums.
CHAINED = """SELECT 1 FROM entry e LEFT JOIN entry p
ON p.tenant_id = e.tenant_id AND p.account_id = e.account_id AND p.seq = e.seq - 1
WHERE e.balance - e.amount <> coalesce(p.balance, 0) OR (p.seq IS NULL AND e.seq <> 1) LIMIT 1"""
NEWEST = """SELECT 1 FROM ledger_account a LEFT JOIN entry e
ON e.tenant_id = a.tenant_id AND e.account_id = a.id AND e.seq >= a.seq
WHERE a.posted <> coalesce(e.balance, 0) OR a.seq <> coalesce(e.seq, 0) LIMIT 1"""
OF_CHAINS = frozenset({"balance", "running_balance"})
OF_SIDES = frozenset({"sides", "stray_entry"})


def verify(connection: Connection, tell: Progress | None = None) -> Verdict:
    """Reads all books on a connection that sees one moment (`snapshot`); `tell` hears how many transfers were read."""
    return verdict(connection, [*_rules(connection), *_rows(connection, tell)])


def verify_side_by_side(tell: Progress | None = None) -> Verdict:
    """The same in two threads: while the database answers the rules, Python makes the digests.

    Each looks at a moment of its own, and every rule at one moment only.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def rules() -> list[Finding]:
        with app.app_context(), snapshot() as connection:
            return list(_rules(connection))

    with ThreadPoolExecutor(1) as beside, snapshot() as connection:
        answer = beside.submit(rules)
        rows = list(_rows(connection, tell))
        return verdict(connection, [*answer.result(), *rows])


def verdict(connection: Connection, findings: Iterable[Finding]) -> Verdict:
    """The findings with how much there is."""
    accounts, transfers, entries, seals = (
        connection.scalar(select(func.count()).select_from(table)) or 0
        for table in (LedgerAccount, Transfer, Entry, Seal)
    )
    return Verdict(accounts, transfers, entries, seals, tuple(findings))


def _rules(connection: Connection) -> Iterator[Finding]:
    for words in selfcheck.problems(connection):
        yield Finding("ddl", None, words.split()[1], words)
    chained = connection.execute(text(CHAINED)).first() is None and connection.execute(text(NEWEST)).first() is None
    for check in CHECKS:
        if check.code not in OF_SIDES and not (chained and check.code in OF_CHAINS):
            yield from answered(connection, check.code)


def answered(connection: Connection, code: str) -> Iterator[Finding]:
    """What the rule of this code finds."""
    check = next(check for check in CHECKS if check.code == code)
    for row in connection.execute(text(check.sql)):
        yield Finding(check.code, row[0], subject(row[1]), check.words.format(*row))


def subject(value: object) -> str:
    """An account's number as it is, the id of a transfer written the usual way."""
    found = str(value)
    return str(uuid.UUID(found)) if len(found) == 32 and found.isalnum() and not found.isdecimal() else found


def _rows(connection: Connection, tell: Progress | None) -> Iterator[Finding]:
    """One pass over the transfers; the rules about sides are asked only when the pass saw something odd."""
    seen = Seen()
    yield from (altered_finding(one) for one in altered(connection, seen, tell))
    entries = connection.scalar(select(func.count()).select_from(Entry))
    if seen.lopsided or seen.entries != entries:
        for code in sorted(OF_SIDES):
            yield from answered(connection, code)
    yield from (seal_finding(one) for one in broken_seals(connection))


def altered_finding(one: Altered) -> Finding:
    """A finding about a transfer that is not what it was."""
    return Finding("seal" if one.sealed else "altered", one.tenant, str(one.id), one.words)


def seal_finding(one: Broken) -> Finding:
    """A finding about a seal."""
    if not one.n:
        return Finding("seal", one.tenant, "published seals", one.words)
    return Finding("seal", one.tenant, f"seal {one.n}", f"seal {one.n}: {one.words}")
