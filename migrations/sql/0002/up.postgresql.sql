DROP TRIGGER entry_before ON entry

-- next
ALTER TABLE ledger_account ADD COLUMN batched BOOLEAN DEFAULT false NOT NULL

-- next
ALTER TABLE ledger_account ADD CONSTRAINT ck_ledger_account_batched_without_limits
  CHECK (NOT batched OR (floor IS NULL AND ceiling IS NULL))

-- next
ALTER TABLE transfer ADD COLUMN second_id INTEGER

-- next
ALTER TABLE transfer ADD CONSTRAINT ck_transfer_second_is_another CHECK (second_id IS NULL OR second_id <> actor_id)

-- next
ALTER TABLE transfer ADD COLUMN second_name VARCHAR(80) DEFAULT '' NOT NULL

-- next
CREATE TABLE daybook (
  tenant_id INTEGER NOT NULL,
  account_id BIGINT NOT NULL,
  transfer_id UUID NOT NULL,
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
  ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
  month VARCHAR(7) NOT NULL,
  transfers BIGINT NOT NULL,
  liability BIGINT NOT NULL,
  seal_n BIGINT NOT NULL,
  note VARCHAR(300) NOT NULL,
  actor_id INTEGER,
  actor_name VARCHAR(80) NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_ledger_closing PRIMARY KEY (tenant_id, ends_at),
  CONSTRAINT uq_ledger_closing_month UNIQUE (tenant_id, month),
  CONSTRAINT ck_ledger_closing_month CHECK (length(month) = 7)
)

