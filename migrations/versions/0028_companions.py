"""Who came for a member: name, relation, consent, reason; from how much on a second clerk looks then.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

KEY = "tb.companion_second_minutes"
ADD = """
INSERT INTO parameter (key, scope, valid_from, value, source, is_assumption, created_at)
SELECT :key, '', min(valid_from), {value}, 'Assumption, no source seen', TRUE, min(created_at)
FROM parameter WHERE scope = '' HAVING count(*) > 0
"""


def upgrade() -> None:
    op.create_table(
        "companion",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("redemption_id", sa.Integer),
        sa.Column("request_id", sa.Integer),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("relation", sa.String(32), nullable=False),
        sa.Column("consent", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_companion"),
        sa.CheckConstraint("(redemption_id IS NULL) <> (request_id IS NULL)", name="one_matter"),
        sa.ForeignKeyConstraint(["redemption_id"], ["redemption.id"], name="fk_companion_redemption_id_redemption"),
        sa.ForeignKeyConstraint(["request_id"], ["service_request.id"], name="fk_companion_request_id_service_request"),
        sa.UniqueConstraint("redemption_id", name="uq_companion_redemption_id"),
        sa.UniqueConstraint("request_id", name="uq_companion_request_id"),
    )
    value = "CAST('300' AS json)" if op.get_bind().dialect.name == "postgresql" else "'300'"
    op.get_bind().execute(sa.text(ADD.format(value=value)), {"key": KEY})


def downgrade() -> None:
    op.drop_table("companion")
    op.get_bind().execute(sa.text("DELETE FROM parameter WHERE key = :key"), {"key": KEY})
