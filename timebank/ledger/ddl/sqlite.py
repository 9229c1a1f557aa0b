"""Triggers for SQLite.

SQLite has no roles, so the guards look at what stands in the tables: an entry is accepted only if a transfer asks for
it, a balance only if an entry asks for it.  `INSERT OR REPLACE` deletes without firing a DELETE trigger and
`INSERT OR IGNORE` skips a broken CHECK without a word; both are met by asking first (`RAISE` cannot be overridden).
"""

from __future__ import annotations

from timebank.ledger.ddl.definition import Definition

TRANSFER_BEFORE = """CREATE TRIGGER transfer_before BEFORE INSERT ON transfer BEGIN
SELECT RAISE(IGNORE) WHERE EXISTS
  (SELECT 1 FROM transfer o WHERE o.tenant_id = NEW.tenant_id AND o.idem_key = NEW.idem_key);
SELECT RAISE(ABORT, 'ledger:append_only') WHERE EXISTS (SELECT 1 FROM transfer o
  WHERE o.tenant_id = NEW.tenant_id AND o.id = NEW.id);
SELECT RAISE(ABORT, 'ledger:already_resolved') WHERE EXISTS (SELECT 1 FROM transfer o
  WHERE o.tenant_id = NEW.tenant_id AND o.ref_id = NEW.ref_id);
END"""

TRANSFER_APPLY = """CREATE TRIGGER transfer_apply AFTER INSERT ON transfer BEGIN
SELECT RAISE(ABORT, 'ledger:no_such_account') WHERE 2 <> (SELECT count(*) FROM ledger_account a
  WHERE a.tenant_id = NEW.tenant_id AND a.id IN (NEW.debit_id, NEW.credit_id));
SELECT RAISE(ABORT, 'ledger:ref_mismatch') WHERE NEW.kind IN ('capture', 'release')
  AND NOT EXISTS (SELECT 1 FROM transfer o WHERE o.tenant_id = NEW.tenant_id AND o.id = NEW.ref_id
  AND o.kind = 'hold' AND o.debit_id = NEW.debit_id AND NEW.amount <= o.amount
  AND (NEW.kind = 'capture' OR (NEW.amount = o.amount AND NEW.credit_id = o.credit_id)));
SELECT RAISE(ABORT, 'ledger:ref_mismatch') WHERE NEW.kind = 'reverse' AND NOT EXISTS (SELECT 1
  FROM transfer o WHERE o.tenant_id = NEW.tenant_id AND o.id = NEW.ref_id
  AND o.kind IN ('post', 'capture', 'reverse') AND o.amount = NEW.amount AND o.debit_id = NEW.credit_id
  AND o.credit_id = NEW.debit_id);
SELECT RAISE(ABORT, 'ledger:unit_mismatch') WHERE 1 <> (SELECT count(DISTINCT a.unit)
  FROM ledger_account a WHERE a.tenant_id = NEW.tenant_id AND a.id IN (NEW.debit_id, NEW.credit_id));
SELECT RAISE(ABORT, 'ledger:account_closed') WHERE NEW.kind <> 'release' AND EXISTS (SELECT 1
  FROM ledger_account a WHERE a.tenant_id = NEW.tenant_id AND a.id IN (NEW.debit_id, NEW.credit_id)
  AND a.state = 'closed');
SELECT RAISE(ABORT, 'ledger:account_frozen') WHERE NEW.kind IN ('post', 'hold', 'capture')
  AND EXISTS (SELECT 1 FROM ledger_account a WHERE a.tenant_id = NEW.tenant_id
  AND a.id IN (NEW.debit_id, NEW.credit_id) AND a.state = 'frozen');
SELECT RAISE(ABORT, 'ledger:insufficient_time') WHERE NEW.kind IN ('post', 'hold', 'reverse')
  AND EXISTS (SELECT 1 FROM ledger_account WHERE tenant_id = NEW.tenant_id AND id = NEW.debit_id
  AND posted - held - NEW.amount < floor);
SELECT RAISE(ABORT, 'ledger:over_ceiling') WHERE NEW.kind IN ('post', 'capture', 'reverse')
  AND EXISTS (SELECT 1 FROM ledger_account WHERE tenant_id = NEW.tenant_id AND id = NEW.credit_id
  AND posted + NEW.amount > ceiling);
SELECT RAISE(ABORT, 'ledger:month_closed') WHERE EXISTS (SELECT 1 FROM ledger_closing c
  WHERE c.tenant_id = NEW.tenant_id AND c.ends_at > NEW.event_at);
SELECT RAISE(ABORT, 'ledger:second_person_needed') WHERE NEW.kind = 'reverse' AND NEW.second_id IS NULL
  AND EXISTS (SELECT 1 FROM transfer o JOIN ledger_closing c ON c.tenant_id = o.tenant_id
  AND c.ends_at > o.event_at WHERE o.tenant_id = NEW.tenant_id AND o.id = NEW.ref_id);
INSERT INTO entry (tenant_id, account_id, seq, transfer_id, amount, balance)
  SELECT tenant_id, id, seq + 1, NEW.id, -NEW.amount, posted - NEW.amount
  FROM ledger_account WHERE tenant_id = NEW.tenant_id AND id = NEW.debit_id AND NOT batched
  AND NEW.kind IN ('post', 'capture', 'reverse');
INSERT INTO entry (tenant_id, account_id, seq, transfer_id, amount, balance)
  SELECT tenant_id, id, seq + 1, NEW.id, NEW.amount, posted + NEW.amount
  FROM ledger_account WHERE tenant_id = NEW.tenant_id AND id = NEW.credit_id AND NOT batched
  AND NEW.kind IN ('post', 'capture', 'reverse');
INSERT INTO daybook (tenant_id, account_id, transfer_id, amount)
  SELECT tenant_id, id, NEW.id, CASE id WHEN NEW.debit_id THEN -NEW.amount ELSE NEW.amount END
  FROM ledger_account WHERE tenant_id = NEW.tenant_id AND id IN (NEW.debit_id, NEW.credit_id) AND batched
  AND NEW.kind IN ('post', 'capture', 'reverse');
UPDATE ledger_account SET posted = posted - NEW.amount, seq = seq + 1
  WHERE tenant_id = NEW.tenant_id AND id = NEW.debit_id AND NOT batched
  AND NEW.kind IN ('post', 'reverse');
UPDATE ledger_account SET posted = posted - CASE WHEN batched THEN 0 ELSE NEW.amount END, seq = seq + NOT batched,
  held = held - (SELECT o.amount FROM transfer o WHERE o.tenant_id = NEW.tenant_id AND o.id = NEW.ref_id)
  WHERE tenant_id = NEW.tenant_id AND id = NEW.debit_id AND NEW.kind = 'capture';
UPDATE ledger_account SET posted = posted + NEW.amount, seq = seq + 1
  WHERE tenant_id = NEW.tenant_id AND id = NEW.credit_id AND NOT batched
  AND NEW.kind IN ('post', 'capture', 'reverse');
UPDATE ledger_account SET held = held + CASE NEW.kind WHEN 'hold' THEN NEW.amount ELSE -NEW.amount END
  WHERE tenant_id = NEW.tenant_id AND id = NEW.debit_id AND NEW.kind IN ('hold', 'release');
END"""

