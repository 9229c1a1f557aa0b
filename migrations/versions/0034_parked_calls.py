"""Several calls parked by one colleague, each until its time is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

KEY = "tb.call_draft_days"
DAYS = 2
ADD = """
INSERT INTO parameter (key, scope, valid_from, value, source, is_assumption, created_at)
SELECT :key, '', min(valid_from), {value}, 'Assumption, no source seen', TRUE, min(created_at)
FROM parameter WHERE scope = '' HAVING count(*) > 0
"""
MOVE = """
INSERT INTO parked_call (account_id, form_key, typed, kept_at, expires_at)
SELECT account_id, 'before', typed, kept_at, :until FROM call_draft
"""


def upgrade() -> None:
    op.create_table(
        "parked_call",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("form_key", sa.String(64), nullable=False),
        sa.Column("typed", sa.LargeBinary, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_parked_call"),
        sa.UniqueConstraint("account_id", "form_key", name="uq_parked_call_once"),
    )
    op.create_index("ix_parked_call_expires_at", "parked_call", ["expires_at"])
    until = sa.bindparam("until", datetime.now(UTC) + timedelta(days=DAYS), sa.DateTime(timezone=True))
    op.get_bind().execute(sa.text(MOVE).bindparams(until))
    op.drop_index("ix_call_draft_kept_at", "call_draft")
    op.drop_table("call_draft")
    add = ADD.format(value=f"CAST('{DAYS}' AS json)" if op.get_bind().dialect.name == "postgresql" else f"'{DAYS}'")
    op.get_bind().execute(sa.text(add), {"key": KEY})


def downgrade() -> None:
    op.get_bind().execute(sa.text("DELETE FROM parameter WHERE key = :key"), {"key": KEY})
    op.create_table(
        "call_draft",
        sa.Column("account_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("typed", sa.LargeBinary, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_call_draft"),
    )
    op.create_index("ix_call_draft_kept_at", "call_draft", ["kept_at"])
    op.drop_index("ix_parked_call_expires_at", "parked_call")
    op.drop_table("parked_call")
