"""Is every transfer still what was asked for and what was sealed?  One pass, over texts that the database writes.

The database writes the text of a transfer faster than Python does, and a text counts only when its digest is the one
that was kept: where it is not, Python looks at the rows themselves and has the last word.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, text

from timebank.ledger.queries.sealed import LEAVES, TRANSFERS, leaves
from timebank.ledger.rules.requests import digest

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AT_ONCE = 5000
AGAIN = 500

Progress = Callable[[int], None]

SQLITE = """SELECT t.tenant_id, t.id, l.leaf, t.req_hash,
printf('[%d,"%s","%s",%d,%d,%d,%s,%s,%s,"%sT%s+00:00",%s,"%sT%s+00:00",%s,%s,%s,%s%s,[%s]]',
  t.tenant_id, t.id, t.kind, t.debit_id, t.credit_id, t.amount,
  CASE WHEN t.ref_id IS NULL THEN 'null' ELSE '"' || t.ref_id || '"' END,
  CASE WHEN t.group_id IS NULL THEN 'null' ELSE '"' || t.group_id || '"' END,
  json_quote(t.idem_key), substr(t.event_at, 1, 10), substr(t.event_at, 12),
  CASE WHEN t.expires_at IS NULL THEN 'null' ELSE '"' || replace(t.expires_at, ' ', 'T') || '+00:00"' END,
  substr(t.created_at, 1, 10), substr(t.created_at, 12), coalesce(t.actor_id, 'null'),
  json_quote(t.actor_name), json_quote(t.purpose), json_quote(t.memo),
  CASE WHEN t.second_id IS NULL THEN '' ELSE ',' || t.second_id || ',' || json_quote(t.second_name) END,
  CASE WHEN d.seq IS NULL OR c.seq IS NULL THEN '' WHEN t.debit_id < t.credit_id
    THEN printf('[%d,%d,%d,%d],[%d,%d,%d,%d]', d.account_id, d.seq, d.amount, d.balance,
      c.account_id, c.seq, c.amount, c.balance)
    ELSE printf('[%d,%d,%d,%d],[%d,%d,%d,%d]', c.account_id, c.seq, c.amount, c.balance,
      d.account_id, d.seq, d.amount, d.balance) END),
printf('["%s", %d, %d, %d, %s, %s]', t.kind, t.debit_id, t.credit_id, t.amount,
  CASE WHEN t.ref_id IS NULL THEN 'null' ELSE printf('"%s-%s-%s-%s-%s"', substr(t.ref_id, 1, 8),
    substr(t.ref_id, 9, 4), substr(t.ref_id, 13, 4), substr(t.ref_id, 17, 4), substr(t.ref_id, 21)) END,
  json_quote(t.purpose)),
substr(t.id, 1, 12) = printf('%012x', strftime('%s', substr(t.created_at, 1, 19)) * 1000 + substr(t.created_at, 21, 3)),
CASE WHEN t.kind IN ('post', 'capture', 'reverse')
  THEN coalesce(d.amount, (SELECT w.amount FROM daybook w WHERE w.tenant_id = t.tenant_id
    AND w.transfer_id = t.id AND w.account_id = t.debit_id)) = -t.amount
  AND coalesce(c.amount, (SELECT w.amount FROM daybook w WHERE w.tenant_id = t.tenant_id
    AND w.transfer_id = t.id AND w.account_id = t.credit_id)) = t.amount
  ELSE d.seq IS NULL AND c.seq IS NULL END,
