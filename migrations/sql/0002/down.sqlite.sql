DROP TRIGGER ledger_account_update

-- next
DROP TRIGGER transfer_apply

-- next
DROP TRIGGER entry_before

-- next
DROP TRIGGER entry_carry

-- next
DROP TABLE ledger_reversal_request

-- next
DROP TABLE ledger_closing

-- next
DROP TABLE daybook

-- next
UPDATE ledger_account SET batched = false, floor = 0 WHERE batched AND kind IN ('sink', 'forfeited')

-- next
ALTER TABLE transfer DROP COLUMN second_name

-- next
ALTER TABLE transfer DROP COLUMN second_id

-- next
ALTER TABLE ledger_account DROP COLUMN batched

-- next
CREATE TRIGGER ledger_account_update BEFORE UPDATE ON ledger_account
WHEN NOT (
  NEW.tenant_id = OLD.tenant_id AND NEW.id = OLD.id AND NEW.unit = OLD.unit AND NEW.kind = OLD.kind
  AND NEW.owner_id = OLD.owner_id AND NEW.created_at = OLD.created_at
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
BEGIN SELECT RAISE(ABORT, 'ledger:only_by_transfer'); END

-- next
CREATE TRIGGER transfer_apply AFTER INSERT ON transfer BEGIN
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
INSERT INTO entry (tenant_id, account_id, seq, transfer_id, amount, balance)
  SELECT tenant_id, id, seq + 1, NEW.id, -NEW.amount, posted - NEW.amount
  FROM ledger_account WHERE tenant_id = NEW.tenant_id AND id = NEW.debit_id
  AND NEW.kind IN ('post', 'capture', 'reverse');
INSERT INTO entry (tenant_id, account_id, seq, transfer_id, amount, balance)
  SELECT tenant_id, id, seq + 1, NEW.id, NEW.amount, posted + NEW.amount
  FROM ledger_account WHERE tenant_id = NEW.tenant_id AND id = NEW.credit_id
  AND NEW.kind IN ('post', 'capture', 'reverse');
UPDATE ledger_account SET posted = posted - NEW.amount, seq = seq + 1,
  held = held - CASE NEW.kind WHEN 'capture' THEN (SELECT o.amount FROM transfer o
  WHERE o.tenant_id = NEW.tenant_id AND o.id = NEW.ref_id) ELSE 0 END
  WHERE tenant_id = NEW.tenant_id AND id = NEW.debit_id AND NEW.kind IN ('post', 'capture', 'reverse');
UPDATE ledger_account SET posted = posted + NEW.amount, seq = seq + 1
  WHERE tenant_id = NEW.tenant_id AND id = NEW.credit_id AND NEW.kind IN ('post', 'capture', 'reverse');
UPDATE ledger_account SET held = held + CASE NEW.kind WHEN 'hold' THEN NEW.amount ELSE -NEW.amount END
  WHERE tenant_id = NEW.tenant_id AND id = NEW.debit_id AND NEW.kind IN ('hold', 'release');
END

-- next
CREATE TRIGGER entry_before BEFORE INSERT ON entry
WHEN NOT EXISTS (
  SELECT 1 FROM transfer t JOIN ledger_account a ON a.tenant_id = t.tenant_id AND a.id = NEW.account_id
  WHERE t.tenant_id = NEW.tenant_id AND t.id = NEW.transfer_id AND t.kind IN ('post', 'capture', 'reverse')
  AND ((t.debit_id = NEW.account_id AND NEW.amount = -t.amount)
    OR (t.credit_id = NEW.account_id AND NEW.amount = t.amount))
  AND NEW.seq = a.seq + 1 AND NEW.balance = a.posted + NEW.amount)
OR EXISTS (SELECT 1 FROM entry e WHERE e.tenant_id = NEW.tenant_id AND e.account_id = NEW.account_id
  AND (e.seq = NEW.seq OR e.transfer_id = NEW.transfer_id))
BEGIN SELECT RAISE(ABORT, 'ledger:only_by_transfer'); END

-- next
DROP INDEX ix_transfer_created

-- next
CREATE INDEX ix_transfer_created ON transfer (tenant_id, created_at)
