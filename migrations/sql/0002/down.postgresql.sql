DROP TRIGGER entry_carry ON entry

-- next
DROP TABLE ledger_reversal_request

-- next
DROP TABLE ledger_closing

-- next
DROP TABLE daybook

-- next
DROP FUNCTION ledger_carry

-- next
DROP FUNCTION ledger_close

-- next
DROP FUNCTION ledger_lock

-- next
ALTER TABLE ledger_account DISABLE TRIGGER ledger_account_update

-- next
UPDATE ledger_account SET batched = false, floor = 0 WHERE batched AND kind IN ('sink', 'forfeited')

-- next
ALTER TABLE ledger_account ENABLE TRIGGER ledger_account_update

-- next
ALTER TABLE transfer DROP COLUMN second_name

-- next
ALTER TABLE transfer DROP COLUMN second_id

-- next
ALTER TABLE ledger_account DROP COLUMN batched

-- next
CREATE TRIGGER entry_before BEFORE INSERT ON entry FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ledger_only_by_transfer()

-- next
CREATE OR REPLACE FUNCTION ledger_apply() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  origin record;
  debit record;
  credit record;
  moved bigint := 0;
  promised bigint := 0;
BEGIN
  IF NEW.kind IN ('capture', 'release', 'reverse') THEN
    SELECT kind, debit_id, credit_id, amount INTO origin FROM transfer
      WHERE tenant_id = NEW.tenant_id AND id = NEW.ref_id;
    IF NOT FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:ref_mismatch';
    END IF;
  END IF;
  IF NEW.kind = 'post' THEN
    moved := NEW.amount;
  ELSIF NEW.kind = 'hold' THEN
    promised := NEW.amount;
  ELSIF NEW.kind = 'reverse' THEN
    moved := NEW.amount;
    IF origin.kind NOT IN ('post', 'capture', 'reverse') OR origin.amount <> NEW.amount
        OR origin.debit_id <> NEW.credit_id OR origin.credit_id <> NEW.debit_id THEN
      RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:ref_mismatch';
    END IF;
  ELSE
    promised := -origin.amount;
    IF origin.kind <> 'hold' OR origin.debit_id <> NEW.debit_id OR NEW.amount > origin.amount
        OR (NEW.kind = 'release' AND (NEW.amount <> origin.amount OR NEW.credit_id <> origin.credit_id)) THEN
      RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:ref_mismatch';
    END IF;
    IF NEW.kind = 'capture' THEN
      moved := NEW.amount;
    END IF;
  END IF;

  IF NEW.credit_id < NEW.debit_id THEN
    SELECT posted, held, seq, unit, state, floor, ceiling INTO credit FROM ledger_account
      WHERE tenant_id = NEW.tenant_id AND id = NEW.credit_id FOR NO KEY UPDATE;
  END IF;
  SELECT posted, held, seq, unit, state, floor, ceiling INTO debit FROM ledger_account
    WHERE tenant_id = NEW.tenant_id AND id = NEW.debit_id FOR NO KEY UPDATE;
  IF NEW.credit_id > NEW.debit_id THEN
    SELECT posted, held, seq, unit, state, floor, ceiling INTO credit FROM ledger_account
      WHERE tenant_id = NEW.tenant_id AND id = NEW.credit_id FOR NO KEY UPDATE;
  END IF;

  IF debit.unit IS NULL OR credit.unit IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:no_such_account';
  END IF;
  IF debit.unit <> credit.unit THEN
    RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:unit_mismatch';
  END IF;
  IF NEW.kind <> 'release' AND (debit.state = 'closed' OR credit.state = 'closed') THEN
    RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:account_closed';
  END IF;
  IF NEW.kind IN ('post', 'hold', 'capture') AND (debit.state = 'frozen' OR credit.state = 'frozen') THEN
    RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:account_frozen';
  END IF;
  IF debit.posted - debit.held - moved - promised < debit.floor AND moved + promised > 0 THEN
    RAISE EXCEPTION USING ERRCODE = 'TB422',
      MESSAGE = 'ledger:insufficient_time ' || (debit.posted - debit.held - debit.floor);
  END IF;
  IF credit.posted + moved > credit.ceiling AND moved > 0 THEN
    RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:over_ceiling';
  END IF;

  IF moved > 0 THEN
    INSERT INTO entry (tenant_id, account_id, seq, transfer_id, amount, balance) VALUES
      (NEW.tenant_id, NEW.debit_id, debit.seq + 1, NEW.id, -moved, debit.posted - moved),
      (NEW.tenant_id, NEW.credit_id, credit.seq + 1, NEW.id, moved, credit.posted + moved);
    UPDATE ledger_account SET posted = posted - moved, held = held + promised, seq = seq + 1
      WHERE tenant_id = NEW.tenant_id AND id = NEW.debit_id;
    UPDATE ledger_account SET posted = posted + moved, seq = seq + 1
      WHERE tenant_id = NEW.tenant_id AND id = NEW.credit_id;
  ELSE
    UPDATE ledger_account SET held = held + promised
      WHERE tenant_id = NEW.tenant_id AND id = NEW.debit_id;
  END IF;
  RETURN NULL;
END $$

-- next
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION ledger_apply() SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION ledger_limit_apply() SET search_path = %I, pg_temp', current_schema());
END $$

-- next
DROP INDEX ix_transfer_created

-- next
CREATE INDEX ix_transfer_created ON transfer (tenant_id, created_at)