CASE WHEN d.seq IS NULL THEN 0 ELSE 1 END + CASE WHEN c.seq IS NULL THEN 0 ELSE 1 END
FROM transfer t
LEFT JOIN seal_leaf l ON l.tenant_id = t.tenant_id AND l.transfer_id = t.id
LEFT JOIN entry d ON d.tenant_id = t.tenant_id AND d.transfer_id = t.id AND d.account_id = t.debit_id
LEFT JOIN entry c ON c.tenant_id = t.tenant_id AND c.transfer_id = t.id AND c.account_id = t.credit_id"""

POSTGRESQL = """SELECT t.tenant_id, t.id::text, l.leaf, t.req_hash,
concat('[', t.tenant_id, ',"', replace(t.id::text, '-', ''), '","', t.kind, '",', t.debit_id, ',', t.credit_id, ',',
  t.amount, ',', coalesce('"' || replace(t.ref_id::text, '-', '') || '"', 'null'), ',',
  coalesce('"' || replace(t.group_id::text, '-', '') || '"', 'null'), ',', to_json(t.idem_key),
  ',"', to_char(t.event_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '+00:00",',
  coalesce('"' || to_char(t.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00"', 'null'),
  ',"', to_char(t.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '+00:00",',
  coalesce(t.actor_id::text, 'null'), ',', to_json(t.actor_name), ',', to_json(t.purpose), ',', to_json(t.memo),
  CASE WHEN t.second_id IS NOT NULL THEN concat(',', t.second_id, ',', to_json(t.second_name)) END, ',[',
  CASE WHEN d.seq IS NULL OR c.seq IS NULL THEN '' WHEN t.debit_id < t.credit_id
    THEN concat('[', d.account_id, ',', d.seq, ',', d.amount, ',', d.balance, '],[',
      c.account_id, ',', c.seq, ',', c.amount, ',', c.balance, ']')
    ELSE concat('[', c.account_id, ',', c.seq, ',', c.amount, ',', c.balance, '],[',
      d.account_id, ',', d.seq, ',', d.amount, ',', d.balance, ']') END, ']]'),
concat('["', t.kind, '", ', t.debit_id, ', ', t.credit_id, ', ', t.amount, ', ',
  coalesce('"' || t.ref_id::text || '"', 'null'), ', ', to_json(t.purpose), ']'),
('x' || lpad(left(replace(t.id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint
  = floor(extract(epoch FROM t.created_at) * 1000)::bigint,
CASE WHEN t.kind IN ('post', 'capture', 'reverse')
  THEN coalesce(d.amount, (SELECT w.amount FROM daybook w WHERE w.tenant_id = t.tenant_id
    AND w.transfer_id = t.id AND w.account_id = t.debit_id)) = -t.amount
  AND coalesce(c.amount, (SELECT w.amount FROM daybook w WHERE w.tenant_id = t.tenant_id
    AND w.transfer_id = t.id AND w.account_id = t.credit_id)) = t.amount
  ELSE d.seq IS NULL AND c.seq IS NULL END,
CASE WHEN d.seq IS NULL THEN 0 ELSE 1 END + CASE WHEN c.seq IS NULL THEN 0 ELSE 1 END
FROM transfer t
LEFT JOIN seal_leaf l ON l.tenant_id = t.tenant_id AND l.transfer_id = t.id
LEFT JOIN entry d ON d.tenant_id = t.tenant_id AND d.transfer_id = t.id AND d.account_id = t.debit_id
LEFT JOIN entry c ON c.tenant_id = t.tenant_id AND c.transfer_id = t.id AND c.account_id = t.credit_id"""


@dataclass(frozen=True, slots=True)
class Altered:
    """A transfer that is not what it was: `sealed` when its leaf says so, else its own digest or moment does."""

    tenant: int
    id: uuid.UUID
    words: str
    sealed: bool


@dataclass
class Seen:
    """What the pass saw by the way: `entries` that are a side of their transfer; is one `lopsided`?"""

    transfers: int = 0
    entries: int = 0
    lopsided: bool = False


def altered(
    connection: Connection, seen: Seen | None = None, tell: Progress | None = None, only: str = ""
) -> Iterator[Altered]:
    """Every transfer that differs from its request, its moment or its leaf; `only` is a condition on `t` and `l`.

    `tell` hears how many were read.  What it finds suspicious is looked at again, 500 at a time.
    """
    question = (SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL) + (f" WHERE {only}" if only else "")
    seen = seen or Seen()
    suspects: list[tuple[int, uuid.UUID]] = []
    for rows in _read(connection, question):
        suspects += _suspects(rows, seen)
        if tell:
            tell(len(rows))
    for start in range(0, len(suspects), AGAIN):
        yield from _looked_at_again(connection, suspects[start : start + AGAIN])


def _read(connection: Connection, question: str) -> Iterator[Sequence[Any]]:
    """Rows in thousands; on SQLite straight from the driver, which halves the time."""
    if connection.dialect.name != "sqlite":
        answer = connection.execute(text(question), execution_options={"yield_per": AT_ONCE})
        yield from answer.partitions(AT_ONCE)  # without a number it would be one part
        return
    cursor = connection.connection.cursor()
    cursor.execute(question)
    while rows := cursor.fetchmany(AT_ONCE):
        yield rows
    cursor.close()


def _suspects(rows: Sequence[Any], seen: Seen) -> Iterator[tuple[int, uuid.UUID]]:
    sha256 = hashlib.sha256
    entries = 0
    for tenant, number, leaf, asked, content, request, timely, sided, matched in rows:
        entries += matched
        if not sided:
            seen.lopsided = True
        if (
            not timely
            or sha256(request.encode()).digest() != asked
            or (leaf is not None and sha256(b"\0" + content.encode()).digest() != leaf)
        ):
            yield tenant, uuid.UUID(number)
    seen.transfers += len(rows)
    seen.entries += entries


def _looked_at_again(connection: Connection, suspects: list[tuple[int, uuid.UUID]]) -> Iterator[Altered]:
    for tenant in {tenant for tenant, _ in suspects}:
        ids = [one for of, one in suspects if of == tenant]
        now = leaves(connection, tenant, ids)
        columns = TRANSFERS.c
        question = (
            select(TRANSFERS, LEAVES.c.leaf)
            .outerjoin(LEAVES, (LEAVES.c.tenant_id == columns.tenant_id) & (LEAVES.c.transfer_id == columns.id))
            .where(columns.tenant_id == tenant, columns.id.in_(ids))
            .order_by(columns.id)
        )
        for row in connection.execute(question).all():
            for sealed, words in _wrong(row, now):
                yield Altered(tenant, row.id, words, sealed)


def _wrong(row: Any, now: dict[uuid.UUID, bytes]) -> Iterator[tuple[bool, str]]:
    if bytes(row.req_hash) != digest(row.kind, row.debit_id, row.credit_id, row.amount, row.ref_id, row.purpose):
        yield False, "the transfer differs from what was asked for"
    if row.id.int >> 80 != (row.created_at - EPOCH) // timedelta(milliseconds=1):
        yield False, "the moment of writing was altered"
    if row.leaf is not None and now[row.id] != bytes(row.leaf):
        yield True, f"transfer {row.id} was altered after it was sealed"
