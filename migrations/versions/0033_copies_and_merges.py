"""Notices say whose copy they are; what waits for a merged record remembers where it came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("about_id", sa.Integer))
    op.add_column("notice", sa.Column("merged_from", sa.Integer))
    op.add_column("paper_letter", sa.Column("merged_from", sa.Integer))


def downgrade() -> None:
    op.drop_column("paper_letter", "merged_from")
    op.drop_column("notice", "merged_from")
    op.drop_column("notice", "about_id")
