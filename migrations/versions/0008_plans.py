"""Plans of days: who could help whom, and who is left over.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TERRITORY = sa.String(15).with_variant(sa.String(15, collation="C"), "postgresql")


def upgrade() -> None:
    _plan()
    op.create_table(
        "planned_visit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("plan_id", sa.Integer, nullable=False),
        sa.Column("visit_id", sa.Integer, nullable=False),
        sa.Column("volunteer_id", sa.Integer, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pinned", sa.Boolean, nullable=False),
        sa.Column("by_hand", sa.Boolean, nullable=False),
        sa.Column("promised_to", sa.Integer),
        sa.Column("promised_at", sa.DateTime(timezone=True)),
        sa.Column("accepted_by", sa.Integer),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.Column("offer_id", sa.Integer),
        sa.Column("refusal", sa.JSON),
        sa.PrimaryKeyConstraint("id", name="pk_planned_visit"),
        sa.UniqueConstraint("plan_id", "visit_id", name="planned_visit_once"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        sa.CheckConstraint("(promised_to IS NULL) = (promised_at IS NULL)", name="promise"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_planned_visit_plan_id_plan"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_planned_visit_visit_id_visit"),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.person_id"], name="fk_planned_visit_volunteer_id_volunteer"
        ),
        sa.ForeignKeyConstraint(
            ["promised_to"], ["volunteer.person_id"], name="fk_planned_visit_promised_to_volunteer"
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name="fk_planned_visit_offer_id_offer"),
    )
    op.create_index("ix_planned_visit_helper", "planned_visit", ["plan_id", "volunteer_id"])
    op.create_index("ix_planned_visit_visit_id", "planned_visit", ["visit_id"])
    op.create_index("ix_planned_visit_offer_id", "planned_visit", ["offer_id"])
    op.create_table(
        "unserved_visit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("plan_id", sa.Integer, nullable=False),
        sa.Column("visit_id", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unserved_visit"),
        sa.UniqueConstraint("plan_id", "visit_id", name="unserved_visit_once"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_unserved_visit_plan_id_plan"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_unserved_visit_visit_id_visit"),
    )
    op.create_index("ix_unserved_visit_visit_id", "unserved_visit", ["visit_id"])


def _plan() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("territory_code", TERRITORY, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("seconds", sa.Integer, nullable=False),
        sa.Column("seed", sa.Integer, nullable=False),
        sa.Column("based_on_id", sa.Integer),
        sa.Column("without", sa.JSON, nullable=False),
        sa.Column("may_move", sa.Boolean, nullable=False),
        sa.Column("stop_asked", sa.Boolean, nullable=False),
        sa.Column("lease", sa.String(32), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("created_by", sa.Integer),
        sa.Column("creator_name", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("stage", sa.String(32), nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("waiting", "helpers", "served", "moved")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("weight", "weight_served", "travel_seconds")),
        sa.Column("objective", sa.BigInteger, nullable=False),
        sa.Column("upper_bound", sa.BigInteger),
        sa.Column("recruiting", sa.JSON, nullable=False),
        sa.Column("error", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plan"),
        sa.ForeignKeyConstraint(["based_on_id"], ["plan.id"], name="fk_plan_based_on_id_plan"),
        sa.CheckConstraint("last_day >= first_day", name="days"),
        sa.CheckConstraint("seconds > 0", name="seconds_positive"),
        sa.CheckConstraint("served >= 0 AND served <= waiting", name="served_of_waiting"),
        sa.CheckConstraint("moved >= 0", name="moved_not_negative"),
        sa.CheckConstraint("upper_bound IS NULL OR upper_bound >= objective", name="bound"),
    )
    op.create_index("ix_plan_state", "plan", ["state"])
    op.create_index("ix_plan_territory_day", "plan", ["territory_code", "first_day"])


def downgrade() -> None:
    for table in ("unserved_visit", "planned_visit", "plan"):
        op.drop_table(table)
