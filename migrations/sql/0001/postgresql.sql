CREATE TABLE audit_event (
  id BIGSERIAL NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  account_id INTEGER,
  actor_name VARCHAR(80) NOT NULL,
  channel VARCHAR(16) NOT NULL,
  action VARCHAR(64) NOT NULL,
  subject_type VARCHAR(32) NOT NULL,
  subject_id VARCHAR(64) NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  detail JSON NOT NULL,
  CONSTRAINT pk_audit_event PRIMARY KEY (id)
)

-- next
CREATE INDEX ix_audit_event_at ON audit_event (at)

-- next
CREATE INDEX ix_audit_event_subject ON audit_event (subject_type, subject_id, id)

-- next
CREATE FUNCTION audit_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit_event is append-only'; END $$

-- next
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION audit_event_append_only()

-- next
CREATE TABLE sensitive_read (
  id BIGSERIAL NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  account_id INTEGER,
  actor_name VARCHAR(80) NOT NULL,
  person_id INTEGER NOT NULL,
  fields VARCHAR(200) NOT NULL,
  purpose VARCHAR(200) NOT NULL,
  CONSTRAINT pk_sensitive_read PRIMARY KEY (id)
)

-- next
CREATE INDEX ix_sensitive_read_person ON sensitive_read (person_id, id)

-- next
CREATE INDEX ix_sensitive_read_at ON sensitive_read (at)

-- next
CREATE FUNCTION sensitive_read_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'sensitive_read is append-only'; END $$

-- next
CREATE TRIGGER sensitive_read_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sensitive_read FOR EACH STATEMENT EXECUTE FUNCTION sensitive_read_append_only()

-- next
CREATE TABLE command_record (
  key VARCHAR(200) NOT NULL,
  request_hash VARCHAR(64) NOT NULL,
  answer JSON NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_command_record PRIMARY KEY (key)
)

-- next
CREATE INDEX ix_command_record_created_at ON command_record (created_at)

-- next
CREATE TABLE parameter (
  id SERIAL NOT NULL,
  key VARCHAR(64) NOT NULL,
  scope VARCHAR(32) NOT NULL,
  valid_from DATE NOT NULL,
  value JSON NOT NULL,
  source VARCHAR(300) NOT NULL,
  is_assumption BOOLEAN NOT NULL,
  set_by INTEGER,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_parameter PRIMARY KEY (id),
  CONSTRAINT parameter_once_a_day UNIQUE (key, scope, valid_from)
)

-- next
CREATE TABLE territory (
  code VARCHAR(15) COLLATE "C" NOT NULL,
  name VARCHAR(80) NOT NULL,
  level VARCHAR(32) NOT NULL,
  parent_code VARCHAR(15) COLLATE "C",
  lat DOUBLE PRECISION,
  lon DOUBLE PRECISION,
  CONSTRAINT pk_territory PRIMARY KEY (code),
  CONSTRAINT ck_territory_nested CHECK (parent_code IS NULL OR code LIKE parent_code || '%'),
  CONSTRAINT fk_territory_parent_code_territory FOREIGN KEY(parent_code) REFERENCES territory (code)
)

-- next
CREATE INDEX ix_territory_parent_code ON territory (parent_code)

-- next
CREATE TABLE import_run (
  id SERIAL NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  file_name VARCHAR(200) NOT NULL,
  content BYTEA,
  state VARCHAR(16) NOT NULL,
  rows INTEGER NOT NULL,
  done INTEGER NOT NULL,
  counts JSON NOT NULL,
  rejects BYTEA,
  error VARCHAR(200) NOT NULL,
  started_by INTEGER,
  starter_name VARCHAR(80) NOT NULL,
  scopes JSON NOT NULL,
  lease VARCHAR(32) NOT NULL,
  leased_until TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  finished_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_import_run PRIMARY KEY (id)
)

-- next
CREATE INDEX ix_import_run_state ON import_run (state)

-- next
CREATE TABLE attempt (
  id SERIAL NOT NULL,
  subject VARCHAR(80) NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_attempt PRIMARY KEY (id)
)

-- next
CREATE INDEX ix_attempt_subject_at ON attempt (subject, at)

-- next
CREATE TABLE ledger_account (
  tenant_id INTEGER NOT NULL,
  id BIGINT NOT NULL,
  unit VARCHAR(40) NOT NULL,
  kind VARCHAR(16) NOT NULL,
  owner_id BIGINT NOT NULL,
  posted BIGINT NOT NULL,
  held BIGINT NOT NULL,
  floor BIGINT,
  ceiling BIGINT,
  seq BIGINT NOT NULL,
  state VARCHAR(8) NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_ledger_account PRIMARY KEY (tenant_id, id),
  CONSTRAINT uq_ledger_account_owner UNIQUE (tenant_id, kind, owner_id, unit),
  CONSTRAINT ck_ledger_account_insufficient CHECK (floor IS NULL OR posted - held >= floor),
  CONSTRAINT ck_ledger_account_over_ceiling CHECK (ceiling IS NULL OR posted <= ceiling),
  CONSTRAINT ck_ledger_account_held_nonneg CHECK (held >= 0),
  CONSTRAINT ck_ledger_account_seq_nonneg CHECK (seq >= 0),
  CONSTRAINT ck_ledger_account_state CHECK (state IN ('open', 'frozen', 'closed'))
)
 WITH (fillfactor = 50)

-- next
CREATE INDEX ix_ledger_account_owner ON ledger_account (owner_id, kind)

-- next
CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'TB409', MESSAGE = 'ledger:append_only';
END $$

-- next
CREATE OR REPLACE FUNCTION ledger_only_by_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'TB409', MESSAGE = 'ledger:only_by_transfer';
END $$

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
END $$

-- next
CREATE TRIGGER ledger_account_update BEFORE UPDATE ON ledger_account FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ledger_only_by_transfer()

-- next
CREATE TRIGGER ledger_account_delete BEFORE DELETE OR TRUNCATE ON ledger_account FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()

-- next
CREATE TRIGGER ledger_account_insert BEFORE INSERT ON ledger_account FOR EACH ROW WHEN (NEW.posted <> 0 OR NEW.held <> 0 OR NEW.seq <> 0 OR NEW.state <> 'open') EXECUTE FUNCTION ledger_only_by_transfer()

-- next
CREATE TABLE seal (
  tenant_id INTEGER NOT NULL,
  n BIGINT NOT NULL,
  prev_root BYTEA NOT NULL,
  root BYTEA NOT NULL,
  leaves BIGINT NOT NULL,
  sealed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  signature BYTEA NOT NULL,
  CONSTRAINT pk_seal PRIMARY KEY (tenant_id, n),
  CONSTRAINT ck_seal_leaves_positive CHECK (leaves > 0)
)

-- next
CREATE TRIGGER seal_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON seal FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()

-- next
CREATE TABLE service_type (
  code VARCHAR(32) NOT NULL,
  name_zh VARCHAR(40) NOT NULL,
  name_en VARCHAR(60) NOT NULL,
  service_group VARCHAR(32) NOT NULL,
  needs_training BOOLEAN NOT NULL,
  needs_insurance BOOLEAN NOT NULL,
  same_sex_only BOOLEAN NOT NULL,
  max_self_care_loss VARCHAR(16) NOT NULL,
  weight_permille INTEGER NOT NULL,
  max_minutes INTEGER NOT NULL,
  usual_minutes INTEGER NOT NULL,
  sort INTEGER NOT NULL,
  active BOOLEAN NOT NULL,
  CONSTRAINT pk_service_type PRIMARY KEY (code),
  CONSTRAINT ck_service_type_weight_positive CHECK (weight_permille > 0),
  CONSTRAINT ck_service_type_max_minutes_positive CHECK (max_minutes > 0)
)

