"""The books after a seal: nothing in the database is trusted but what stands under its published root.

Every account is walked from the entry before its first new one (its newest, where nothing is new).  That entry's
transfer must stand, with its number and balance, under a published root; from there on each entry is computed anew.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select, text

from timebank.ledger import selfcheck
from timebank.ledger.queries.chain import broken_since, published_up_to, standing_under
from timebank.ledger.queries.checks import CHECKS
from timebank.ledger.queries.contents import altered
from timebank.ledger.queries.sealed import LEAVES, horizon
from timebank.ledger.queries.verify import (
    Finding,
    Verdict,
    altered_finding,
    answered,
    seal_finding,
    subject,
    verdict,
)
from timebank.ledger.rules.kinds import MOVING
from timebank.ledger.rules.seals import SealFacts

OF_ACCOUNTS = frozenset({"zero_sum", "held", "limits", "limit_history", "state", "no_floor"})
OF_TRANSFERS = ("reference", "units")
AT_ONCE = 500

RECENT = """WITH recent AS (
  SELECT transfer_id AS id FROM seal_leaf WHERE tenant_id = <tenant> AND n > <n>
  UNION ALL
  SELECT t.id FROM transfer t WHERE t.tenant_id = <tenant> AND t.id > '<horizon>' AND NOT EXISTS
    (SELECT 1 FROM seal_leaf l WHERE l.tenant_id = t.tenant_id AND l.transfer_id = t.id)),
recent_transfer AS (SELECT t.* FROM recent r JOIN transfer t ON t.tenant_id = <tenant> AND t.id = r.id)
"""
WALK = """, touched AS (
  SELECT e.account_id, min(e.seq) AS seq FROM recent r
  JOIN entry e ON e.tenant_id = <tenant> AND e.transfer_id = r.id GROUP BY e.account_id)
SELECT a.id AS account_id, a.posted, a.seq AS newest, coalesce(f.seq, a.seq + 1) AS first,
  e.seq, e.amount, e.balance, e.transfer_id, r.id AS new, t.kind, t.amount AS moved, t.debit_id, t.credit_id