ENTRY_BEFORE = """CREATE TRIGGER entry_before BEFORE INSERT ON entry
WHEN NOT EXISTS (
  SELECT 1 FROM transfer t JOIN ledger_account a ON a.tenant_id = t.tenant_id AND a.id = NEW.account_id
  WHERE t.tenant_id = NEW.tenant_id AND t.id = NEW.transfer_id AND t.kind IN ('post', 'capture', 'reverse')
  AND ((t.debit_id = NEW.account_id AND NEW.amount = -t.amount)
    OR (t.credit_id = NEW.account_id AND NEW.amount = t.amount))
  AND NEW.seq = a.seq + 1 AND NEW.balance = a.posted + NEW.amount
  AND (NOT a.batched OR EXISTS (SELECT 1 FROM daybook d WHERE d.tenant_id = NEW.tenant_id
    AND d.account_id = NEW.account_id AND d.transfer_id = NEW.transfer_id)))
OR EXISTS (SELECT 1 FROM entry e WHERE e.tenant_id = NEW.tenant_id AND e.account_id = NEW.account_id
  AND (e.seq = NEW.seq OR e.transfer_id = NEW.transfer_id))
BEGIN SELECT RAISE(ABORT, 'ledger:only_by_transfer'); END"""

# The entry of a line of the daybook: the balance follows, the line goes.
ENTRY_CARRY = """CREATE TRIGGER entry_carry AFTER INSERT ON entry
WHEN EXISTS (SELECT 1 FROM daybook d WHERE d.tenant_id = NEW.tenant_id AND d.account_id = NEW.account_id
  AND d.transfer_id = NEW.transfer_id)
BEGIN
UPDATE ledger_account SET posted = NEW.balance, seq = NEW.seq
  WHERE tenant_id = NEW.tenant_id AND id = NEW.account_id;
DELETE FROM daybook WHERE tenant_id = NEW.tenant_id AND account_id = NEW.account_id
  AND transfer_id = NEW.transfer_id;
END"""