-- next
CREATE TABLE job_lease (
  name VARCHAR(64) NOT NULL,
  holder VARCHAR(80) NOT NULL,
  leased_until TIMESTAMP WITH TIME ZONE,
  last_started_at TIMESTAMP WITH TIME ZONE,
  last_finished_at TIMESTAMP WITH TIME ZONE,
  last_ok BOOLEAN,
  last_summary VARCHAR(300) NOT NULL,
  runs INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  CONSTRAINT pk_job_lease PRIMARY KEY (name)
)

-- next
CREATE TABLE job_run (
  id SERIAL NOT NULL,
  name VARCHAR(64) NOT NULL,
  holder VARCHAR(80) NOT NULL,
  started_at TIMESTAMP WITH TIME ZONE NOT NULL,
  finished_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ok BOOLEAN NOT NULL,
  summary VARCHAR(300) NOT NULL,
  CONSTRAINT pk_job_run PRIMARY KEY (id)
)

-- next
CREATE INDEX ix_job_run_started_at ON job_run (started_at)

-- next
CREATE INDEX ix_job_run_name ON job_run (name, id)

-- next
CREATE TABLE person (
  id SERIAL NOT NULL,
  member_no VARCHAR(32) NOT NULL,
  name VARCHAR(64) NOT NULL,
  id_number BYTEA,
  id_hash VARCHAR(64),
  claimed_id_hash VARCHAR(64),
  phone BYTEA,
  phone_hash VARCHAR(64),
  sex VARCHAR(32),
  birth_date DATE,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  address VARCHAR(200) NOT NULL,
  lat DOUBLE PRECISION,
  lon DOUBLE PRECISION,
  languages JSON NOT NULL,
  reads VARCHAR(8) NOT NULL,
  self_care BYTEA,
  lives_alone BOOLEAN,
  is_volunteer BOOLEAN NOT NULL,
  is_recipient BOOLEAN NOT NULL,
  is_client BOOLEAN NOT NULL,
  door_note VARCHAR(200) NOT NULL,
  safety_note VARCHAR(200) NOT NULL,
  email BYTEA,
  note TEXT NOT NULL,
  deceased_on DATE,
  merged_into_id INTEGER,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  created_by INTEGER,
  version INTEGER NOT NULL,
  CONSTRAINT pk_person PRIMARY KEY (id),
  CONSTRAINT ck_person_not_merged_into_itself CHECK (merged_into_id IS NULL OR merged_into_id <> id),
  CONSTRAINT uq_person_member_no UNIQUE (member_no),
  CONSTRAINT uq_person_id_hash UNIQUE (id_hash),
  CONSTRAINT fk_person_territory_code_territory FOREIGN KEY(territory_code) REFERENCES territory (code),
  CONSTRAINT fk_person_merged_into_id_person FOREIGN KEY(merged_into_id) REFERENCES person (id)
)

-- next
CREATE INDEX ix_person_birth_date ON person (birth_date)

-- next
CREATE INDEX ix_person_territory_name ON person (territory_code, name)

-- next
CREATE INDEX ix_person_phone_hash ON person (phone_hash)

-- next
CREATE INDEX ix_person_merged_into_id ON person (merged_into_id)

-- next
CREATE INDEX ix_person_claimed_id_hash ON person (claimed_id_hash)

-- next
CREATE INDEX ix_person_territory_code ON person (territory_code)

-- next
CREATE TABLE household (
  id SERIAL NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  address VARCHAR(200) NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_household PRIMARY KEY (id),
  CONSTRAINT fk_household_territory_code_territory FOREIGN KEY(territory_code) REFERENCES territory (code)
)

-- next
CREATE INDEX ix_household_territory_code ON household (territory_code)

-- next
CREATE TABLE transfer (
  tenant_id INTEGER NOT NULL,
  id UUID NOT NULL,
  kind VARCHAR(8) NOT NULL,
  debit_id BIGINT NOT NULL,
  credit_id BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  ref_id UUID,
  group_id UUID,
  idem_key VARCHAR(200) NOT NULL,
  req_hash BYTEA NOT NULL,
  event_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE,
  actor_id INTEGER,
  actor_name VARCHAR(80) NOT NULL,
  purpose VARCHAR(32) NOT NULL,
  memo VARCHAR(300) NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_transfer PRIMARY KEY (tenant_id, id),
  CONSTRAINT uq_transfer_idem_key UNIQUE (tenant_id, idem_key),
  CONSTRAINT fk_transfer_debit FOREIGN KEY(tenant_id, debit_id) REFERENCES ledger_account (tenant_id, id),
  CONSTRAINT fk_transfer_credit FOREIGN KEY(tenant_id, credit_id) REFERENCES ledger_account (tenant_id, id),
  CONSTRAINT fk_transfer_ref FOREIGN KEY(tenant_id, ref_id) REFERENCES transfer (tenant_id, id),
  CONSTRAINT ck_transfer_amount_positive CHECK (amount > 0),
  CONSTRAINT ck_transfer_two_accounts CHECK (debit_id <> credit_id),
  CONSTRAINT ck_transfer_kind CHECK (kind IN ('post', 'hold', 'capture', 'release', 'reverse')),
  CONSTRAINT ck_transfer_ref_iff_kind CHECK ((ref_id IS NOT NULL) = (kind IN ('capture', 'release', 'reverse'))),
  CONSTRAINT ck_transfer_expires_iff_hold CHECK ((expires_at IS NOT NULL) = (kind = 'hold')),
  CONSTRAINT ck_transfer_idem_key_length CHECK (length(idem_key) >= 1 AND length(idem_key) <= 200)
)

-- next
CREATE INDEX ix_transfer_expires ON transfer (expires_at) WHERE kind = 'hold'

-- next
CREATE INDEX ix_transfer_created ON transfer (tenant_id, created_at)

-- next
CREATE INDEX ix_transfer_holds ON transfer (tenant_id, debit_id) WHERE kind = 'hold'

-- next
CREATE INDEX ix_transfer_group ON transfer (tenant_id, group_id) WHERE group_id IS NOT NULL

-- next
CREATE UNIQUE INDEX uq_transfer_ref ON transfer (tenant_id, ref_id) WHERE ref_id IS NOT NULL

-- next
CREATE TRIGGER transfer_apply AFTER INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION ledger_apply()

-- next
CREATE TRIGGER transfer_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON transfer FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()

-- next
CREATE TABLE ledger_limit_change (
  tenant_id INTEGER NOT NULL,
  id UUID NOT NULL,
  account_id BIGINT NOT NULL,
  floor_before BIGINT,
  floor_after BIGINT,
  ceiling_before BIGINT,
  ceiling_after BIGINT,
  state_before VARCHAR(8) NOT NULL,
  state_after VARCHAR(8) NOT NULL,
  reason VARCHAR(300) NOT NULL,
  actor_id INTEGER,
  actor_name VARCHAR(80) NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_ledger_limit_change PRIMARY KEY (tenant_id, id),
  CONSTRAINT fk_limit_change_account FOREIGN KEY(tenant_id, account_id) REFERENCES ledger_account (tenant_id, id),
  CONSTRAINT ck_ledger_limit_change_reason_given CHECK (length(reason) > 0)
)

-- next
CREATE INDEX ix_ledger_limit_change_account ON ledger_limit_change (tenant_id, account_id, id)

-- next
CREATE TRIGGER ledger_limit_change_apply AFTER INSERT ON ledger_limit_change FOR EACH ROW EXECUTE FUNCTION ledger_limit_apply()

-- next
CREATE TRIGGER ledger_limit_change_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger_limit_change FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()

