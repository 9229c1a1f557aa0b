"""How much of an article one person may have; goods that go from desk to desk.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "goods_limit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("item_id", sa.Integer, nullable=False),
        sa.Column("pieces", sa.Integer, nullable=False),
        sa.Column("period", sa.String(32), nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("set_by", sa.Integer),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_goods_limit"),
        sa.UniqueConstraint("item_id", "valid_from", name="goods_limit_once_a_day"),
        sa.CheckConstraint("pieces >= 0", name="pieces_not_negative"),
        sa.ForeignKeyConstraint(["item_id"], ["goods_item.id"], name="fk_goods_limit_item_id_goods_item"),
    )
    op.create_table(
        "shelf_transfer",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("from_desk_id", sa.Integer, nullable=False),
        sa.Column("to_desk_id", sa.Integer, nullable=False),
        sa.Column("item_id", sa.Integer, nullable=False),
        sa.Column("pieces", sa.Integer, nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Integer),
        sa.Column("sent_name", sa.String(80), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True)),
        sa.Column("received_pieces", sa.Integer),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("received_by", sa.Integer),
        sa.Column("received_name", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shelf_transfer"),
        sa.CheckConstraint("from_desk_id <> to_desk_id", name="two_desks"),
        sa.CheckConstraint("pieces > 0", name="pieces_positive"),
        sa.CheckConstraint("received_pieces >= 0", name="received_not_negative"),
        sa.CheckConstraint("(received_at IS NULL) = (received_pieces IS NULL)", name="received_whole"),
        sa.CheckConstraint("received_pieces IS NULL OR received_pieces = pieces OR reason <> ''", name="reason_given"),
        sa.ForeignKeyConstraint(["from_desk_id"], ["desk.id"], name="fk_shelf_transfer_from_desk_id_desk"),
        sa.ForeignKeyConstraint(["to_desk_id"], ["desk.id"], name="fk_shelf_transfer_to_desk_id_desk"),
        sa.ForeignKeyConstraint(["item_id"], ["goods_item.id"], name="fk_shelf_transfer_item_id_goods_item"),
    )
    op.create_index("ix_shelf_transfer_to", "shelf_transfer", ["to_desk_id", "id"])
    op.create_index("ix_shelf_transfer_from", "shelf_transfer", ["from_desk_id", "id"])
    op.add_column("goods_batch", sa.Column("shelf_transfer_id", sa.Integer))
    op.create_index("ix_goods_batch_shelf_transfer_id", "goods_batch", ["shelf_transfer_id"])


def downgrade() -> None:
    op.drop_index("ix_goods_batch_shelf_transfer_id", "goods_batch")
    op.drop_column("goods_batch", "shelf_transfer_id")
    op.drop_table("shelf_transfer")
    op.drop_table("goods_limit")
