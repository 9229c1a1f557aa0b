"""What a desk enters while it has no line.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from timebank.core.types import TERRITORY

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_intention",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("client_key", sa.String(100), nullable=False),
        sa.Column("desk_id", sa.Integer, nullable=False),
        sa.Column("territory_code", TERRITORY, nullable=False),
        sa.Column("clerk_id", sa.Integer, nullable=False),
        sa.Column("clerk_name", sa.String(80), nullable=False),
        sa.Column("member", sa.String(200), nullable=False),
        sa.Column("person_id", sa.Integer),
        sa.Column("pieces", sa.JSON, nullable=False),
        sa.Column("total_minutes", sa.Integer),
        sa.Column("how", sa.String(32), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("reason_zh", sa.String(400), nullable=False),
        sa.Column("reason_en", sa.String(400), nullable=False),
        sa.Column("redemption_id", sa.Integer),
        sa.Column("closed_by", sa.String(80), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_desk_intention"),
        sa.UniqueConstraint("clerk_id", "client_key", name="desk_intention_once"),
        sa.CheckConstraint("(state = 'done') = (redemption_id IS NOT NULL)", name="done_with_receipt"),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name="fk_desk_intention_desk_id_desk"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_desk_intention_person_id_person"),
        sa.ForeignKeyConstraint(
            ["redemption_id"], ["redemption.id"], name="fk_desk_intention_redemption_id_redemption"
        ),
    )
    op.create_index("ix_desk_intention_desk", "desk_intention", ["desk_id", "state", "id"])
    op.create_index("ix_desk_intention_person_id", "desk_intention", ["person_id"])


def downgrade() -> None:
    op.drop_table("desk_intention")