-- next
CREATE TABLE scheme (
  id SERIAL NOT NULL,
  code VARCHAR(32) NOT NULL,
  name_zh VARCHAR(80) NOT NULL,
  name_en VARCHAR(80) NOT NULL,
  tenant INTEGER NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  parent_id INTEGER,
  CONSTRAINT pk_scheme PRIMARY KEY (id),
  CONSTRAINT uq_scheme_code UNIQUE (code),
  CONSTRAINT fk_scheme_territory_code_territory FOREIGN KEY(territory_code) REFERENCES territory (code),
  CONSTRAINT fk_scheme_parent_id_scheme FOREIGN KEY(parent_id) REFERENCES scheme (id)
)

-- next
CREATE INDEX ix_scheme_territory_code ON scheme (territory_code)

-- next
CREATE TABLE responsibility (
  id SERIAL NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  duty VARCHAR(32) NOT NULL,
  person_id INTEGER NOT NULL,
  phone VARCHAR(32) NOT NULL,
  starts_on DATE NOT NULL,
  ends_on DATE,
  CONSTRAINT pk_responsibility PRIMARY KEY (id),
  CONSTRAINT ck_responsibility_ends_after_start CHECK (ends_on IS NULL OR ends_on >= starts_on),
  CONSTRAINT fk_responsibility_territory_code_territory FOREIGN KEY(territory_code) REFERENCES territory (code),
  CONSTRAINT fk_responsibility_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
)

-- next
CREATE INDEX ix_responsibility_person_id ON responsibility (person_id)

-- next
CREATE INDEX ix_responsibility_territory_code ON responsibility (territory_code)

-- next
CREATE TABLE name_key (
  person_id INTEGER NOT NULL,
  key VARCHAR(128) COLLATE "C" NOT NULL,
  CONSTRAINT pk_name_key PRIMARY KEY (person_id, key),
  CONSTRAINT fk_name_key_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE
)

-- next
CREATE INDEX ix_name_key_key ON name_key (key, person_id)

-- next
CREATE TABLE household_member (
  id SERIAL NOT NULL,
  household_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  relation VARCHAR(32) NOT NULL,
  is_dependant BOOLEAN NOT NULL,
  joined_on DATE NOT NULL,
  left_on DATE,
  CONSTRAINT pk_household_member PRIMARY KEY (id),
  CONSTRAINT ck_household_member_left_after_joined CHECK (left_on IS NULL OR left_on >= joined_on),
  CONSTRAINT fk_household_member_household_id_household FOREIGN KEY(household_id) REFERENCES household (id),
  CONSTRAINT fk_household_member_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
)

-- next
CREATE INDEX ix_household_member_household_id ON household_member (household_id)

-- next
CREATE INDEX ix_household_member_person_id ON household_member (person_id)

-- next
CREATE TABLE agent (
  id SERIAL NOT NULL,
  person_id INTEGER NOT NULL,
  agent_person_id INTEGER NOT NULL,
  kind VARCHAR(32) NOT NULL,
  relation VARCHAR(32) NOT NULL,
  valid_from DATE NOT NULL,
  valid_to DATE,
  CONSTRAINT pk_agent PRIMARY KEY (id),
  CONSTRAINT ck_agent_not_oneself CHECK (person_id <> agent_person_id),
  CONSTRAINT fk_agent_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT fk_agent_agent_person_id_person FOREIGN KEY(agent_person_id) REFERENCES person (id)
)

-- next
CREATE INDEX ix_agent_agent_person_id ON agent (agent_person_id)

-- next
CREATE INDEX ix_agent_person_id ON agent (person_id)

-- next
CREATE TABLE consent (
  id SERIAL NOT NULL,
  person_id INTEGER NOT NULL,
  purpose VARCHAR(64) NOT NULL,
  legal_basis VARCHAR(16) NOT NULL,
  given_at TIMESTAMP WITH TIME ZONE NOT NULL,
  given_by_person_id INTEGER,
  recorded_by INTEGER,
  withdrawn_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_consent PRIMARY KEY (id),
  CONSTRAINT fk_consent_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT fk_consent_given_by_person_id_person FOREIGN KEY(given_by_person_id) REFERENCES person (id)
)

-- next
CREATE INDEX ix_consent_person_id ON consent (person_id)

-- next
CREATE TABLE duplicate_pair (
  id SERIAL NOT NULL,
  first_id INTEGER NOT NULL,
  second_id INTEGER NOT NULL,
  reason VARCHAR(64) NOT NULL,
  state VARCHAR(32) NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  decided_by INTEGER,
  decided_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_duplicate_pair PRIMARY KEY (id),
  CONSTRAINT duplicate_pair_once UNIQUE (first_id, second_id),
  CONSTRAINT ck_duplicate_pair_ordered CHECK (first_id < second_id),
  CONSTRAINT fk_duplicate_pair_first_id_person FOREIGN KEY(first_id) REFERENCES person (id),
  CONSTRAINT fk_duplicate_pair_second_id_person FOREIGN KEY(second_id) REFERENCES person (id)
)

-- next
CREATE INDEX ix_duplicate_pair_state ON duplicate_pair (state)

-- next
CREATE INDEX ix_duplicate_pair_second_id ON duplicate_pair (second_id)

-- next
CREATE INDEX ix_duplicate_pair_territory_code ON duplicate_pair (territory_code)

-- next
CREATE TABLE person_merge (
  id SERIAL NOT NULL,
  kept_id INTEGER NOT NULL,
  merged_id INTEGER NOT NULL,
  before JSON NOT NULL,
  merged_by INTEGER,
  merged_at TIMESTAMP WITH TIME ZONE NOT NULL,
  undone_at TIMESTAMP WITH TIME ZONE,
  undone_by INTEGER,
  CONSTRAINT pk_person_merge PRIMARY KEY (id),
  CONSTRAINT fk_person_merge_kept_id_person FOREIGN KEY(kept_id) REFERENCES person (id),
  CONSTRAINT fk_person_merge_merged_id_person FOREIGN KEY(merged_id) REFERENCES person (id)
)

-- next
CREATE INDEX ix_person_merge_kept_id ON person_merge (kept_id)

-- next
CREATE INDEX ix_person_merge_merged_id ON person_merge (merged_id)

-- next
CREATE TABLE account (
  id SERIAL NOT NULL,
  sign_in_name VARCHAR(64) NOT NULL,
  display_name VARCHAR(80) NOT NULL,
  person_id INTEGER,
  password_hash VARCHAR(200),
  must_change_password BOOLEAN NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  language VARCHAR(8) NOT NULL,
  session_epoch INTEGER NOT NULL,
  closed_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  created_by INTEGER,
  CONSTRAINT pk_account PRIMARY KEY (id),
  CONSTRAINT uq_account_sign_in_name UNIQUE (sign_in_name),
  CONSTRAINT uq_account_person_id UNIQUE (person_id),
  CONSTRAINT fk_account_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
)

-- next
CREATE INDEX ix_account_territory_code ON account (territory_code)

-- next
CREATE TABLE person_pin (
  person_id INTEGER NOT NULL,
  pin_hash VARCHAR(200) NOT NULL,
  set_at TIMESTAMP WITH TIME ZONE NOT NULL,
  set_by INTEGER,
  CONSTRAINT pk_person_pin PRIMARY KEY (person_id),
  CONSTRAINT fk_person_pin_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
)

-- next
CREATE TABLE person_card (
  id SERIAL NOT NULL,
  person_id INTEGER NOT NULL,
  code VARCHAR(32) NOT NULL,
  issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
  issued_by INTEGER,
  withdrawn_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_person_card PRIMARY KEY (id),
  CONSTRAINT fk_person_card_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT uq_person_card_code UNIQUE (code)
)