DAYBOOK_INSERT = """CREATE TRIGGER daybook_insert BEFORE INSERT ON daybook
WHEN NOT EXISTS (
  SELECT 1 FROM transfer t JOIN ledger_account a ON a.tenant_id = t.tenant_id AND a.id = NEW.account_id AND a.batched
  WHERE t.tenant_id = NEW.tenant_id AND t.id = NEW.transfer_id AND t.kind IN ('post', 'capture', 'reverse')
  AND ((t.debit_id = NEW.account_id AND NEW.amount = -t.amount)
    OR (t.credit_id = NEW.account_id AND NEW.amount = t.amount)))
OR EXISTS (SELECT 1 FROM entry e WHERE e.tenant_id = NEW.tenant_id AND e.account_id = NEW.account_id
  AND e.transfer_id = NEW.transfer_id)
OR EXISTS (SELECT 1 FROM daybook d WHERE d.tenant_id = NEW.tenant_id AND d.account_id = NEW.account_id
  AND d.transfer_id = NEW.transfer_id)
BEGIN SELECT RAISE(ABORT, 'ledger:only_by_transfer'); END"""

DAYBOOK_DELETE = """CREATE TRIGGER daybook_delete BEFORE DELETE ON daybook
WHEN NOT EXISTS (SELECT 1 FROM entry e WHERE e.tenant_id = OLD.tenant_id AND e.account_id = OLD.account_id
  AND e.transfer_id = OLD.transfer_id)
BEGIN SELECT RAISE(ABORT, 'ledger:only_by_transfer'); END"""

# Months are closed one after the other.
CLOSING_IN_ORDER = """CREATE TRIGGER ledger_closing_in_order BEFORE INSERT ON ledger_closing
WHEN EXISTS (SELECT 1 FROM ledger_closing c WHERE c.tenant_id = NEW.tenant_id AND c.ends_at >= NEW.ends_at)
BEGIN SELECT RAISE(ABORT, 'ledger:already_closed'); END"""

ACCOUNT_INSERT = """CREATE TRIGGER ledger_account_insert BEFORE INSERT ON ledger_account BEGIN
SELECT RAISE(IGNORE) WHERE EXISTS (SELECT 1 FROM ledger_account a WHERE a.tenant_id = NEW.tenant_id
  AND a.kind = NEW.kind AND a.owner_id = NEW.owner_id AND a.unit = NEW.unit);
SELECT RAISE(ABORT, 'ledger:append_only') WHERE EXISTS
  (SELECT 1 FROM ledger_account a WHERE a.tenant_id = NEW.tenant_id AND a.id = NEW.id);
SELECT RAISE(ABORT, 'ledger:only_by_transfer')
  WHERE NEW.posted <> 0 OR NEW.held <> 0 OR NEW.seq <> 0 OR NEW.state <> 'open';
END"""

ACCOUNT_UPDATE = """CREATE TRIGGER ledger_account_update BEFORE UPDATE ON ledger_account
WHEN NOT (
  NEW.tenant_id = OLD.tenant_id AND NEW.id = OLD.id AND NEW.unit = OLD.unit AND NEW.kind = OLD.kind
  AND NEW.owner_id = OLD.owner_id AND NEW.created_at = OLD.created_at
  AND NEW.batched = OLD.batched
  AND ((NEW.posted = OLD.posted AND NEW.seq = OLD.seq)
    OR (NEW.seq = OLD.seq + 1 AND EXISTS (SELECT 1 FROM entry e WHERE e.tenant_id = OLD.tenant_id
      AND e.account_id = OLD.id AND e.seq = NEW.seq AND e.balance = NEW.posted)))
  AND (NEW.held = OLD.held OR NEW.held = (SELECT coalesce(sum(h.amount), 0) FROM transfer h
    WHERE h.tenant_id = OLD.tenant_id AND h.debit_id = OLD.id AND h.kind = 'hold' AND NOT EXISTS
      (SELECT 1 FROM transfer r WHERE r.tenant_id = h.tenant_id AND r.ref_id = h.id)))
  AND ((NEW.floor IS OLD.floor AND NEW.ceiling IS OLD.ceiling AND NEW.state = OLD.state) OR EXISTS
    (SELECT 1 FROM ledger_limit_change c WHERE c.tenant_id = OLD.tenant_id AND c.account_id = OLD.id
      AND c.floor_after IS NEW.floor AND c.ceiling_after IS NEW.ceiling AND c.state_after = NEW.state
      AND c.id = (SELECT max(m.id) FROM ledger_limit_change m
        WHERE m.tenant_id = OLD.tenant_id AND m.account_id = OLD.id))))
BEGIN SELECT RAISE(ABORT, 'ledger:only_by_transfer'); END"""

