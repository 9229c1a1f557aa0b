"""Emergencies: the visit made for each and the plan that looks for a helper; first values of their rules.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TERRITORY = sa.String(15).with_variant(sa.String(15, collation="C"), "postgresql")
FIRST = {"tb.emergency_within_minutes": 120, "tb.emergency_answer_minutes": 10}
ADD = """
INSERT INTO parameter (key, scope, valid_from, value, source, is_assumption, created_at)
SELECT :key, '', min(valid_from), {value}, 'Assumption, no source seen', TRUE, min(created_at)
FROM parameter WHERE scope = '' HAVING count(*) > 0
"""


def upgrade() -> None:
    op.create_table(
        "emergency",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("visit_id", sa.Integer, nullable=False),
        sa.Column("plan_id", sa.Integer),
        sa.Column("territory_code", TERRITORY, nullable=False),
        sa.Column("called_by", sa.Integer),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_emergency"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_emergency_visit_id_visit"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_emergency_plan_id_plan"),
        sa.UniqueConstraint("visit_id", name="uq_emergency_visit_id"),
    )
    op.create_index("ix_emergency_plan_id", "emergency", ["plan_id"])
    postgresql = op.get_bind().dialect.name == "postgresql"
    for key, value in FIRST.items():
        add = ADD.format(value=f"CAST('{value}' AS json)" if postgresql else f"'{value}'")
        op.get_bind().execute(sa.text(add), {"key": key})


def downgrade() -> None:
    op.drop_table("emergency")
    op.get_bind().execute(
        sa.text("DELETE FROM parameter WHERE key IN :keys").bindparams(
            sa.bindparam("keys", list(FIRST), expanding=True)
        )
    )