-- next
CREATE INDEX ix_person_card_person_id ON person_card (person_id)

-- next
CREATE TABLE notice (
  id SERIAL NOT NULL,
  person_id INTEGER NOT NULL,
  kind VARCHAR(48) NOT NULL,
  facts JSON NOT NULL,
  path VARCHAR(200) NOT NULL,
  once_key VARCHAR(120),
  state VARCHAR(12) NOT NULL,
  send_after TIMESTAMP WITH TIME ZONE NOT NULL,
  attempts INTEGER NOT NULL,
  error VARCHAR(200) NOT NULL,
  channel VARCHAR(16) NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  sent_at TIMESTAMP WITH TIME ZONE,
  read_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_notice PRIMARY KEY (id),
  CONSTRAINT fk_notice_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT uq_notice_once_key UNIQUE (once_key)
)

-- next
CREATE INDEX ix_notice_due ON notice (state, send_after)

-- next
CREATE INDEX ix_notice_person ON notice (person_id, id)

-- next
CREATE TABLE entry (
  tenant_id INTEGER NOT NULL,
  account_id BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  transfer_id UUID NOT NULL,
  amount BIGINT NOT NULL,
  balance BIGINT NOT NULL,
  CONSTRAINT pk_entry PRIMARY KEY (tenant_id, account_id, seq),
  CONSTRAINT uq_entry_transfer UNIQUE (tenant_id, transfer_id, account_id),
  CONSTRAINT fk_entry_account FOREIGN KEY(tenant_id, account_id) REFERENCES ledger_account (tenant_id, id),
  CONSTRAINT fk_entry_transfer FOREIGN KEY(tenant_id, transfer_id) REFERENCES transfer (tenant_id, id),
  CONSTRAINT ck_entry_amount_not_zero CHECK (amount <> 0),
  CONSTRAINT ck_entry_seq_positive CHECK (seq > 0)
)

-- next
CREATE TRIGGER entry_before BEFORE INSERT ON entry FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ledger_only_by_transfer()

-- next
CREATE TRIGGER entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()

-- next
CREATE TABLE seal_leaf (
  tenant_id INTEGER NOT NULL,
  transfer_id UUID NOT NULL,
  n BIGINT NOT NULL,
  idx BIGINT NOT NULL,
  leaf BYTEA NOT NULL,
  CONSTRAINT pk_seal_leaf PRIMARY KEY (tenant_id, transfer_id),
  CONSTRAINT uq_seal_leaf_place UNIQUE (tenant_id, n, idx),
  CONSTRAINT fk_seal_leaf_transfer FOREIGN KEY(tenant_id, transfer_id) REFERENCES transfer (tenant_id, id),
  CONSTRAINT fk_seal_leaf_seal FOREIGN KEY(tenant_id, n) REFERENCES seal (tenant_id, n)
)

-- next
CREATE TRIGGER seal_leaf_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON seal_leaf FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()

-- next
CREATE TABLE calendar_feed (
  person_id INTEGER NOT NULL,
  token BYTEA NOT NULL,
  token_hash VARCHAR(64) NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_calendar_feed PRIMARY KEY (person_id),
  CONSTRAINT fk_calendar_feed_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT uq_calendar_feed_token_hash UNIQUE (token_hash)
)

-- next
CREATE TABLE volunteer (
  person_id INTEGER NOT NULL,
  scheme_id INTEGER NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  kind VARCHAR(32) NOT NULL,
  state VARCHAR(32) NOT NULL,
  max_distance_m INTEGER NOT NULL,
  caregiver_at_home BOOLEAN NOT NULL,
  max_minutes_per_week INTEGER NOT NULL,
  helps_on_holidays BOOLEAN NOT NULL,
  languages JSON,
  insured_until DATE,
  active_since DATE,
  barred_until DATE,
  state_reason VARCHAR(200) NOT NULL,
  guardian_agreed BOOLEAN NOT NULL,
  site_reviewed_by INTEGER,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_volunteer PRIMARY KEY (person_id),
  CONSTRAINT fk_volunteer_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT fk_volunteer_scheme_id_scheme FOREIGN KEY(scheme_id) REFERENCES scheme (id)
)

-- next
CREATE INDEX ix_volunteer_state ON volunteer (state)

-- next
CREATE INDEX ix_volunteer_territory_code ON volunteer (territory_code)

-- next
CREATE INDEX ix_volunteer_scheme_id ON volunteer (scheme_id)

-- next
CREATE TABLE key_elder (
  id SERIAL NOT NULL,
  person_id INTEGER NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  reason VARCHAR(200) NOT NULL,
  listed_on DATE NOT NULL,
  listed_by INTEGER,
  removed_on DATE,
  removed_by INTEGER,
  removed_reason VARCHAR(200) NOT NULL,
  CONSTRAINT pk_key_elder PRIMARY KEY (id),
  CONSTRAINT ck_key_elder_removed_after_listed CHECK (removed_on IS NULL OR removed_on >= listed_on),
  CONSTRAINT fk_key_elder_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
)

-- next
CREATE INDEX ix_key_elder_person_id ON key_elder (person_id)

-- next
CREATE INDEX ix_key_elder_territory_code ON key_elder (territory_code)

-- next
CREATE TABLE elder_grant (
  id SERIAL NOT NULL,
  person_id INTEGER NOT NULL,
  scheme_id INTEGER NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  month VARCHAR(7) NOT NULL,
  minutes INTEGER NOT NULL,
  basis VARCHAR(32) NOT NULL,
  granted_at TIMESTAMP WITH TIME ZONE NOT NULL,
  returned_minutes INTEGER,
  ended_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_elder_grant PRIMARY KEY (id),
  CONSTRAINT elder_grant_once_a_month UNIQUE (person_id, month),
  CONSTRAINT ck_elder_grant_minutes_positive CHECK (minutes > 0),
  CONSTRAINT ck_elder_grant_returned_not_negative CHECK (returned_minutes IS NULL OR returned_minutes >= 0),
  CONSTRAINT fk_elder_grant_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT fk_elder_grant_scheme_id_scheme FOREIGN KEY(scheme_id) REFERENCES scheme (id)
)

-- next
CREATE INDEX ix_elder_grant_territory_code ON elder_grant (territory_code)

-- next
CREATE INDEX ix_elder_grant_month ON elder_grant (month)

-- next
CREATE INDEX ix_elder_grant_person_id ON elder_grant (person_id)

-- next
CREATE TABLE health_file (
  person_id INTEGER NOT NULL,
  conditions BYTEA NOT NULL,
  medication BYTEA NOT NULL,
  failed_items BYTEA NOT NULL,
  level BYTEA NOT NULL,
  care_every_days INTEGER,
  checked_on DATE,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_by INTEGER,
  version INTEGER NOT NULL,
  CONSTRAINT pk_health_file PRIMARY KEY (person_id),
  CONSTRAINT fk_health_file_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
)

-- next
CREATE TABLE category_status (
  id SERIAL NOT NULL,
  person_id INTEGER NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  category VARCHAR(32) NOT NULL,
  starts_on DATE NOT NULL,
  ends_on DATE,
  decision VARCHAR(120) NOT NULL,
  recorded_by INTEGER,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_category_status PRIMARY KEY (id),
  CONSTRAINT ck_category_status_ends_after_start CHECK (ends_on IS NULL OR ends_on >= starts_on),
  CONSTRAINT fk_category_status_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT fk_category_status_territory_code_territory FOREIGN KEY(territory_code) REFERENCES territory (code)
)

-- next
CREATE INDEX ix_category_status_category ON category_status (category, starts_on)

