DROP TRIGGER ledger_account_update

-- next
DROP TRIGGER transfer_apply

-- next
DROP TRIGGER entry_before

-- next
ALTER TABLE ledger_account ADD COLUMN batched BOOLEAN DEFAULT 0 NOT NULL
  CONSTRAINT ck_ledger_account_batched_without_limits CHECK (NOT batched OR (floor IS NULL AND ceiling IS NULL))

-- next
ALTER TABLE transfer ADD COLUMN second_id INTEGER
  CONSTRAINT ck_transfer_second_is_another CHECK (second_id IS NULL OR second_id <> actor_id)

-- next
ALTER TABLE transfer ADD COLUMN second_name VARCHAR(80) DEFAULT '' NOT NULL

-- next
CREATE TABLE daybook (
  tenant_id INTEGER NOT NULL,
  account_id BIGINT NOT NULL,
  transfer_id CHAR(32) NOT NULL,
  amount BIGINT NOT NULL,
  CONSTRAINT pk_daybook PRIMARY KEY (tenant_id, account_id, transfer_id),
  CONSTRAINT fk_daybook_account FOREIGN KEY(tenant_id, account_id) REFERENCES ledger_account (tenant_id, id),
  CONSTRAINT fk_daybook_transfer FOREIGN KEY(tenant_id, transfer_id) REFERENCES transfer (tenant_id, id),
  CONSTRAINT ck_daybook_amount_not_zero CHECK (amount <> 0)
)

-- next
CREATE INDEX ix_daybook_transfer ON daybook (tenant_id, transfer_id)

-- next
CREATE TABLE ledger_closing (
  tenant_id INTEGER NOT NULL,
  ends_at DATETIME NOT NULL,
  month VARCHAR(7) NOT NULL,
  transfers BIGINT NOT NULL,
  liability BIGINT NOT NULL,
  seal_n BIGINT NOT NULL,
  note VARCHAR(300) NOT NULL,
  actor_id INTEGER,
  actor_name VARCHAR(80) NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_ledger_closing PRIMARY KEY (tenant_id, ends_at),
  CONSTRAINT uq_ledger_closing_month UNIQUE (tenant_id, month),
  CONSTRAINT ck_ledger_closing_month CHECK (length(month) = 7)
)

-- next
CREATE TABLE ledger_reversal_request (
  id INTEGER NOT NULL,
  tenant_id INTEGER NOT NULL,
  transfer_id CHAR(32) NOT NULL,
  whole BOOLEAN NOT NULL,
  reason VARCHAR(300) NOT NULL,
  territory_code VARCHAR(15) NOT NULL,
  asked_by INTEGER NOT NULL,
  asked_name VARCHAR(80) NOT NULL,
  asked_at DATETIME NOT NULL,
  decision VARCHAR(8),
  decided_by INTEGER,
  decided_name VARCHAR(80) NOT NULL,
  decided_at DATETIME,
  note VARCHAR(300) NOT NULL,
  reversal_id CHAR(32),
  CONSTRAINT pk_ledger_reversal_request PRIMARY KEY (id),
  CONSTRAINT fk_reversal_request_transfer FOREIGN KEY(tenant_id, transfer_id) REFERENCES transfer (tenant_id, id),
  CONSTRAINT ck_ledger_reversal_request_reason_given CHECK (length(reason) > 0),
  CONSTRAINT ck_ledger_reversal_request_decision CHECK (decision IN ('agreed', 'declined')),
  CONSTRAINT ck_ledger_reversal_request_decided CHECK ((decision IS NULL) = (decided_at IS NULL)),
  CONSTRAINT ck_ledger_reversal_request_second_is_another CHECK (decided_by IS NULL OR decided_by <> asked_by)
)

-- next
CREATE INDEX ix_ledger_reversal_request_territory_code ON ledger_reversal_request (territory_code)

-- next
CREATE UNIQUE INDEX uq_ledger_reversal_request_waiting ON ledger_reversal_request (tenant_id, transfer_id) WHERE decision IS NULL

-- next
UPDATE ledger_account SET batched = true, floor = NULL WHERE ceiling IS NULL AND kind IN ('fund', 'issued', 'clearing', 'stock_source', 'sink', 'forfeited')
  AND NOT EXISTS (SELECT 1 FROM ledger_limit_change c
    WHERE c.tenant_id = ledger_account.tenant_id AND c.account_id = ledger_account.id)

-- next
CREATE TRIGGER ledger_account_update BEFORE UPDATE ON ledger_account
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
END

-- next
CREATE TRIGGER entry_before BEFORE INSERT ON entry
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
BEGIN SELECT RAISE(ABORT, 'ledger:only_by_transfer'); END

-- next
CREATE TRIGGER entry_carry AFTER INSERT ON entry
WHEN EXISTS (SELECT 1 FROM daybook d WHERE d.tenant_id = NEW.tenant_id AND d.account_id = NEW.account_id
  AND d.transfer_id = NEW.transfer_id)
BEGIN
UPDATE ledger_account SET posted = NEW.balance, seq = NEW.seq
  WHERE tenant_id = NEW.tenant_id AND id = NEW.account_id;
DELETE FROM daybook WHERE tenant_id = NEW.tenant_id AND account_id = NEW.account_id
  AND transfer_id = NEW.transfer_id;
END

-- next
CREATE TRIGGER daybook_insert BEFORE INSERT ON daybook
WHEN NOT EXISTS (
  SELECT 1 FROM transfer t JOIN ledger_account a ON a.tenant_id = t.tenant_id AND a.id = NEW.account_id AND a.batched
  WHERE t.tenant_id = NEW.tenant_id AND t.id = NEW.transfer_id AND t.kind IN ('post', 'capture', 'reverse')
  AND ((t.debit_id = NEW.account_id AND NEW.amount = -t.amount)
    OR (t.credit_id = NEW.account_id AND NEW.amount = t.amount)))
OR EXISTS (SELECT 1 FROM entry e WHERE e.tenant_id = NEW.tenant_id AND e.account_id = NEW.account_id
  AND e.transfer_id = NEW.transfer_id)
OR EXISTS (SELECT 1 FROM daybook d WHERE d.tenant_id = NEW.tenant_id AND d.account_id = NEW.account_id
  AND d.transfer_id = NEW.transfer_id)
BEGIN SELECT RAISE(ABORT, 'ledger:only_by_transfer'); END

-- next
CREATE TRIGGER daybook_delete BEFORE DELETE ON daybook
WHEN NOT EXISTS (SELECT 1 FROM entry e WHERE e.tenant_id = OLD.tenant_id AND e.account_id = OLD.account_id
  AND e.transfer_id = OLD.transfer_id)
BEGIN SELECT RAISE(ABORT, 'ledger:only_by_transfer'); END

-- next
CREATE TRIGGER daybook_no_update BEFORE update ON daybook
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END

-- next
CREATE TRIGGER ledger_closing_in_order BEFORE INSERT ON ledger_closing
WHEN EXISTS (SELECT 1 FROM ledger_closing c WHERE c.tenant_id = NEW.tenant_id AND c.ends_at >= NEW.ends_at)
BEGIN SELECT RAISE(ABORT, 'ledger:already_closed'); END

-- next
CREATE TRIGGER ledger_closing_no_update BEFORE update ON ledger_closing
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END

-- next
CREATE TRIGGER ledger_closing_no_delete BEFORE delete ON ledger_closing
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END

-- next
DROP INDEX ix_transfer_created

-- next
CREATE INDEX ix_transfer_created ON transfer (created_at, tenant_id)
