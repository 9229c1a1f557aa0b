ALTER TABLE ledger_limit_change
  DROP CONSTRAINT ck_ledger_limit_change_state

-- next
ALTER TABLE ledger_account
  ADD CONSTRAINT ck_ledger_account_seq_nonneg CHECK (seq >= 0),
  ADD CONSTRAINT ck_ledger_account_state CHECK (state IN ('open', 'frozen', 'closed')),
  ADD CONSTRAINT ck_ledger_account_batched_without_limits CHECK (NOT batched OR (floor IS NULL AND ceiling IS NULL)),
  DROP CONSTRAINT ck_ledger_account_insufficient,
  ADD CONSTRAINT ck_ledger_account_insufficient CHECK (floor IS NULL OR posted - held >= floor),
  DROP CONSTRAINT ck_ledger_account_over_ceiling,
  ADD CONSTRAINT ck_ledger_account_over_ceiling CHECK (ceiling IS NULL OR posted <= ceiling)

-- next
ALTER TABLE transfer
  ADD CONSTRAINT fk_transfer_debit FOREIGN KEY (tenant_id, debit_id) REFERENCES ledger_account (tenant_id, id),
  ADD CONSTRAINT fk_transfer_credit FOREIGN KEY (tenant_id, credit_id) REFERENCES ledger_account (tenant_id, id),
  ADD CONSTRAINT ck_transfer_ref_iff_kind CHECK ((ref_id IS NOT NULL) = (kind IN ('capture', 'release', 'reverse'))),
  ADD CONSTRAINT ck_transfer_expires_iff_hold CHECK ((expires_at IS NOT NULL) = (kind = 'hold')),
  DROP CONSTRAINT ck_transfer_kind,
  ADD CONSTRAINT ck_transfer_kind CHECK (kind IN ('post', 'hold', 'capture', 'release', 'reverse')),
  DROP CONSTRAINT ck_transfer_idem_key_length,
  ADD CONSTRAINT ck_transfer_idem_key_length CHECK (length(idem_key) >= 1 AND length(idem_key) <= 200),
  DROP CONSTRAINT ck_transfer_second_is_another,
  ADD CONSTRAINT ck_transfer_second_is_another CHECK (second_id IS NULL OR second_id <> actor_id)

-- next
ALTER TABLE entry
  ADD CONSTRAINT fk_entry_account FOREIGN KEY (tenant_id, account_id) REFERENCES ledger_account (tenant_id, id),
  ADD CONSTRAINT fk_entry_transfer FOREIGN KEY (tenant_id, transfer_id) REFERENCES transfer (tenant_id, id),
  ADD CONSTRAINT ck_entry_amount_not_zero CHECK (amount <> 0),
  ADD CONSTRAINT ck_entry_seq_positive CHECK (seq > 0)

-- next
ALTER TABLE daybook
  ADD CONSTRAINT fk_daybook_account FOREIGN KEY (tenant_id, account_id) REFERENCES ledger_account (tenant_id, id),
  ADD CONSTRAINT fk_daybook_transfer FOREIGN KEY (tenant_id, transfer_id) REFERENCES transfer (tenant_id, id),
  ADD CONSTRAINT ck_daybook_amount_not_zero CHECK (amount <> 0)

-- next
CREATE OR REPLACE FUNCTION ledger_limit_apply() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  account record;
BEGIN
  SELECT posted, held, floor, ceiling, state INTO account FROM ledger_account
    WHERE tenant_id = NEW.tenant_id AND id = NEW.account_id FOR NO KEY UPDATE;
  IF account.state = 'closed' THEN
    RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:account_closed';
  END IF;
  IF account.floor IS DISTINCT FROM NEW.floor_before OR account.ceiling IS DISTINCT FROM NEW.ceiling_before
      OR account.state IS DISTINCT FROM NEW.state_before THEN
    RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:limit_stale';
  END IF;
  IF NEW.state_after = 'closed' AND (account.posted <> 0 OR account.held <> 0) THEN
    RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:account_not_empty';
  END IF;
  IF account.posted - account.held < NEW.floor_after OR account.posted > NEW.ceiling_after THEN
    RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:limit_broken';
  END IF;
  UPDATE ledger_account SET floor = NEW.floor_after, ceiling = NEW.ceiling_after, state = NEW.state_after
    WHERE tenant_id = NEW.tenant_id AND id = NEW.account_id;
  RETURN NULL;
END $$

-- next
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION ledger_apply() SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION ledger_limit_apply() SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION ledger_carry() SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION ledger_lock(integer, bigint[]) SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION ledger_close() SET search_path = %I, pg_temp', current_schema());
END $$

-- next
DROP TRIGGER ledger_account_update ON ledger_account

-- next
CREATE TRIGGER ledger_account_update BEFORE UPDATE ON ledger_account FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ledger_only_by_transfer()

-- next
DROP TRIGGER ledger_account_insert ON ledger_account

-- next
CREATE TRIGGER ledger_account_insert BEFORE INSERT ON ledger_account FOR EACH ROW WHEN (NEW.posted <> 0 OR NEW.held <> 0 OR NEW.seq <> 0 OR NEW.state <> 'open') EXECUTE FUNCTION ledger_only_by_transfer()

-- next
DROP TRIGGER daybook_by_hand ON daybook

-- next
CREATE TRIGGER daybook_by_hand BEFORE INSERT OR DELETE ON daybook FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ledger_only_by_transfer()