-- next
CREATE INDEX ix_category_status_person_id ON category_status (person_id)

-- next
CREATE TABLE desk (
  id SERIAL NOT NULL,
  code VARCHAR(12) NOT NULL,
  name_zh VARCHAR(80) NOT NULL,
  name_en VARCHAR(80) NOT NULL,
  scheme_id INTEGER NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  address VARCHAR(200) NOT NULL,
  hours_zh VARCHAR(120) NOT NULL,
  hours_en VARCHAR(120) NOT NULL,
  phone VARCHAR(32) NOT NULL,
  last_receipt INTEGER NOT NULL,
  active BOOLEAN NOT NULL,
  CONSTRAINT pk_desk PRIMARY KEY (id),
  CONSTRAINT ck_desk_last_receipt_not_negative CHECK (last_receipt >= 0),
  CONSTRAINT uq_desk_code UNIQUE (code),
  CONSTRAINT fk_desk_scheme_id_scheme FOREIGN KEY(scheme_id) REFERENCES scheme (id),
  CONSTRAINT fk_desk_territory_code_territory FOREIGN KEY(territory_code) REFERENCES territory (code)
)

-- next
CREATE INDEX ix_desk_scheme_id ON desk (scheme_id)

-- next
CREATE INDEX ix_desk_territory_code ON desk (territory_code)

-- next
CREATE TABLE goods_item (
  id SERIAL NOT NULL,
  sku VARCHAR(32) NOT NULL,
  name_zh VARCHAR(80) NOT NULL,
  name_en VARCHAR(80) NOT NULL,
  unit_zh VARCHAR(16) NOT NULL,
  unit_en VARCHAR(24) NOT NULL,
  scheme_id INTEGER NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  source VARCHAR(120) NOT NULL,
  low_stock INTEGER NOT NULL,
  active BOOLEAN NOT NULL,
  sort INTEGER NOT NULL,
  CONSTRAINT pk_goods_item PRIMARY KEY (id),
  CONSTRAINT ck_goods_item_low_stock_not_negative CHECK (low_stock >= 0),
  CONSTRAINT uq_goods_item_sku UNIQUE (sku),
  CONSTRAINT fk_goods_item_scheme_id_scheme FOREIGN KEY(scheme_id) REFERENCES scheme (id)
)

-- next
CREATE INDEX ix_goods_item_scheme_id ON goods_item (scheme_id)

-- next
CREATE INDEX ix_goods_item_territory_code ON goods_item (territory_code)

-- next
CREATE TABLE role_grant (
  id SERIAL NOT NULL,
  account_id INTEGER NOT NULL,
  role VARCHAR(32) NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  starts_on DATE NOT NULL,
  ends_on DATE,
  granted_by INTEGER,
  reason VARCHAR(200) NOT NULL,
  CONSTRAINT pk_role_grant PRIMARY KEY (id),
  CONSTRAINT ck_role_grant_ends_after_start CHECK (ends_on IS NULL OR ends_on >= starts_on),
  CONSTRAINT fk_role_grant_account_id_account FOREIGN KEY(account_id) REFERENCES account (id)
)

-- next
CREATE INDEX ix_role_grant_account_id ON role_grant (account_id)

-- next
CREATE TABLE api_token (
  id SERIAL NOT NULL,
  account_id INTEGER NOT NULL,
  digest VARCHAR(64) NOT NULL,
  label VARCHAR(80) NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  withdrawn_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_api_token PRIMARY KEY (id),
  CONSTRAINT fk_api_token_account_id_account FOREIGN KEY(account_id) REFERENCES account (id),
  CONSTRAINT uq_api_token_digest UNIQUE (digest)
)

-- next
CREATE INDEX ix_api_token_account_id ON api_token (account_id)

-- next
CREATE TABLE service_request (
  id SERIAL NOT NULL,
  scheme_id INTEGER NOT NULL,
  recipient_id INTEGER NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  service_code VARCHAR(32) NOT NULL,
  state VARCHAR(32) NOT NULL,
  funding VARCHAR(32) NOT NULL,
  minutes INTEGER NOT NULL,
  first_day DATE NOT NULL,
  last_day DATE,
  weekdays VARCHAR(7) NOT NULL,
  earliest_minute INTEGER NOT NULL,
  latest_minute INTEGER NOT NULL,
  address VARCHAR(200) NOT NULL,
  lat DOUBLE PRECISION,
  lon DOUBLE PRECISION,
  helper_sex VARCHAR(1),
  language VARCHAR(16),
  urgent BOOLEAN NOT NULL,
  note TEXT NOT NULL,
  entered_by_person_id INTEGER,
  created_by INTEGER,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  decided_by INTEGER,
  decided_at TIMESTAMP WITH TIME ZONE,
  reason VARCHAR(200) NOT NULL,
  code VARCHAR(8) NOT NULL,
  regular_helper_id INTEGER,
  regular_minute INTEGER,
  made_until DATE,
  version INTEGER NOT NULL,
  CONSTRAINT pk_service_request PRIMARY KEY (id),
  CONSTRAINT ck_service_request_minutes_positive CHECK (minutes > 0),
  CONSTRAINT ck_service_request_day_minutes CHECK (earliest_minute >= 0 AND latest_minute <= 1440),
  CONSTRAINT ck_service_request_window CHECK (earliest_minute <= latest_minute),
  CONSTRAINT fk_service_request_scheme_id_scheme FOREIGN KEY(scheme_id) REFERENCES scheme (id),
  CONSTRAINT fk_service_request_recipient_id_person FOREIGN KEY(recipient_id) REFERENCES person (id),
  CONSTRAINT fk_service_request_service_code_service_type FOREIGN KEY(service_code) REFERENCES service_type (code),
  CONSTRAINT fk_service_request_regular_helper_id_volunteer FOREIGN KEY(regular_helper_id) REFERENCES volunteer (person_id)
)

-- next
CREATE INDEX ix_service_request_territory_state ON service_request (territory_code, state)

-- next
CREATE INDEX ix_service_request_recipient_id ON service_request (recipient_id)

-- next
CREATE TABLE volunteer_skill (
  volunteer_id INTEGER NOT NULL,
  service_code VARCHAR(32) NOT NULL,
  trained_on DATE,
  trained_by INTEGER,
  CONSTRAINT pk_volunteer_skill PRIMARY KEY (volunteer_id, service_code),
  CONSTRAINT fk_volunteer_skill_volunteer_id_volunteer FOREIGN KEY(volunteer_id) REFERENCES volunteer (person_id),
  CONSTRAINT fk_volunteer_skill_service_code_service_type FOREIGN KEY(service_code) REFERENCES service_type (code)
)

-- next
CREATE TABLE availability_slot (
  id SERIAL NOT NULL,
  volunteer_id INTEGER NOT NULL,
  weekday INTEGER NOT NULL,
  from_minute INTEGER NOT NULL,
  to_minute INTEGER NOT NULL,
  CONSTRAINT pk_availability_slot PRIMARY KEY (id),
  CONSTRAINT ck_availability_slot_weekday CHECK (weekday BETWEEN 0 AND 6),
  CONSTRAINT ck_availability_slot_minutes CHECK (from_minute >= 0 AND to_minute <= 1440 AND from_minute < to_minute),
  CONSTRAINT availability_slot_once UNIQUE (volunteer_id, weekday, from_minute),
  CONSTRAINT fk_availability_slot_volunteer_id_volunteer FOREIGN KEY(volunteer_id) REFERENCES volunteer (person_id)
)

-- next
CREATE INDEX ix_availability_slot_volunteer_id ON availability_slot (volunteer_id)

