"""First values of what may stand on a poster, where an installation has its rules already."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

GROUPS = ["cleaning", "cooking", "culture", "laundry", "meals", "outing", "reading", "shopping", "training"]
FIRST = {"tb.poster_days": 14, "tb.poster_groups": GROUPS}
ADD = """
INSERT INTO parameter (key, scope, valid_from, value, source, is_assumption, created_at)
SELECT :key, '', min(valid_from), {value}, 'Assumption, no source seen', TRUE, min(created_at)
FROM parameter WHERE scope = '' HAVING count(*) > 0
"""


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for key, value in FIRST.items():
        text = f"'{json.dumps(value)}'"
        add = ADD.format(value=f"CAST({text} AS json)" if postgresql else text)
        op.get_bind().execute(sa.text(add), {"key": key})


def downgrade() -> None:
    op.get_bind().execute(
        sa.text("DELETE FROM parameter WHERE key IN :keys").bindparams(
            sa.bindparam("keys", list(FIRST), expanding=True)
        )
    )
