"""What the time banks of a city owe each other, month by month.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "netted_month",
        sa.Column("tenant", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("netted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "month", name="pk_netted_month"),
    )
    op.create_table(
        "netted_pair",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("tenant", sa.Integer, nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("debtor_id", sa.Integer, nullable=False),
        sa.Column("creditor_id", sa.Integer, nullable=False),
        sa.Column("forward_minutes", sa.Integer, nullable=False),
        sa.Column("back_minutes", sa.Integer, nullable=False),
        sa.Column("by_purpose", sa.JSON, nullable=False),
        sa.Column("transfer_id", sa.Uuid),
        sa.PrimaryKeyConstraint("id", name="pk_netted_pair"),
        sa.UniqueConstraint("tenant", "month", "debtor_id", "creditor_id", name="netted_pair_once_a_month"),
        sa.CheckConstraint("debtor_id <> creditor_id", name="two_schemes"),
        sa.CheckConstraint("forward_minutes >= back_minutes", name="debtor_owes"),
        sa.ForeignKeyConstraint(["debtor_id"], ["scheme.id"], name="fk_netted_pair_debtor_id_scheme"),
        sa.ForeignKeyConstraint(["creditor_id"], ["scheme.id"], name="fk_netted_pair_creditor_id_scheme"),
    )
    op.create_index("ix_netted_pair_month", "netted_pair", ["month"])


def downgrade() -> None:
    op.drop_table("netted_pair")
    op.drop_table("netted_month")
