"""The whole schema of version 1.0, as SQL for each database (docs/decisions/0004)."""

from __future__ import annotations

import re
from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FOLDER = Path(__file__).resolve().parent.parent / "sql" / revision


def statements() -> list[str]:
    """The statements for the database at hand, in order."""
    file = FOLDER / f"{op.get_bind().dialect.name}.sql"
    return [part.strip() for part in file.read_text(encoding="utf-8").split("-- next\n")]


def upgrade() -> None:
    for statement in statements():
        run(statement)


def downgrade() -> None:
    script = "\n".join(statements())
    cascade = " CASCADE" if op.get_bind().dialect.name == "postgresql" else ""
    for table in reversed(re.findall(r"^CREATE TABLE (\w+|\"\w+\")", script, re.MULTILINE)):
        run(f"DROP TABLE {table}{cascade}")
    for function in dict.fromkeys(re.findall(r"FUNCTION (\w+)\(\) RETURNS trigger", script)):
        run(f"DROP FUNCTION IF EXISTS {function}() CASCADE")


def run(statement: str) -> None:
    """Sends the statement as it stands: a % in it is a %."""
    op.get_bind().exec_driver_sql(statement, execution_options={"no_parameters": True})