-- next
CREATE TABLE availability_exception (
  id SERIAL NOT NULL,
  volunteer_id INTEGER NOT NULL,
  first_day DATE NOT NULL,
  last_day DATE NOT NULL,
  from_minute INTEGER NOT NULL,
  to_minute INTEGER NOT NULL,
  available BOOLEAN NOT NULL,
  reason VARCHAR(100) NOT NULL,
  CONSTRAINT pk_availability_exception PRIMARY KEY (id),
  CONSTRAINT ck_availability_exception_days CHECK (last_day >= first_day),
  CONSTRAINT ck_availability_exception_minutes CHECK (from_minute >= 0 AND to_minute <= 1440 AND from_minute < to_minute),
  CONSTRAINT fk_availability_exception_volunteer_id_volunteer FOREIGN KEY(volunteer_id) REFERENCES volunteer (person_id)
)

-- next
CREATE INDEX ix_availability_exception_volunteer_id ON availability_exception (volunteer_id)

-- next
CREATE TABLE volunteer_event (
  id SERIAL NOT NULL,
  volunteer_id INTEGER NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  account_id INTEGER,
  actor_name VARCHAR(80) NOT NULL,
  from_state VARCHAR(32),
  to_state VARCHAR(32) NOT NULL,
  reason VARCHAR(200) NOT NULL,
  CONSTRAINT pk_volunteer_event PRIMARY KEY (id),
  CONSTRAINT fk_volunteer_event_volunteer_id_volunteer FOREIGN KEY(volunteer_id) REFERENCES volunteer (person_id)
)

-- next
CREATE INDEX ix_volunteer_event_volunteer_id ON volunteer_event (volunteer_id)

-- next
CREATE TABLE assistance_case (
  id SERIAL NOT NULL,
  person_id INTEGER NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  kind VARCHAR(32) NOT NULL,
  urgency VARCHAR(32) NOT NULL,
  state VARCHAR(32) NOT NULL,
  case_worker_id INTEGER NOT NULL,
  legal_basis VARCHAR(32) NOT NULL,
  summary BYTEA NOT NULL,
  opened_on DATE NOT NULL,
  closed_on DATE,
  close_reason VARCHAR(32),
  reopened INTEGER NOT NULL,
  planned_by INTEGER,
  approved_by INTEGER,
  approved_on DATE,
  next_visit_on DATE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  created_by INTEGER,
  version INTEGER NOT NULL,
  CONSTRAINT pk_assistance_case PRIMARY KEY (id),
  CONSTRAINT ck_assistance_case_closed_after_opened CHECK (closed_on IS NULL OR closed_on >= opened_on),
  CONSTRAINT ck_assistance_case_reopened_once CHECK (reopened BETWEEN 0 AND 1),
  CONSTRAINT ck_assistance_case_closed_has_reason CHECK ((state = 'closed') = (close_reason IS NOT NULL)),
  CONSTRAINT fk_assistance_case_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT fk_assistance_case_territory_code_territory FOREIGN KEY(territory_code) REFERENCES territory (code),
  CONSTRAINT fk_assistance_case_case_worker_id_account FOREIGN KEY(case_worker_id) REFERENCES account (id)
)

-- next
CREATE INDEX ix_assistance_case_territory_state ON assistance_case (territory_code, state, id)

-- next
CREATE INDEX ix_assistance_case_person_id ON assistance_case (person_id)

-- next
CREATE INDEX ix_assistance_case_next_visit_on ON assistance_case (next_visit_on)

-- next
CREATE INDEX ix_assistance_case_case_worker_id ON assistance_case (case_worker_id)

-- next
CREATE TABLE goods_price (
  id SERIAL NOT NULL,
  item_id INTEGER NOT NULL,
  minutes INTEGER NOT NULL,
  valid_from DATE NOT NULL,
  set_by INTEGER,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_goods_price PRIMARY KEY (id),
  CONSTRAINT goods_price_once_a_day UNIQUE (item_id, valid_from),
  CONSTRAINT ck_goods_price_minutes_positive CHECK (minutes > 0),
  CONSTRAINT fk_goods_price_item_id_goods_item FOREIGN KEY(item_id) REFERENCES goods_item (id)
)

-- next
CREATE INDEX ix_goods_price_item_id ON goods_price (item_id)

-- next
CREATE TABLE desk_stock (
  desk_id INTEGER NOT NULL,
  item_id INTEGER NOT NULL,
  account_id BIGINT NOT NULL,
  handed_account_id BIGINT NOT NULL,
  counted_on DATE,
  CONSTRAINT pk_desk_stock PRIMARY KEY (desk_id, item_id),
  CONSTRAINT fk_desk_stock_desk_id_desk FOREIGN KEY(desk_id) REFERENCES desk (id),
  CONSTRAINT fk_desk_stock_item_id_goods_item FOREIGN KEY(item_id) REFERENCES goods_item (id)
)

-- next
CREATE TABLE stock_move (
  id SERIAL NOT NULL,
  desk_id INTEGER NOT NULL,
  item_id INTEGER NOT NULL,
  kind VARCHAR(32) NOT NULL,
  pieces INTEGER NOT NULL,
  counted INTEGER,
  source VARCHAR(120) NOT NULL,
  reason VARCHAR(200) NOT NULL,
  transfer_id UUID,
  clerk_id INTEGER,
  clerk_name VARCHAR(80) NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_stock_move PRIMARY KEY (id),
  CONSTRAINT ck_stock_move_delivery_positive CHECK (kind <> 'delivery' OR pieces > 0),
  CONSTRAINT fk_stock_move_desk_id_desk FOREIGN KEY(desk_id) REFERENCES desk (id),
  CONSTRAINT fk_stock_move_item_id_goods_item FOREIGN KEY(item_id) REFERENCES goods_item (id)
)

-- next
CREATE INDEX ix_stock_move_desk ON stock_move (desk_id, id)

-- next
CREATE INDEX ix_stock_move_item_id ON stock_move (item_id)

-- next
CREATE TABLE basket (
  id SERIAL NOT NULL,
  clerk_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  desk_id INTEGER NOT NULL,
  pieces JSON NOT NULL,
  changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_basket PRIMARY KEY (id),
  CONSTRAINT basket_once UNIQUE (clerk_id, person_id, desk_id),
  CONSTRAINT fk_basket_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT fk_basket_desk_id_desk FOREIGN KEY(desk_id) REFERENCES desk (id)
)

-- next
CREATE INDEX ix_basket_person_id ON basket (person_id)

-- next
CREATE TABLE redemption (
  id SERIAL NOT NULL,
  receipt_no VARCHAR(32) NOT NULL,
  person_id INTEGER NOT NULL,
  desk_id INTEGER NOT NULL,
  scheme_id INTEGER NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  state VARCHAR(32) NOT NULL,
  total_minutes INTEGER NOT NULL,
  returned_minutes INTEGER NOT NULL,
  available_after INTEGER,
  group_id UUID NOT NULL,
  postings JSON NOT NULL,
  confirmed_how VARCHAR(32) NOT NULL,
  confirm_note VARCHAR(200) NOT NULL,
  signature TEXT,
  clerk_id INTEGER,
  clerk_name VARCHAR(80) NOT NULL,
  second_clerk_id INTEGER,
  second_clerk_name VARCHAR(80) NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE,
  closed_reason VARCHAR(200) NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_redemption PRIMARY KEY (id),
  CONSTRAINT ck_redemption_total_positive CHECK (total_minutes > 0),
  CONSTRAINT ck_redemption_returned_within_total CHECK (returned_minutes BETWEEN 0 AND total_minutes),
  CONSTRAINT ck_redemption_two_clerks CHECK (second_clerk_id IS NULL OR second_clerk_id <> clerk_id),
  CONSTRAINT uq_redemption_receipt_no UNIQUE (receipt_no),
  CONSTRAINT fk_redemption_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT fk_redemption_desk_id_desk FOREIGN KEY(desk_id) REFERENCES desk (id),
  CONSTRAINT fk_redemption_scheme_id_scheme FOREIGN KEY(scheme_id) REFERENCES scheme (id)
)

