-- Splits the table of entries into one for each city.  As the owner of the tables, on a PostgreSQL that is backed up:
--     psql --set ON_ERROR_STOP=1 -d timebank -f docs/partition-entry.sql
--     flask --app wsgi db grant NAME && flask --app wsgi ledger verify
-- Nobody can post while it runs (about a minute for ten million entries).  A city that comes later goes into entry_other.
BEGIN;
LOCK TABLE transfer, entry IN ACCESS EXCLUSIVE MODE;

ALTER TABLE entry RENAME TO entry_whole;
ALTER TABLE entry_whole RENAME CONSTRAINT pk_entry TO pk_entry_whole;
ALTER TABLE entry_whole RENAME CONSTRAINT uq_entry_transfer TO uq_entry_whole;

CREATE TABLE entry (
  LIKE entry_whole,
  CONSTRAINT pk_entry PRIMARY KEY (tenant_id, account_id, seq),
  CONSTRAINT uq_entry_transfer UNIQUE (tenant_id, transfer_id, account_id)
) PARTITION BY LIST (tenant_id);
CREATE TABLE entry_other PARTITION OF entry DEFAULT;
DO $$
DECLARE
  city integer;
BEGIN
  FOR city IN SELECT DISTINCT tenant_id FROM ledger_account ORDER BY tenant_id LOOP
    EXECUTE format('CREATE TABLE entry_%s PARTITION OF entry FOR VALUES IN (%s)', city, city);
  END LOOP;
END $$;
INSERT INTO entry SELECT * FROM entry_whole;

-- The guards.  PostgreSQL gives the trigger on rows to each part by itself, the one on statements it does not.
CREATE TRIGGER entry_carry BEFORE INSERT ON entry FOR EACH ROW WHEN (pg_trigger_depth() = 0)
  EXECUTE FUNCTION ledger_carry();
CREATE TRIGGER entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON entry FOR EACH STATEMENT
  EXECUTE FUNCTION ledger_append_only();
DO $$
DECLARE
  part regclass;
BEGIN
  FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'entry'::regclass LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON %s FOR EACH STATEMENT'
      ' EXECUTE FUNCTION ledger_append_only()', part);
  END LOOP;
END $$;

DROP TABLE entry_whole;
COMMIT;
ANALYZE entry;
