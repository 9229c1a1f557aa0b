"""Pictures of goods.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

COLUMNS = {"picture": 32, "picture_alt_zh": 160, "picture_alt_en": 160}


def upgrade() -> None:
    for name, length in COLUMNS.items():
        op.add_column("goods_item", sa.Column(name, sa.String(length), nullable=False, server_default=""))
    op.create_table(
        "goods_picture",
        sa.Column("item_id", sa.Integer, nullable=False),
        sa.Column("large", sa.LargeBinary, nullable=False),
        sa.Column("small", sa.LargeBinary, nullable=False),
        sa.Column("set_by", sa.Integer),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name="pk_goods_picture"),
        sa.ForeignKeyConstraint(["item_id"], ["goods_item.id"], name="fk_goods_picture_item_id_goods_item"),
    )


def downgrade() -> None:
    op.drop_table("goods_picture")
    for name in COLUMNS:
        op.drop_column("goods_item", name)
