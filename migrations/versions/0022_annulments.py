"""Suspicions against credited visits: the hearing, the decision, the appeal.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TERRITORY = sa.String(15).with_variant(sa.String(15, collation="C"), "postgresql")
FIRST = {"tb.hearing_days": 7, "tb.suspicion_days": 90, "tb.appeal_days": 15}
ADD = """
INSERT INTO parameter (key, scope, valid_from, value, source, is_assumption, created_at)
SELECT :key, '', min(valid_from), {value}, 'Assumption, no source seen', TRUE, min(created_at)
FROM parameter WHERE scope = '' HAVING count(*) > 0
"""


def upgrade() -> None:
    _case()
    op.create_table(
        "annulled_visit",
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("visit_id", sa.Integer, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True)),
        sa.Column("restored_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("case_id", "visit_id", name="pk_annulled_visit"),
        sa.CheckConstraint("minutes >= 0", name="minutes_not_negative"),
        sa.ForeignKeyConstraint(["case_id"], ["annulment_case.id"], name="fk_annulled_visit_case_id_annulment_case"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_annulled_visit_visit_id_visit"),
    )
    op.create_index("ix_annulled_visit_visit_id", "annulled_visit", ["visit_id"])
    op.create_table(
        "annulment_step",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer),
        sa.Column("actor_name", sa.String(80), nullable=False),
        sa.Column("to_state", sa.String(32), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_annulment_step"),
        sa.ForeignKeyConstraint(["case_id"], ["annulment_case.id"], name="fk_annulment_step_case_id_annulment_case"),
    )
    op.create_index("ix_annulment_step_case_id", "annulment_step", ["case_id"])
    postgresql = op.get_bind().dialect.name == "postgresql"
    for key, value in FIRST.items():
        add = ADD.format(value=f"CAST('{value}' AS json)" if postgresql else f"'{value}'")
        op.get_bind().execute(sa.text(add), {"key": key})


def _case() -> None:
    op.create_table(
        "annulment_case",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("volunteer_id", sa.Integer, nullable=False),
        sa.Column("scheme_id", sa.Integer, nullable=False),
        sa.Column("territory_code", TERRITORY, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Integer),
        sa.Column("opened_name", sa.String(80), nullable=False),
        sa.Column("hold_id", sa.Uuid),
        sa.Column("hold_until", sa.DateTime(timezone=True)),
        sa.Column("held_minutes", sa.Integer, nullable=False),
        sa.Column("answer_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Integer),
        sa.Column("decided_name", sa.String(80), nullable=False),
        sa.Column("finding", sa.String(300), nullable=False),
        sa.Column("state_before", sa.String(32)),
        sa.Column("barred_until", sa.Date),
        sa.Column("appeal_until", sa.DateTime(timezone=True)),
        sa.Column("appeal", sa.Text, nullable=False),
        sa.Column("appealed_at", sa.DateTime(timezone=True)),
        sa.Column("re_examined_at", sa.DateTime(timezone=True)),
        sa.Column("re_examined_by", sa.Integer),
        sa.Column("re_finding", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_annulment_case"),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> opened_by", name="two_decide"),
        sa.CheckConstraint(
            "re_examined_by IS NULL OR (re_examined_by <> opened_by AND re_examined_by <> decided_by)",
            name="three_re_examine",
        ),
        sa.CheckConstraint("held_minutes >= 0", name="held_not_negative"),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.person_id"], name="fk_annulment_case_volunteer_id_volunteer"
        ),
        sa.ForeignKeyConstraint(["scheme_id"], ["scheme.id"], name="fk_annulment_case_scheme_id_scheme"),
    )
    for column in ("volunteer_id", "territory_code", "state"):
        op.create_index(f"ix_annulment_case_{column}", "annulment_case", [column])


def downgrade() -> None:
    op.get_bind().execute(
        sa.text("DELETE FROM parameter WHERE key IN :keys").bindparams(
            sa.bindparam("keys", list(FIRST), expanding=True)
        )
    )
    op.drop_table("annulment_step")
    op.drop_table("annulled_visit")
    op.drop_table("annulment_case")