-- next
CREATE INDEX ix_redemption_desk_created ON redemption (desk_id, created_at)

-- next
CREATE INDEX ix_redemption_person ON redemption (person_id, id)

-- next
CREATE INDEX ix_redemption_territory ON redemption (territory_code, id)

-- next
CREATE TABLE visit (
  id SERIAL NOT NULL,
  request_id INTEGER,
  scheme_id INTEGER NOT NULL,
  recipient_id INTEGER NOT NULL,
  volunteer_id INTEGER,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  service_code VARCHAR(32) NOT NULL,
  state VARCHAR(32) NOT NULL,
  source VARCHAR(16) NOT NULL,
  funding VARCHAR(16) NOT NULL,
  earliest_start TIMESTAMP WITH TIME ZONE NOT NULL,
  latest_start TIMESTAMP WITH TIME ZONE NOT NULL,
  minutes_planned INTEGER NOT NULL,
  starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ends_at TIMESTAMP WITH TIME ZONE,
  hold_id UUID,
  hold_until TIMESTAMP WITH TIME ZONE,
  held_minutes INTEGER NOT NULL,
  transfer_id UUID,
  postings JSON NOT NULL,
  credit_no INTEGER NOT NULL,
  extra_approved_by INTEGER,
  code VARCHAR(8) NOT NULL,
  check_in_at TIMESTAMP WITH TIME ZONE,
  check_out_at TIMESTAMP WITH TIME ZONE,
  check_in_how VARCHAR(16) NOT NULL,
  break_minutes INTEGER NOT NULL,
  minutes_actual INTEGER,
  minutes_credited INTEGER,
  credit_explained JSON NOT NULL,
  recorded_by INTEGER,
  reviewed_by INTEGER,
  confirmed_how VARCHAR(16) NOT NULL,
  confirmed_by INTEGER,
  confirmed_at TIMESTAMP WITH TIME ZONE,
  signature TEXT,
  rating INTEGER,
  rating_note VARCHAR(300) NOT NULL,
  dispute_reason VARCHAR(300) NOT NULL,
  disputed_by INTEGER,
  no_show_by VARCHAR(16) NOT NULL,
  note TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_visit PRIMARY KEY (id),
  CONSTRAINT ck_visit_helper_is_not_recipient CHECK (volunteer_id IS NULL OR volunteer_id <> recipient_id),
  CONSTRAINT ck_visit_ends_after_start CHECK (ends_at IS NULL OR ends_at > starts_at),
  CONSTRAINT ck_visit_out_after_in CHECK (check_out_at IS NULL OR check_out_at >= check_in_at),
  CONSTRAINT ck_visit_actual_not_negative CHECK (minutes_actual IS NULL OR minutes_actual >= 0),
  CONSTRAINT ck_visit_credited_not_negative CHECK (minutes_credited IS NULL OR minutes_credited >= 0),
  CONSTRAINT ck_visit_rating CHECK (rating IS NULL OR rating BETWEEN 1 AND 5),
  CONSTRAINT fk_visit_request_id_service_request FOREIGN KEY(request_id) REFERENCES service_request (id),
  CONSTRAINT fk_visit_scheme_id_scheme FOREIGN KEY(scheme_id) REFERENCES scheme (id),
  CONSTRAINT fk_visit_recipient_id_person FOREIGN KEY(recipient_id) REFERENCES person (id),
  CONSTRAINT fk_visit_volunteer_id_volunteer FOREIGN KEY(volunteer_id) REFERENCES volunteer (person_id),
  CONSTRAINT fk_visit_service_code_service_type FOREIGN KEY(service_code) REFERENCES service_type (code)
)

-- next
CREATE INDEX ix_visit_recipient_starts ON visit (recipient_id, starts_at)

-- next
CREATE INDEX ix_visit_request_id ON visit (request_id)

-- next
CREATE INDEX ix_visit_transfer_id ON visit (transfer_id)

-- next
CREATE INDEX ix_visit_volunteer_starts ON visit (volunteer_id, starts_at)

-- next
CREATE UNIQUE INDEX uq_visit_one_in_progress ON visit (volunteer_id) WHERE state = 'in_progress'

-- next
CREATE INDEX ix_visit_territory_state ON visit (territory_code, state, starts_at)

