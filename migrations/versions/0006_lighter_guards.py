"""PostgreSQL: what a trigger makes sure of needs no foreign key and no check that costs every posting its time.

SQLite reads its checks once for each statement that it keeps; nothing changes there.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FOLDER = Path(__file__).resolve().parent.parent / "sql" / revision


def upgrade() -> None:
    _run("up")


def downgrade() -> None:
    _run("down")


def _run(direction: str) -> None:
    """Sends the statements as they stand: a % in them is a %."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        return
    file = FOLDER / f"{direction}.{connection.dialect.name}.sql"
    for statement in file.read_text(encoding="utf-8").split("-- next\n"):
        connection.exec_driver_sql(statement.strip(), execution_options={"no_parameters": True})
