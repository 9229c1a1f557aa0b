"""Functions and triggers for PostgreSQL.

Balances and entries may be written only from inside another trigger (`pg_trigger_depth() = 0` refuses a person at a
prompt).  Accounts are touched in the order of their numbers, so that two transfers between the same accounts cannot
wait for each other.  `FOR NO KEY UPDATE` (what a plain UPDATE takes) does not quarrel with the foreign keys' locks.
"""

from __future__ import annotations

from timebank.ledger.ddl.definition import Definition

APPLY = """CREATE OR REPLACE FUNCTION ledger_apply() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
END $$"""

LIMIT_APPLY = """CREATE OR REPLACE FUNCTION ledger_limit_apply() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
END $$"""

APPEND_ONLY = """CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'TB409', MESSAGE = 'ledger:append_only';
END $$"""

ONLY_BY_TRANSFER = """CREATE OR REPLACE FUNCTION ledger_only_by_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'TB409', MESSAGE = 'ledger:only_by_transfer';
END $$"""

# A function that runs with its owner's rights must not look for tables where somebody else may put them.
PIN_PATH = """DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION ledger_apply() SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION ledger_limit_apply() SET search_path = %I, pg_temp', current_schema());
END $$"""


def _trigger(
    table: str, name: str, when: str, function: str, *, row: bool = True, only_by_hand: bool = False
) -> Definition:
    condition = " WHEN (pg_trigger_depth() = 0)" if only_by_hand else ""
    level = "ROW" if row else "STATEMENT"
    sql = f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {level}{condition} EXECUTE FUNCTION {function}()"
    return Definition("trigger", name, table, sql)


def _append_only(table: str) -> Definition:
    when = "BEFORE DELETE OR UPDATE OR TRUNCATE"
    return _trigger(table, f"{table}_append_only", when, "ledger_append_only", row=False)


_ACCOUNT = "ledger_account"
DEFINITIONS: tuple[Definition, ...] = (
    Definition("function", "ledger_append_only", _ACCOUNT, APPEND_ONLY),
    Definition("function", "ledger_only_by_transfer", _ACCOUNT, ONLY_BY_TRANSFER),
    Definition("function", "ledger_apply", _ACCOUNT, APPLY),
    Definition("function", "ledger_limit_apply", _ACCOUNT, LIMIT_APPLY),
    Definition("path", "ledger_search_path", _ACCOUNT, PIN_PATH),
    _trigger(_ACCOUNT, "ledger_account_update", "BEFORE UPDATE", "ledger_only_by_transfer", only_by_hand=True),
    _trigger(_ACCOUNT, "ledger_account_delete", "BEFORE DELETE OR TRUNCATE", "ledger_append_only", row=False),
    Definition(
        "trigger",
        "ledger_account_insert",
        _ACCOUNT,
        "CREATE TRIGGER ledger_account_insert BEFORE INSERT ON ledger_account FOR EACH ROW"
        " WHEN (NEW.posted <> 0 OR NEW.held <> 0 OR NEW.seq <> 0 OR NEW.state <> 'open')"
        " EXECUTE FUNCTION ledger_only_by_transfer()",
    ),
    _trigger("transfer", "transfer_apply", "AFTER INSERT", "ledger_apply"),
    _trigger("entry", "entry_before", "BEFORE INSERT", "ledger_only_by_transfer", only_by_hand=True),
    _trigger("ledger_limit_change", "ledger_limit_change_apply", "AFTER INSERT", "ledger_limit_apply"),
    *(_append_only(table) for table in ("transfer", "entry", "seal", "seal_leaf", "ledger_limit_change")),
)