-- next
ALTER TABLE visit ADD CONSTRAINT visit_plan_overlap EXCLUDE USING gist (int4range(volunteer_id, volunteer_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&) WHERE (volunteer_id IS NOT NULL AND starts_at IS NOT NULL AND ends_at IS NOT NULL AND state IN ('in_progress', 'scheduled'))

-- next
ALTER TABLE visit ADD CONSTRAINT visit_done_overlap EXCLUDE USING gist (int4range(volunteer_id, volunteer_id, '[]') WITH &&, tstzrange(check_in_at, check_out_at) WITH &&) WHERE (volunteer_id IS NOT NULL AND check_in_at IS NOT NULL AND check_out_at IS NOT NULL AND state IN ('awaiting_confirmation', 'credited', 'disputed', 'second_review'))

-- next
CREATE TABLE case_event (
  id SERIAL NOT NULL,
  case_id INTEGER NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  account_id INTEGER,
  actor_name VARCHAR(80) NOT NULL,
  from_state VARCHAR(32),
  to_state VARCHAR(32) NOT NULL,
  note BYTEA,
  CONSTRAINT pk_case_event PRIMARY KEY (id),
  CONSTRAINT fk_case_event_case_id_assistance_case FOREIGN KEY(case_id) REFERENCES assistance_case (id)
)

-- next
CREATE INDEX ix_case_event_case_id ON case_event (case_id)

-- next
CREATE FUNCTION case_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'case_event is append-only'; END $$

-- next
CREATE TRIGGER case_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_event FOR EACH STATEMENT EXECUTE FUNCTION case_event_append_only()

-- next
CREATE TABLE home_visit (
  id SERIAL NOT NULL,
  case_id INTEGER NOT NULL,
  kind VARCHAR(32) NOT NULL,
  visitors JSON NOT NULL,
  started_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE NOT NULL,
  findings BYTEA NOT NULL,
  next_action BYTEA NOT NULL,
  next_due_on DATE,
  signed_by BYTEA NOT NULL,
  signature BYTEA,
  recorded_by INTEGER,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_home_visit PRIMARY KEY (id),
  CONSTRAINT ck_home_visit_ends_after_start CHECK (ended_at > started_at),
  CONSTRAINT fk_home_visit_case_id_assistance_case FOREIGN KEY(case_id) REFERENCES assistance_case (id)
)

-- next
CREATE INDEX ix_home_visit_case_id ON home_visit (case_id)

-- next
CREATE TABLE case_need (
  id SERIAL NOT NULL,
  case_id INTEGER NOT NULL,
  kind VARCHAR(32) NOT NULL,
  words BYTEA NOT NULL,
  heard_on DATE NOT NULL,
  met_on DATE,
  recorded_by INTEGER,
  CONSTRAINT pk_case_need PRIMARY KEY (id),
  CONSTRAINT fk_case_need_case_id_assistance_case FOREIGN KEY(case_id) REFERENCES assistance_case (id)
)

-- next
CREATE INDEX ix_case_need_case_id ON case_need (case_id)

-- next
CREATE TABLE redemption_line (
  id SERIAL NOT NULL,
  redemption_id INTEGER NOT NULL,
  item_id INTEGER NOT NULL,
  quantity INTEGER NOT NULL,
  price_minutes INTEGER NOT NULL,
  returned INTEGER NOT NULL,
  transfer_id UUID,
  CONSTRAINT pk_redemption_line PRIMARY KEY (id),
  CONSTRAINT redemption_line_once UNIQUE (redemption_id, item_id),
  CONSTRAINT ck_redemption_line_quantity_positive CHECK (quantity > 0),
  CONSTRAINT ck_redemption_line_price_positive CHECK (price_minutes > 0),
  CONSTRAINT ck_redemption_line_returned_within_quantity CHECK (returned BETWEEN 0 AND quantity),
  CONSTRAINT fk_redemption_line_redemption_id_redemption FOREIGN KEY(redemption_id) REFERENCES redemption (id),
  CONSTRAINT fk_redemption_line_item_id_goods_item FOREIGN KEY(item_id) REFERENCES goods_item (id)
)

-- next
CREATE INDEX ix_redemption_line_redemption_id ON redemption_line (redemption_id)

-- next
CREATE INDEX ix_redemption_line_item_id ON redemption_line (item_id)

-- next
CREATE TABLE redemption_return (
  id SERIAL NOT NULL,
  redemption_id INTEGER NOT NULL,
  reason VARCHAR(200) NOT NULL,
  minutes INTEGER NOT NULL,
  to_shelf BOOLEAN NOT NULL,
  group_id UUID NOT NULL,
  transfer_id UUID,
  clerk_id INTEGER,
  clerk_name VARCHAR(80) NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_redemption_return PRIMARY KEY (id),
  CONSTRAINT ck_redemption_return_minutes_positive CHECK (minutes > 0),
  CONSTRAINT fk_redemption_return_redemption_id_redemption FOREIGN KEY(redemption_id) REFERENCES redemption (id)
)

-- next
CREATE INDEX ix_redemption_return_redemption_id ON redemption_return (redemption_id)

-- next
CREATE TABLE offer (
  id SERIAL NOT NULL,
  visit_id INTEGER NOT NULL,
  volunteer_id INTEGER NOT NULL,
  series BOOLEAN NOT NULL,
  starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
  state VARCHAR(32) NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  offered_by INTEGER,
  offered_at TIMESTAMP WITH TIME ZONE NOT NULL,
  answered_at TIMESTAMP WITH TIME ZONE,
  answer_note VARCHAR(200) NOT NULL,
  CONSTRAINT pk_offer PRIMARY KEY (id),
  CONSTRAINT fk_offer_visit_id_visit FOREIGN KEY(visit_id) REFERENCES visit (id),
  CONSTRAINT fk_offer_volunteer_id_volunteer FOREIGN KEY(volunteer_id) REFERENCES volunteer (person_id)
)

-- next
CREATE INDEX ix_offer_visit_id ON offer (visit_id)

-- next
CREATE INDEX ix_offer_state ON offer (state)

-- next
CREATE INDEX ix_offer_volunteer_id ON offer (volunteer_id)

-- next
CREATE TABLE visit_event (
  id SERIAL NOT NULL,
  visit_id INTEGER NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  account_id INTEGER,
  actor_name VARCHAR(80) NOT NULL,
  from_state VARCHAR(32),
  to_state VARCHAR(32) NOT NULL,
  reason VARCHAR(300) NOT NULL,
  CONSTRAINT pk_visit_event PRIMARY KEY (id),
  CONSTRAINT fk_visit_event_visit_id_visit FOREIGN KEY(visit_id) REFERENCES visit (id)
)

-- next
CREATE INDEX ix_visit_event_visit_id ON visit_event (visit_id)

-- next
CREATE TABLE hour_entry (
  id SERIAL NOT NULL,
  volunteer_id INTEGER NOT NULL,
  recipient_name VARCHAR(64) NOT NULL,
  service_code VARCHAR(32) NOT NULL,
  starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
  break_minutes INTEGER NOT NULL,
  note TEXT NOT NULL,
  territory_code VARCHAR(15) COLLATE "C" NOT NULL,
  state VARCHAR(16) NOT NULL,
  visit_id INTEGER,
  reason VARCHAR(200) NOT NULL,
  recorded_by INTEGER,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_hour_entry PRIMARY KEY (id),
  CONSTRAINT ck_hour_entry_ends_after_start CHECK (ends_at > starts_at),
  CONSTRAINT fk_hour_entry_volunteer_id_volunteer FOREIGN KEY(volunteer_id) REFERENCES volunteer (person_id),
  CONSTRAINT fk_hour_entry_service_code_service_type FOREIGN KEY(service_code) REFERENCES service_type (code),
  CONSTRAINT fk_hour_entry_visit_id_visit FOREIGN KEY(visit_id) REFERENCES visit (id)
)

-- next
CREATE INDEX ix_hour_entry_territory_code ON hour_entry (territory_code)

-- next
CREATE INDEX ix_hour_entry_volunteer_id ON hour_entry (volunteer_id)

-- next
CREATE TABLE plan_line (
  id SERIAL NOT NULL,
  case_id INTEGER NOT NULL,
  need_id INTEGER,
  kind VARCHAR(32) NOT NULL,
  programme BYTEA NOT NULL,
  provider VARCHAR(80) NOT NULL,
  amount_fen INTEGER,
  quantity INTEGER,
  unit VARCHAR(16) NOT NULL,
  minutes INTEGER,
  monthly BOOLEAN NOT NULL,
  due_on DATE NOT NULL,
  state VARCHAR(32) NOT NULL,
  delivered_on DATE,
  delivered_by INTEGER,
  note BYTEA NOT NULL,
  created_by INTEGER,
  CONSTRAINT pk_plan_line PRIMARY KEY (id),
  CONSTRAINT ck_plan_line_one_measure CHECK ((kind = 'cash' AND amount_fen > 0 AND quantity IS NULL AND minutes IS NULL) OR (kind = 'in_kind' AND quantity > 0 AND amount_fen IS NULL AND minutes IS NULL) OR (kind = 'service' AND minutes > 0 AND amount_fen IS NULL AND quantity IS NULL)),
  CONSTRAINT ck_plan_line_delivered_has_day CHECK ((state = 'delivered') = (delivered_on IS NOT NULL)),
  CONSTRAINT fk_plan_line_case_id_assistance_case FOREIGN KEY(case_id) REFERENCES assistance_case (id),
  CONSTRAINT fk_plan_line_need_id_case_need FOREIGN KEY(need_id) REFERENCES case_need (id)
)

-- next
CREATE INDEX ix_plan_line_case_id ON plan_line (case_id)

-- next
CREATE INDEX ix_plan_line_due ON plan_line (state, due_on)

-- next
CREATE TABLE redemption_return_line (
  id SERIAL NOT NULL,
  return_id INTEGER NOT NULL,
  line_id INTEGER NOT NULL,
  quantity INTEGER NOT NULL,
  transfer_id UUID,
  CONSTRAINT pk_redemption_return_line PRIMARY KEY (id),
  CONSTRAINT ck_redemption_return_line_quantity_positive CHECK (quantity > 0),
  CONSTRAINT fk_redemption_return_line_return_id_redemption_return FOREIGN KEY(return_id) REFERENCES redemption_return (id),
  CONSTRAINT fk_redemption_return_line_line_id_redemption_line FOREIGN KEY(line_id) REFERENCES redemption_line (id)
)

-- next
CREATE INDEX ix_redemption_return_line_line_id ON redemption_return_line (line_id)

-- next
CREATE INDEX ix_redemption_return_line_return_id ON redemption_return_line (return_id)
