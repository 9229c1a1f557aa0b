"""First values of the rules of matching, where an installation has its rules already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FIRST = {
    "tb.visits_a_day": 4,
    "tb.caregiver_max_distance_m": 500,
    "tb.weight_urgent": 3,
    "tb.weight_partial_care": 1,
    "tb.weight_full_care": 2,
    "tb.weight_lives_alone": 1,
}
ADD = """
INSERT INTO parameter (key, scope, valid_from, value, source, is_assumption, created_at)
SELECT :key, '', min(valid_from), {value}, 'Assumption, no source seen', TRUE, min(created_at)
FROM parameter WHERE scope = '' HAVING count(*) > 0
"""


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for key, value in FIRST.items():
        add = ADD.format(value=f"CAST('{value}' AS json)" if postgresql else f"'{value}'")
        op.get_bind().execute(sa.text(add), {"key": key})


def downgrade() -> None:
    op.get_bind().execute(
        sa.text("DELETE FROM parameter WHERE key IN :keys").bindparams(
            sa.bindparam("keys", list(FIRST), expanding=True)
        )
    )
