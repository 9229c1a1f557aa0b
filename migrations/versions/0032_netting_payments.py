"""What time banks owe each other is paid: payments and their steps; the rules of paying and of hours to begin with.

Revision ID: 0032
Revises: 0031
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

FIRST = {"tb.netting_way": "hours", "tb.netting_days": 30, "tb.welcome_for": ["volunteers"]}
ADD = """
INSERT INTO parameter (key, scope, valid_from, value, source, is_assumption, created_at)
SELECT :key, '', min(valid_from), {value}, 'Assumption, no source seen', TRUE, min(created_at)
FROM parameter WHERE scope = '' HAVING count(*) > 0
"""
STANDS = sa.text("state NOT IN ('declined', 'undone')")


def upgrade() -> None:
    op.create_table(
        "netting_payment",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("pair_id", sa.Integer, nullable=False),
        sa.Column("way", sa.String(32), nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("transfers", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_netting_payment"),
        sa.CheckConstraint("minutes > 0", name="minutes_positive"),
        sa.ForeignKeyConstraint(["pair_id"], ["netted_pair.id"], name="fk_netting_payment_pair_id_netted_pair"),
    )
    op.create_index("ix_netting_payment_pair_id", "netting_payment", ["pair_id"])
    op.create_index(
        "uq_netting_payment_live",
        "netting_payment",
        ["pair_id"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    op.create_table(
        "netting_step",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("payment_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("account_id", sa.Integer),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_netting_step"),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["netting_payment.id"], name="fk_netting_step_payment_id_netting_payment"
        ),
    )
    op.create_index("ix_netting_step_payment_id", "netting_step", ["payment_id"])
    _first_values()


def _first_values() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for key, value in FIRST.items():
        written = json.dumps(value)
        add = ADD.format(value=f"CAST('{written}' AS json)" if postgresql else f"'{written}'")
        op.get_bind().execute(sa.text(add), {"key": key})


def downgrade() -> None:
    """Raises RuntimeError while payments stand in the books: without their record their months were owed again."""
    stands = "SELECT count(*) FROM netting_payment WHERE state IN ('paid', 'confirmed', 'objected')"
    if op.get_bind().execute(sa.text(stands)).scalar():
        raise RuntimeError("Payments between time banks stand in the books. Undo them first, under “Settling up”.")
    op.get_bind().execute(
        sa.text("DELETE FROM parameter WHERE key IN :keys").bindparams(
            sa.bindparam("keys", list(FIRST), expanding=True)
        )
    )
    op.drop_table("netting_step")
    op.drop_table("netting_payment")