FROM ledger_account a
LEFT JOIN touched f ON f.account_id = a.id
LEFT JOIN entry e ON e.tenant_id = <tenant> AND e.account_id = a.id AND e.seq >= coalesce(f.seq, a.seq + 1) - 1
LEFT JOIN recent r ON r.id = e.transfer_id
LEFT JOIN transfer t ON t.tenant_id = <tenant> AND t.id = e.transfer_id
WHERE a.tenant_id = <tenant> ORDER BY a.id, e.seq"""
ONE_SIDED = """SELECT t.id, t.kind, t.amount FROM recent_transfer t WHERE t.kind IN ('post', 'capture', 'reverse')
AND 2 <> (SELECT count(*) FROM entry e WHERE e.tenant_id = t.tenant_id AND e.transfer_id = t.id)
       + (SELECT count(*) FROM daybook d WHERE d.tenant_id = t.tenant_id AND d.transfer_id = t.id)"""
TWICE = """SELECT o.ref_id, count(*) FROM transfer o WHERE o.tenant_id = <tenant> AND o.ref_id IN
(SELECT t.ref_id FROM recent_transfer t WHERE t.ref_id IS NOT NULL) GROUP BY o.ref_id HAVING count(*) > 1"""


@dataclass
class _Look:
    """What is looked at, and the older transfers on which the new balances rest."""

    connection: Connection
    tenant: int
    n: int
    since: uuid.UUID
    rests_on: set[uuid.UUID] = field(default_factory=set)

    def rows(self, question: str) -> Any:
        """Answers of a question that may name `recent` and `recent_transfer`."""
        return self.connection.execute(text(self.filled(RECENT + question)))

    def filled(self, words: str) -> str:
        """The numbers put in (numbers and a digest of our own: nothing that anybody typed)."""
        filled = words.replace("<tenant>", str(int(self.tenant))).replace("<n>", str(int(self.n)))
        return filled.replace("<horizon>", self.since.hex)


def verify_since(connection: Connection, tenant: int, n: int) -> Verdict:
    """Looks at everything after seal `n` of a city, and at all balances.  Raises ValueError when the published seals
    up to `n` are missing or do not hold."""
    chain = published_up_to(tenant, n)
    look = _Look(connection, tenant, n, horizon(connection, tenant) or uuid.UUID(int=0))
    return verdict(connection, _findings(look, chain))


def _findings(look: _Look, chain: list[SealFacts]) -> Iterator[Finding]:
    for words in selfcheck.problems(look.connection):
        yield Finding("ddl", None, words.split()[1], words)
    yield from (seal_finding(one) for one in broken_since(look.connection, look.tenant, look.n))
    yield from _rules(look)
    yield from _new(look)
    yield from _accounts(look)
    yield from _foundations(look, chain)


def _rules(look: _Look) -> Iterator[Finding]:
    for check in CHECKS:
        if check.code in OF_ACCOUNTS:
            yield from answered(look.connection, check.code)
        elif check.code in OF_TRANSFERS:
            for row in look.rows(check.sql.replace("FROM transfer t", "FROM recent_transfer t", 1)):
                yield Finding(check.code, row[0], subject(row[1]), check.words.format(*row))
    for row in look.rows(ONE_SIDED):
        yield Finding("sides", look.tenant, subject(row.id), f"a {row.kind} of {row.amount} lacks an entry")
    for ref, times in look.rows(TWICE):
        words = f"the transfer was captured, released or reversed {times} times"
        yield Finding("resolved_twice", look.tenant, subject(ref), words)


def _new(look: _Look) -> Iterator[Finding]:
    """The new transfers themselves: sealed after `n`, and under no seal yet."""
    later = "SELECT transfer_id FROM seal_leaf WHERE tenant_id = <tenant> AND n > <n>"
    sealed = f"t.tenant_id = <tenant> AND t.id IN ({later})"
    waiting = "t.tenant_id = <tenant> AND t.id > '<horizon>' AND l.transfer_id IS NULL"
    for condition in (sealed, waiting):
        yield from (altered_finding(one) for one in altered(look.connection, only=look.filled(condition)))


def _accounts(look: _Look) -> Iterator[Finding]:
    rows = look.rows(WALK).all()
    for account, lines in groupby(rows, lambda row: int(row.account_id)):
        for code, words in _walk(look, list(lines)):
            yield Finding(code, look.tenant, str(account), f"account {account}: {words}")


def _walk(look: _Look, lines: list[Any]) -> Iterator[tuple[str, str]]:
    first = lines[0]
    seq, balance = first.first - 1, 0
    entries = [line for line in lines if line.seq is not None]
    if seq > 0:  # the entry it starts from
        if not entries or entries[0].seq != seq:
            yield "running_balance", f"entry {seq} is missing"
            return
        start = entries.pop(0)
        balance = start.balance
        look.rests_on.add(_id(start.transfer_id))
        yield from _of_transfer(start)
    for line in entries:
        if line.new is None:
            look.rests_on.add(_id(line.transfer_id))
        if line.seq != seq + 1 or line.balance != balance + line.amount:
            right = balance + line.amount
            yield "running_balance", f"entry {line.seq} (after entry {seq}): balance {line.balance}, computed {right}"
        yield from _of_transfer(line)
        seq, balance = line.seq, line.balance
    if (first.posted, first.newest) != (balance, seq):
        yield "balance", f"says {first.posted} after entry {first.newest}; its entries come to {balance} after {seq}"


def _of_transfer(line: Any) -> Iterator[tuple[str, str]]:
    sign = {line.debit_id: -1, line.credit_id: 1}.get(line.account_id)
    if sign is None or line.kind not in MOVING or line.amount != sign * line.moved:
        yield "stray_entry", f"entry {line.seq} is not what its transfer asks for"


def _foundations(look: _Look, chain: list[SealFacts]) -> Iterator[Finding]:
    """The older transfers that balances rest on: unaltered, and under a published root."""
    columns = LEAVES.c
    seals: dict[uuid.UUID, int] = {}
    for some in _parts(sorted(look.rests_on)):
        here = (columns.tenant_id == look.tenant, columns.transfer_id.in_(some))
        seals |= {row.transfer_id: row.n for row in look.connection.execute(select(columns).where(*here))}
        quoted = ", ".join(f"'{one.hex}'" for one in some)
        condition = f"t.tenant_id = {int(look.tenant)} AND t.id IN ({quoted})"
        yield from (altered_finding(one) for one in altered(look.connection, only=condition))
    sound = standing_under(look.connection, look.tenant, chain, seals.values())
    for one in sorted(look.rests_on):
        if one not in seals:
            words = "a balance rests on it, it is dated back and under no seal: run “flask ledger seal --all”"
            yield Finding("seal", look.tenant, str(one), words)
        elif seals[one] <= look.n and seals[one] not in sound:
            words = f"a balance rests on it, and the leaves of seal {seals[one]} do not make its published root"
            yield Finding("seal", look.tenant, str(one), words)


def _parts(ids: list[uuid.UUID]) -> Iterable[list[uuid.UUID]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def _id(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