ACCOUNT_DELETE = """CREATE TRIGGER ledger_account_delete BEFORE DELETE ON ledger_account
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END"""

LIMIT_APPLY = """CREATE TRIGGER ledger_limit_change_apply AFTER INSERT ON ledger_limit_change BEGIN
SELECT RAISE(ABORT, 'ledger:account_closed') WHERE EXISTS (SELECT 1 FROM ledger_account a
  WHERE a.tenant_id = NEW.tenant_id AND a.id = NEW.account_id AND a.state = 'closed');
SELECT RAISE(ABORT, 'ledger:limit_stale') WHERE NOT EXISTS (SELECT 1 FROM ledger_account a
  WHERE a.tenant_id = NEW.tenant_id AND a.id = NEW.account_id AND a.floor IS NEW.floor_before
  AND a.ceiling IS NEW.ceiling_before AND a.state = NEW.state_before);
SELECT RAISE(ABORT, 'ledger:account_not_empty') WHERE NEW.state_after = 'closed' AND EXISTS (SELECT 1
  FROM ledger_account a WHERE a.tenant_id = NEW.tenant_id AND a.id = NEW.account_id
  AND (a.posted <> 0 OR a.held <> 0));
SELECT RAISE(ABORT, 'ledger:limit_broken') WHERE EXISTS (SELECT 1 FROM ledger_account a
  WHERE a.tenant_id = NEW.tenant_id AND a.id = NEW.account_id
  AND (a.posted - a.held < NEW.floor_after OR a.posted > NEW.ceiling_after));
UPDATE ledger_account SET floor = NEW.floor_after, ceiling = NEW.ceiling_after, state = NEW.state_after
  WHERE tenant_id = NEW.tenant_id AND id = NEW.account_id;
END"""


ONCE = """CREATE TRIGGER <table>_once BEFORE INSERT ON <table>
WHEN EXISTS (SELECT 1 FROM <table> o WHERE o.tenant_id = NEW.tenant_id AND <same>)
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END"""

NEVER = """CREATE TRIGGER <table>_no_<verb> BEFORE <verb> ON <table>
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END"""


def _once(table: str, same: str) -> Definition:
    """No row takes the place of another one (INSERT OR REPLACE)."""
    sql = ONCE.replace("<table>", table).replace("<same>", same)
    return Definition("trigger", f"{table}_once", table, sql)


def _never(table: str, verb: str) -> Definition:
    sql = NEVER.replace("<table>", table).replace("<verb>", verb)
    return Definition("trigger", f"{table}_no_{verb}", table, sql)


def _append_only(table: str) -> list[Definition]:
    return [_never(table, verb) for verb in ("update", "delete")]


DEFINITIONS: tuple[Definition, ...] = (
    Definition("trigger", "ledger_account_insert", "ledger_account", ACCOUNT_INSERT),
    Definition("trigger", "ledger_account_update", "ledger_account", ACCOUNT_UPDATE),
    Definition("trigger", "ledger_account_delete", "ledger_account", ACCOUNT_DELETE),
    Definition("trigger", "transfer_before", "transfer", TRANSFER_BEFORE),
    Definition("trigger", "transfer_apply", "transfer", TRANSFER_APPLY),
    Definition("trigger", "entry_before", "entry", ENTRY_BEFORE),
    Definition("trigger", "entry_carry", "entry", ENTRY_CARRY),
    Definition("trigger", "daybook_insert", "daybook", DAYBOOK_INSERT),
    Definition("trigger", "daybook_delete", "daybook", DAYBOOK_DELETE),
    _never("daybook", "update"),
    Definition("trigger", "ledger_closing_in_order", "ledger_closing", CLOSING_IN_ORDER),
    Definition("trigger", "ledger_limit_change_apply", "ledger_limit_change", LIMIT_APPLY),
    _once("seal", "o.n = NEW.n"),
    _once("seal_leaf", "(o.transfer_id = NEW.transfer_id OR (o.n = NEW.n AND o.idx = NEW.idx))"),
    _once("ledger_limit_change", "o.id = NEW.id"),
    *_append_only("transfer"),
    *_append_only("entry"),
    *_append_only("seal"),
    *_append_only("seal_leaf"),
    *_append_only("ledger_limit_change"),
    *_append_only("ledger_closing"),
)
