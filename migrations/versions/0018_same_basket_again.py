"""First value of how long the same basket again is asked about, where an installation has its rules.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEY = "tb.same_again_minutes"
ADD = """
INSERT INTO parameter (key, scope, valid_from, value, source, is_assumption, created_at)
SELECT :key, '', min(valid_from), {value}, 'Assumption, no source seen', TRUE, min(created_at)
FROM parameter WHERE scope = '' HAVING count(*) > 0
"""


def upgrade() -> None:
    value = "CAST('15' AS json)" if op.get_bind().dialect.name == "postgresql" else "'15'"
    op.get_bind().execute(sa.text(ADD.format(value=value)), {"key": KEY})


def downgrade() -> None:
    op.get_bind().execute(sa.text("DELETE FROM parameter WHERE key = :key"), {"key": KEY})
