"""Batches on shelves: what came in together, until when it is used, which receipt took it.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What stood on a shelf before belongs to no delivery: it keeps its account, as a batch without a day.
OLD_SHELVES = """INSERT INTO goods_batch
(desk_id, item_id, account_id, source_kind, source, pieces, arrived_at, created_at)
SELECT desk_id, item_id, account_id, 'found', '', 0, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM desk_stock"""
OLD_LINES = """INSERT INTO redemption_take (line_id, batch_id, pieces, returned, transfer_id)
SELECT l.id, b.id, l.quantity, l.returned, l.transfer_id FROM redemption_line l
JOIN redemption r ON r.id = l.redemption_id
JOIN goods_batch b ON b.desk_id = r.desk_id AND b.item_id = l.item_id WHERE l.transfer_id IS NOT NULL"""
OLD_MOVES = """UPDATE stock_move SET batch_id = (SELECT b.id FROM goods_batch b
WHERE b.desk_id = stock_move.desk_id AND b.item_id = stock_move.item_id)"""
BACK = """UPDATE redemption_line SET transfer_id =
(SELECT t.transfer_id FROM redemption_take t WHERE t.line_id = redemption_line.id ORDER BY t.id LIMIT 1)"""


def upgrade() -> None:
    op.create_table(
        "goods_batch",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("desk_id", sa.Integer, nullable=False),
        sa.Column("item_id", sa.Integer, nullable=False),
        sa.Column("account_id", sa.BigInteger),
        sa.Column("source_kind", sa.String(32), nullable=False),
        sa.Column("source", sa.String(120), nullable=False),
        sa.Column("pieces", sa.Integer, nullable=False),
        sa.Column("expires_on", sa.Date),
        sa.Column("arrived_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_goods_batch"),
        sa.UniqueConstraint("account_id", name="goods_batch_account"),
        sa.CheckConstraint("pieces >= 0", name="pieces_not_negative"),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name="fk_goods_batch_desk_id_desk"),
        sa.ForeignKeyConstraint(["item_id"], ["goods_item.id"], name="fk_goods_batch_item_id_goods_item"),
    )
    op.create_index("ix_goods_batch_shelf", "goods_batch", ["desk_id", "item_id"])
    op.create_index("ix_goods_batch_item_id", "goods_batch", ["item_id"])
    op.create_table(
        "redemption_take",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("line_id", sa.Integer, nullable=False),
        sa.Column("batch_id", sa.Integer, nullable=False),
        sa.Column("pieces", sa.Integer, nullable=False),
        sa.Column("returned", sa.Integer, nullable=False),
        sa.Column("transfer_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_redemption_take"),
        sa.UniqueConstraint("line_id", "batch_id", name="redemption_take_once"),
        sa.CheckConstraint("pieces > 0", name="pieces_positive"),
        sa.CheckConstraint("returned BETWEEN 0 AND pieces", name="returned_within_pieces"),
        sa.ForeignKeyConstraint(["line_id"], ["redemption_line.id"], name="fk_redemption_take_line_id_redemption_line"),
        sa.ForeignKeyConstraint(["batch_id"], ["goods_batch.id"], name="fk_redemption_take_batch_id_goods_batch"),
    )
    op.create_index("ix_redemption_take_batch_id", "redemption_take", ["batch_id"])
    op.add_column("desk_stock", sa.Column("low_stock", sa.Integer))
    op.add_column("stock_move", sa.Column("batch_id", sa.Integer))
    op.create_index("ix_stock_move_batch_id", "stock_move", ["batch_id"])
    op.add_column("redemption_return_line", sa.Column("batch_id", sa.Integer))
    for statement in (OLD_SHELVES, OLD_LINES, OLD_MOVES):
        op.execute(statement)
    op.drop_column("redemption_line", "transfer_id")


def downgrade() -> None:
    op.add_column("redemption_line", sa.Column("transfer_id", sa.Uuid))
    op.execute(BACK)
    op.drop_column("redemption_return_line", "batch_id")
    op.drop_index("ix_stock_move_batch_id", "stock_move")
    op.drop_column("stock_move", "batch_id")
    op.drop_column("desk_stock", "low_stock")
    op.drop_table("redemption_take")
    op.drop_table("goods_batch")
