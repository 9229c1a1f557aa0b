"""Accounts carried in batches, the daybook, months that are closed, and a second person who agrees."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FOLDER = Path(__file__).resolve().parent.parent / "sql" / revision


def upgrade() -> None:
    _run("up")


def downgrade() -> None:
    """Raises RuntimeError while postings wait in the daybook: they would be lost."""
    if op.get_bind().exec_driver_sql("SELECT count(*) FROM daybook").scalar():
        raise RuntimeError("Postings still wait in the daybook. Carry them first: flask --app wsgi ledger seal --all")
    _run("down")


def _run(direction: str) -> None:
    """Sends the statements for the database at hand as they stand: a % in them is a %."""
    connection = op.get_bind()
    file = FOLDER / f"{direction}.{connection.dialect.name}.sql"
    for statement in file.read_text(encoding="utf-8").split("-- next\n"):
        connection.exec_driver_sql(statement.strip(), execution_options={"no_parameters": True})
