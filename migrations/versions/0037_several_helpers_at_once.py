"""Requests say how many helpers are needed at once; the visits of one occasion know each other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

WITH = sa.text("together IS NOT NULL")
COUNT = "INTEGER DEFAULT 1 NOT NULL CONSTRAINT ck_service_request_helpers_needed CHECK (helpers_needed BETWEEN 1 AND 3)"


def upgrade() -> None:
    op.execute(f"ALTER TABLE service_request ADD COLUMN helpers_needed {COUNT}")  # SQLite adds no constraint later
    op.add_column("visit", sa.Column("together", sa.Uuid))
    op.add_column("visit", sa.Column("window_from", sa.DateTime(timezone=True)))
    op.add_column("visit", sa.Column("window_until", sa.DateTime(timezone=True)))
    op.create_index("ix_visit_together", "visit", ["together"], sqlite_where=WITH, postgresql_where=WITH)


def downgrade() -> None:
    op.drop_index("ix_visit_together", table_name="visit")
    for name in ("window_until", "window_from", "together"):
        op.drop_column("visit", name)
    op.drop_column("service_request", "helpers_needed")
