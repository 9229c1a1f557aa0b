"""Alarms about visits that nobody has begun, and the first values of their rules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from timebank.core.types import TERRITORY

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

FIRST = {"tb.missed_after_minutes": 20, "tb.missed_escalate_minutes": 30}
ADD = """
INSERT INTO parameter (key, scope, valid_from, value, source, is_assumption, created_at)
SELECT :key, '', min(valid_from), {value}, 'Assumption, no source seen', TRUE, min(created_at)
FROM parameter WHERE scope = '' HAVING count(*) > 0
"""
OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "visit_alarm",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("visit_id", sa.Integer, nullable=False),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("territory_code", TERRITORY, nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("responder_id", sa.Integer),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalate_at", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("closed_by", sa.Integer),
        sa.Column("closed_how", sa.String(24), nullable=False),
        sa.Column("closed_words", sa.String(250), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit_alarm"),
        sa.UniqueConstraint("visit_id", "missed_at", name="uq_visit_alarm_once"),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_how = '')", name="closed_with_a_reason"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_visit_alarm_visit_id_visit"),
        sa.ForeignKeyConstraint(["responder_id"], ["person.id"], name="fk_visit_alarm_responder_id_person"),
    )
    op.create_index("ix_visit_alarm_territory", "visit_alarm", ["territory_code", "closed_at", "missed_at"])
    op.create_index("ix_visit_alarm_open", "visit_alarm", ["escalate_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_visit_alarm_responder_id", "visit_alarm", ["responder_id"])
    op.create_table(
        "visit_alarm_step",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("alarm_id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("place_code", TERRITORY, nullable=False),
        sa.Column("responder_id", sa.Integer),
        sa.Column("actor_name", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit_alarm_step"),
        sa.ForeignKeyConstraint(["alarm_id"], ["visit_alarm.id"], name="fk_visit_alarm_step_alarm_id_visit_alarm"),
        sa.ForeignKeyConstraint(["responder_id"], ["person.id"], name="fk_visit_alarm_step_responder_id_person"),
    )
    op.create_index("ix_visit_alarm_step_alarm_id", "visit_alarm_step", ["alarm_id"])
    op.create_index("ix_visit_alarm_step_responder_id", "visit_alarm_step", ["responder_id"])
    postgresql = op.get_bind().dialect.name == "postgresql"
    for key, value in FIRST.items():
        add = ADD.format(value=f"CAST('{value}' AS json)" if postgresql else f"'{value}'")
        op.get_bind().execute(sa.text(add), {"key": key})


def downgrade() -> None:
    op.get_bind().execute(
        sa.text("DELETE FROM parameter WHERE key IN :keys").bindparams(
            sa.bindparam("keys", list(FIRST), expanding=True)
        )
    )
    op.drop_table("visit_alarm_step")
    op.drop_table("visit_alarm")
