"""PostgreSQL: that a batched account opens without limits is said without brackets, which selfcheck overlooks."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BEGINS_EMPTY = "NEW.posted <> 0 OR NEW.held <> 0 OR NEW.seq <> 0 OR NEW.state <> 'open'"


def upgrade() -> None:
    _run("NEW.batched AND coalesce(NEW.floor, NEW.ceiling) IS NOT NULL")


def downgrade() -> None:
    _run("(NEW.batched AND (NEW.floor IS NOT NULL OR NEW.ceiling IS NOT NULL))")


def _run(without_limits: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute("DROP TRIGGER ledger_account_insert ON ledger_account")
    op.execute(
        "CREATE TRIGGER ledger_account_insert BEFORE INSERT ON ledger_account FOR EACH ROW"
        f" WHEN ({BEGINS_EMPTY} OR {without_limits}) EXECUTE FUNCTION ledger_only_by_transfer()"
    )
