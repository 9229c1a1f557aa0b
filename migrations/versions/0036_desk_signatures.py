"""Members sign on the screen of the desk, for goods and for care."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_signature",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("redemption_id", sa.Integer),
        sa.Column("request_id", sa.Integer),
        sa.Column("strokes", sa.Text, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desk_signature"),
        sa.CheckConstraint("(redemption_id IS NULL) <> (request_id IS NULL)", name="one_matter"),
        sa.UniqueConstraint("redemption_id", name="uq_desk_signature_redemption_id"),
        sa.UniqueConstraint("request_id", name="uq_desk_signature_request_id"),
        sa.ForeignKeyConstraint(
            ["redemption_id"], ["redemption.id"], name="fk_desk_signature_redemption_id_redemption"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["service_request.id"], name="fk_desk_signature_request_id_service_request"
        ),
    )
    op.drop_column("redemption", "signature")  # nothing was ever written there


def downgrade() -> None:
    op.add_column("redemption", sa.Column("signature", sa.Text))
    op.drop_table("desk_signature")
