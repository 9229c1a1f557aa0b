"""Functions and triggers for PostgreSQL.

Balances, entries and the daybook may be written only from inside another trigger (`pg_trigger_depth() = 0` refuses a
person at a prompt); the one entry that may be given from outside is that of a line of the daybook, exactly as it must
be.  Accounts are touched in the order of their numbers, so that two transfers between the same accounts cannot wait
for each other.  What `ledger_apply` and the guards against deletion make sure of needs no foreign key: that both
accounts of a transfer are there and stay there, that an entry is of a transfer and an account.  `ledger_apply` asks why
something was refused only after it was: the way of a transfer that is in order is two updates and two inserts.
"""

from __future__ import annotations

from timebank.ledger.ddl.definition import Definition

APPLY = """CREATE OR REPLACE FUNCTION ledger_apply() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
END $$"""

# The entry of a line of the daybook: the line goes, the balance follows.
CARRY = """CREATE OR REPLACE FUNCTION ledger_carry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
END $$"""

# Months are closed one after the other.  Who is just writing down something of that month is waited for.
CLOSE = """CREATE OR REPLACE FUNCTION ledger_close() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  LOCK TABLE transfer IN SHARE ROW EXCLUSIVE MODE;
  IF EXISTS (SELECT 1 FROM ledger_closing c WHERE c.tenant_id = NEW.tenant_id AND c.ends_at >= NEW.ends_at) THEN
    RAISE EXCEPTION USING ERRCODE = 'TB409', MESSAGE = 'ledger:already_closed';
  END IF;
  RETURN NEW;
END $$"""

LIMIT_APPLY = """CREATE OR REPLACE FUNCTION ledger_limit_apply() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  account record;
BEGIN
  SELECT posted, held, floor, ceiling, state, batched INTO account FROM ledger_account
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
  IF account.batched AND (NEW.floor_after IS NOT NULL OR NEW.ceiling_after IS NOT NULL) THEN
    RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:batched_without_limits';
  END IF;
  IF account.posted - account.held < NEW.floor_after OR account.posted > NEW.ceiling_after THEN
    RAISE EXCEPTION USING ERRCODE = 'TB422', MESSAGE = 'ledger:limit_broken';
  END IF;
  UPDATE ledger_account SET floor = NEW.floor_after, ceiling = NEW.ceiling_after, state = NEW.state_after
    WHERE tenant_id = NEW.tenant_id AND id = NEW.account_id;
  RETURN NULL;
END $$"""

# Rows are locked with the owner's rights: the application's own role may not write balances, so it may not lock them.
LOCK = """CREATE OR REPLACE FUNCTION ledger_lock(tenant integer, accounts bigint[]) RETURNS void LANGUAGE sql
SECURITY DEFINER AS $$
  SELECT FROM ledger_account WHERE tenant_id = tenant AND id = ANY (accounts) ORDER BY id FOR NO KEY UPDATE;
$$"""

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
  EXECUTE format('ALTER FUNCTION ledger_carry() SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION ledger_lock(integer, bigint[]) SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION ledger_close() SET search_path = %I, pg_temp', current_schema());
END $$"""


def _trigger(
    table: str, name: str, when: str, function: str, *, row: bool = True, only_by_hand: bool = False
) -> Definition:
    condition = " WHEN (pg_trigger_depth() = 0)" if only_by_hand else ""
    level = "ROW" if row else "STATEMENT"
    sql = f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {level}{condition} EXECUTE FUNCTION {function}()"
    return Definition("trigger", name, table, sql)


def _by_hand(table: str, name: str, when: str) -> Definition:
    """Refuses the whole statement: a trigger on each row would have PostgreSQL lock it first, a write of its own."""
    return _trigger(table, name, when, "ledger_only_by_transfer", row=False, only_by_hand=True)


def _append_only(table: str) -> Definition:
    when = "BEFORE DELETE OR UPDATE OR TRUNCATE"
    return _trigger(table, f"{table}_append_only", when, "ledger_append_only", row=False)


_ACCOUNT = "ledger_account"
DEFINITIONS: tuple[Definition, ...] = (
    Definition("function", "ledger_append_only", _ACCOUNT, APPEND_ONLY),
    Definition("function", "ledger_only_by_transfer", _ACCOUNT, ONLY_BY_TRANSFER),
    Definition("function", "ledger_apply", _ACCOUNT, APPLY),
    Definition("function", "ledger_limit_apply", _ACCOUNT, LIMIT_APPLY),
    Definition("function", "ledger_carry", _ACCOUNT, CARRY),
    Definition("function", "ledger_close", _ACCOUNT, CLOSE),
    Definition("function", "ledger_lock", _ACCOUNT, LOCK),
    Definition("path", "ledger_search_path", _ACCOUNT, PIN_PATH),
    _by_hand(_ACCOUNT, "ledger_account_update", "BEFORE UPDATE"),
    _trigger(_ACCOUNT, "ledger_account_delete", "BEFORE DELETE OR TRUNCATE", "ledger_append_only", row=False),
    Definition(
        "trigger",
        "ledger_account_insert",
        _ACCOUNT,
        "CREATE TRIGGER ledger_account_insert BEFORE INSERT ON ledger_account FOR EACH ROW"
        " WHEN (NEW.posted <> 0 OR NEW.held <> 0 OR NEW.seq <> 0 OR NEW.state <> 'open'"
        " OR NEW.batched AND coalesce(NEW.floor, NEW.ceiling) IS NOT NULL)"
        " EXECUTE FUNCTION ledger_only_by_transfer()",
    ),
    _trigger("transfer", "transfer_apply", "AFTER INSERT", "ledger_apply"),
    _trigger("entry", "entry_carry", "BEFORE INSERT", "ledger_carry", only_by_hand=True),
    _by_hand("daybook", "daybook_by_hand", "BEFORE INSERT OR DELETE"),
    _trigger("daybook", "daybook_append_only", "BEFORE UPDATE OR TRUNCATE", "ledger_append_only", row=False),
    _trigger("ledger_closing", "ledger_closing_in_order", "BEFORE INSERT", "ledger_close"),
    _trigger("ledger_limit_change", "ledger_limit_change_apply", "AFTER INSERT", "ledger_limit_apply"),
    *(
        _append_only(table)
        for table in ("transfer", "entry", "seal", "seal_leaf", "ledger_limit_change", "ledger_closing")
    ),
)
