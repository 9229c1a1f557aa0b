"""Two people who are not sent to each other again; how the transfers of a visit were reckoned.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OPEN = sa.text("ended_at IS NULL")
VISIT = sa.table(
    "visit", sa.column("id", sa.Integer), sa.column("postings", sa.JSON), sa.column("credit_explained", sa.JSON)
)


def upgrade() -> None:
    op.create_table(
        "blocked_pair",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("helper_id", sa.Integer, nullable=False),
        sa.Column("recipient_id", sa.Integer, nullable=False),
        sa.Column("asked_by", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("visit_id", sa.Integer),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by", sa.Integer),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Integer),
        sa.Column("end_reason", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_blocked_pair"),
        sa.CheckConstraint("helper_id <> recipient_id", name="two_people"),
        sa.ForeignKeyConstraint(["helper_id"], ["person.id"], name="fk_blocked_pair_helper_id_person"),
        sa.ForeignKeyConstraint(["recipient_id"], ["person.id"], name="fk_blocked_pair_recipient_id_person"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_blocked_pair_visit_id_visit"),
    )
    op.create_index("ix_blocked_pair_recipient_id", "blocked_pair", ["recipient_id"])
    op.create_index(
        "uq_blocked_pair_open",
        "blocked_pair",
        ["helper_id", "recipient_id", "asked_by"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    transfers = op.create_table(
        "visit_transfer",
        sa.Column("transfer_id", sa.Uuid, nullable=False),
        sa.Column("visit_id", sa.Integer, nullable=False),
        sa.Column("reversal", sa.Boolean, nullable=False),
        sa.Column("explained", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("transfer_id", name="pk_visit_transfer"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_visit_transfer_visit_id_visit"),
    )
    op.create_index("ix_visit_transfer_visit_id", "visit_transfer", ["visit_id"])
    _remember(transfers)


def _remember(transfers: sa.Table) -> None:
    """The credits made so far keep the reckoning that stands on their visit."""
    connection = op.get_bind()
    for visit_id, postings, explained in connection.execute(sa.select(VISIT)).all():
        rows = [
            {"transfer_id": uuid.UUID(made), "visit_id": visit_id, "reversal": False, "explained": explained}
            for made in (postings or {}).values()
        ]
        if rows and explained:
            connection.execute(transfers.insert(), rows)


def downgrade() -> None:
    op.drop_table("visit_transfer")
    op.drop_table("blocked_pair")
