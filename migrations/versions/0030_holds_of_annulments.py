"""Cases about hours that may not be true: what could not be taken back yet is on hold again and again.

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("annulment_case", sa.Column("hold_no", sa.Integer, nullable=False, server_default="0"))
    op.execute("UPDATE annulment_case SET hold_no = 1 WHERE hold_until IS NOT NULL")


def downgrade() -> None:
    op.drop_column("annulment_case", "hold_no")