-- next
CREATE TABLE ledger_reversal_request (
  id SERIAL NOT NULL,
  tenant_id INTEGER NOT NULL,
  transfer_id UUID NOT NULL,
  whole BOOLEAN NOT NULL,
  reason VARCHAR(300) NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  asked_by INTEGER NOT NULL,
  asked_name VARCHAR(80) NOT NULL,
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  decision VARCHAR(8),
  decided_by INTEGER,
  decided_name VARCHAR(80) NOT NULL,
  decided_at TIMESTAMP WITH TIME ZONE,
  note VARCHAR(300) NOT NULL,
  reversal_id UUID,
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
ALTER TABLE ledger_account DISABLE TRIGGER ledger_account_update

-- next
UPDATE ledger_account SET batched = true, floor = NULL WHERE ceiling IS NULL AND kind IN ('fund', 'issued', 'clearing', 'stock_source', 'sink', 'forfeited')
  AND NOT EXISTS (SELECT 1 FROM ledger_limit_change c
    WHERE c.tenant_id = ledger_account.tenant_id AND c.account_id = ledger_account.id)

-- next
ALTER TABLE ledger_account ENABLE TRIGGER ledger_account_update

-- next
CREATE OR REPLACE FUNCTION ledger_apply() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  origin record;
  debit ledger_account;
  credit ledger_account;
  moved bigint := 0;
  promised bigint := 0;
  allowed text[] := '{open}';
  debited boolean := false;
  credited boolean := false;
BEGIN
  IF NEW.kind IN ('capture', 'release', 'reverse') THEN
    SELECT kind, debit_id, credit_id, amount, event_at INTO origin FROM transfer
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
    allowed := '{open,frozen}';
    IF origin.kind NOT IN ('post', 'capture', 'reverse') OR origin.amount <> NEW.amount
        OR origin.debit_id <> NEW.credit_id OR origin.credit_id <> NEW.debit_id THEN
      RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:ref_mismatch';
    END IF;
    IF NEW.second_id IS NULL AND EXISTS
        (SELECT 1 FROM ledger_closing c WHERE c.tenant_id = NEW.tenant_id AND c.ends_at > origin.event_at) THEN
      RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:second_person_needed';
    END IF;
  ELSE
    promised := -origin.amount;
    IF origin.kind <> 'hold' OR origin.debit_id <> NEW.debit_id OR NEW.amount > origin.amount
        OR (NEW.kind = 'release' AND (NEW.amount <> origin.amount OR NEW.credit_id <> origin.credit_id)) THEN
      RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:ref_mismatch';
    END IF;
    IF NEW.kind = 'capture' THEN
      moved := NEW.amount;
    ELSE
      allowed := '{open,frozen,closed}';
    END IF;
  END IF;
  IF EXISTS (SELECT 1 FROM ledger_closing c WHERE c.tenant_id = NEW.tenant_id AND c.ends_at > NEW.event_at) THEN
    RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:month_closed';
  END IF;

  FOR turn IN 1..2 LOOP
    IF (turn = 1) = (NEW.debit_id < NEW.credit_id) THEN
      UPDATE ledger_account SET held = held + promised, posted = posted - CASE WHEN batched THEN 0 ELSE moved END,
          seq = seq + CASE WHEN batched OR moved = 0 THEN 0 ELSE 1 END
        WHERE tenant_id = NEW.tenant_id AND id = NEW.debit_id AND (promised <> 0 OR NOT batched)
          AND state = ANY (allowed)
          AND (floor IS NULL OR moved + promised <= 0 OR posted - held - moved - promised >= floor)
        RETURNING * INTO debit;
      debited := FOUND;
    ELSIF moved > 0 THEN
      UPDATE ledger_account SET posted = posted + moved, seq = seq + 1
        WHERE tenant_id = NEW.tenant_id AND id = NEW.credit_id AND NOT batched AND state = ANY (allowed)
          AND (ceiling IS NULL OR posted + moved <= ceiling)
        RETURNING * INTO credit;
      credited := FOUND;
    END IF;
  END LOOP;

  IF NOT (debited AND credited) THEN
    IF NOT debited THEN
      SELECT * INTO debit FROM ledger_account WHERE tenant_id = NEW.tenant_id AND id = NEW.debit_id;
    END IF;
    IF NOT credited THEN
      SELECT * INTO credit FROM ledger_account WHERE tenant_id = NEW.tenant_id AND id = NEW.credit_id;
    END IF;
    IF debit.id IS NULL OR credit.id IS NULL THEN
      RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:no_such_account';
    END IF;
  END IF;
  IF debit.unit <> credit.unit THEN
    RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:unit_mismatch';
  END IF;
  IF NOT (debited AND credited) THEN
    IF 'closed' IN (debit.state, credit.state) AND NEW.kind <> 'release' THEN
      RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:account_closed';
    END IF;
    IF 'frozen' IN (debit.state, credit.state) AND NOT 'frozen' = ANY (allowed) THEN
      RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:account_frozen';
    END IF;
    IF NOT debited AND (promised <> 0 OR NOT debit.batched) THEN
      RAISE EXCEPTION USING ERRCODE = 'TB422',
        MESSAGE = 'ledger:insufficient_time ' || (debit.posted - debit.held - debit.floor);
    END IF;
    IF NOT credited AND moved > 0 AND NOT credit.batched THEN
      RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:over_ceiling';
    END IF;
  END IF;

  IF moved > 0 AND NOT (debit.batched OR credit.batched) THEN
    INSERT INTO entry (tenant_id, account_id, seq, transfer_id, amount, balance) VALUES
      (NEW.tenant_id, NEW.debit_id, debit.seq, NEW.id, -moved, debit.posted),
      (NEW.tenant_id, NEW.credit_id, credit.seq, NEW.id, moved, credit.posted);
  ELSIF moved > 0 THEN
    IF debit.batched THEN
      INSERT INTO daybook (tenant_id, account_id, transfer_id, amount)
        VALUES (NEW.tenant_id, NEW.debit_id, NEW.id, -moved);
    ELSE
      INSERT INTO entry (tenant_id, account_id, seq, transfer_id, amount, balance)
        VALUES (NEW.tenant_id, NEW.debit_id, debit.seq, NEW.id, -moved, debit.posted);
    END IF;
    IF credit.batched THEN
      INSERT INTO daybook (tenant_id, account_id, transfer_id, amount)
        VALUES (NEW.tenant_id, NEW.credit_id, NEW.id, moved);
    ELSE
      INSERT INTO entry (tenant_id, account_id, seq, transfer_id, amount, balance)
        VALUES (NEW.tenant_id, NEW.credit_id, credit.seq, NEW.id, moved, credit.posted);
    END IF;
  END IF;
  RETURN NULL;
END $$

-- next
CREATE OR REPLACE FUNCTION ledger_carry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  line bigint;
  account ledger_account;
BEGIN
  SELECT * INTO account FROM ledger_account
    WHERE tenant_id = NEW.tenant_id AND id = NEW.account_id FOR NO KEY UPDATE;
  DELETE FROM daybook
    WHERE tenant_id = NEW.tenant_id AND account_id = NEW.account_id AND transfer_id = NEW.transfer_id
    RETURNING amount INTO line;
  IF line IS DISTINCT FROM NEW.amount OR account.batched IS NOT TRUE
      OR NEW.seq <> account.seq + 1 OR NEW.balance <> account.posted + line THEN
    RAISE EXCEPTION USING ERRCODE = 'TB409', MESSAGE = 'ledger:only_by_transfer';
  END IF;
  UPDATE ledger_account SET posted = NEW.balance, seq = NEW.seq
    WHERE tenant_id = NEW.tenant_id AND id = NEW.account_id;
  RETURN NEW;
END $$

-- next
CREATE OR REPLACE FUNCTION ledger_close() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  LOCK TABLE transfer IN SHARE ROW EXCLUSIVE MODE;
  IF EXISTS (SELECT 1 FROM ledger_closing c WHERE c.tenant_id = NEW.tenant_id AND c.ends_at >= NEW.ends_at) THEN
    RAISE EXCEPTION USING ERRCODE = 'TB409', MESSAGE = 'ledger:already_closed';
  END IF;
  RETURN NEW;
END $$

-- next
CREATE OR REPLACE FUNCTION ledger_lock(tenant integer, accounts bigint[]) RETURNS void LANGUAGE sql
SECURITY DEFINER AS $$
  SELECT FROM ledger_account WHERE tenant_id = tenant AND id = ANY (accounts) ORDER BY id FOR NO KEY UPDATE;
$$

-- next
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION ledger_apply() SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION ledger_limit_apply() SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION ledger_carry() SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION ledger_lock(integer, bigint[]) SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION ledger_close() SET search_path = %I, pg_temp', current_schema());
END $$

-- next
CREATE TRIGGER entry_carry BEFORE INSERT ON entry FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ledger_carry()

-- next
CREATE TRIGGER daybook_by_hand BEFORE INSERT OR DELETE ON daybook FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ledger_only_by_transfer()

-- next
CREATE TRIGGER daybook_append_only BEFORE UPDATE OR TRUNCATE ON daybook FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()

-- next
CREATE TRIGGER ledger_closing_in_order BEFORE INSERT ON ledger_closing FOR EACH ROW EXECUTE FUNCTION ledger_close()

-- next
CREATE TRIGGER ledger_closing_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger_closing FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()

-- next
DROP INDEX ix_transfer_created

-- next
CREATE INDEX ix_transfer_created ON transfer (created_at, tenant_id)
