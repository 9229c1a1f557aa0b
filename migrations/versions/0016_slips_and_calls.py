"""Codes on paper slips, by which way a visit was reported, and drafts of calls that are being taken.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visit", sa.Column("code_round", sa.Integer, nullable=False, server_default="0"))
    op.add_column("visit_event", sa.Column("channel", sa.String(16), nullable=False, server_default=""))
    op.create_table(
        "call_draft",
        sa.Column("account_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("typed", sa.LargeBinary, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_call_draft"),
    )
    op.create_index("ix_call_draft_kept_at", "call_draft", ["kept_at"])


def downgrade() -> None:
    op.drop_table("call_draft")
    op.drop_column("visit_event", "channel")
    op.drop_column("visit", "code_round")
