"""First value of how much further than they said helpers may be asked to walk, where an installation has its rules.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = "tb.ask_further_m"
ADD = """
INSERT INTO parameter (key, scope, valid_from, value, source, is_assumption, created_at)
SELECT :key, '', min(valid_from), {value}, 'Assumption, no source seen', TRUE, min(created_at)
FROM parameter WHERE scope = '' HAVING count(*) > 0
"""


def upgrade() -> None:
    value = "CAST('1000' AS json)" if op.get_bind().dialect.name == "postgresql" else "'1000'"
    op.get_bind().execute(sa.text(ADD.format(value=value)), {"key": KEY})


def downgrade() -> None:
    op.get_bind().execute(sa.text("DELETE FROM parameter WHERE key = :key"), {"key": KEY})
