"""Gifts to relatives, hours given from the community pot, and who chose where hours above the cap go.

Revision ID: 0015
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

TERRITORY = sa.String(15).with_variant(sa.String(15, collation="C"), "postgresql")
FIRST = {"tb.gift_check_days": 30}
ADD = """
INSERT INTO parameter (key, scope, valid_from, value, source, is_assumption, created_at)
SELECT :key, '', min(valid_from), {value}, 'Assumption, no source seen', TRUE, min(created_at)
FROM parameter WHERE scope = '' HAVING count(*) > 0
"""


def upgrade() -> None:
    _hour_gift()
    op.create_table(
        "pot_gift",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("scheme_id", sa.Integer, nullable=False),
        sa.Column("territory_code", TERRITORY, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("is_key_elder", sa.Boolean, nullable=False),
        sa.Column("passed_over", sa.Integer, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.Integer),
        sa.Column("transfer_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pot_gift"),
        sa.CheckConstraint("minutes > 0", name="minutes_positive"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_pot_gift_person_id_person"),
        sa.ForeignKeyConstraint(["scheme_id"], ["scheme.id"], name="fk_pot_gift_scheme_id_scheme"),
    )
    for column in ("person_id", "scheme_id", "territory_code"):
        op.create_index(f"ix_pot_gift_{column}", "pot_gift", [column])
    op.add_column("volunteer", sa.Column("overflow_choice", sa.String(32)))
    postgresql = op.get_bind().dialect.name == "postgresql"
    for key, value in FIRST.items():
        add = ADD.format(value=f"CAST('{value}' AS json)" if postgresql else f"'{value}'")
        op.get_bind().execute(sa.text(add), {"key": key})


def _hour_gift() -> None:
    op.create_table(
        "hour_gift",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("giver_id", sa.Integer, nullable=False),
        sa.Column("receiver_id", sa.Integer, nullable=False),
        sa.Column("scheme_id", sa.Integer, nullable=False),
        sa.Column("territory_code", TERRITORY, nullable=False),
        sa.Column("relation", sa.String(16), nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer),
        sa.Column("hold_id", sa.Uuid, nullable=False),
        sa.Column("hold_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proof", sa.String(32)),
        sa.Column("proof_note", sa.String(200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Integer),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("transfer_id", sa.Uuid),
        sa.PrimaryKeyConstraint("id", name="pk_hour_gift"),
        sa.CheckConstraint("minutes > 0", name="minutes_positive"),
        sa.CheckConstraint("giver_id <> receiver_id", name="two_people"),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="two_accounts"),
        sa.ForeignKeyConstraint(["giver_id"], ["person.id"], name="fk_hour_gift_giver_id_person"),
        sa.ForeignKeyConstraint(["receiver_id"], ["person.id"], name="fk_hour_gift_receiver_id_person"),
        sa.ForeignKeyConstraint(["scheme_id"], ["scheme.id"], name="fk_hour_gift_scheme_id_scheme"),
    )
    op.create_index("ix_hour_gift_giver_id", "hour_gift", ["giver_id"])
    op.create_index("ix_hour_gift_receiver_id", "hour_gift", ["receiver_id"])
    op.create_index("ix_hour_gift_territory_state", "hour_gift", ["territory_code", "state"])


def downgrade() -> None:
    op.get_bind().execute(
        sa.text("DELETE FROM parameter WHERE key IN :keys").bindparams(
            sa.bindparam("keys", list(FIRST), expanding=True)
        )
    )
    op.drop_column("volunteer", "overflow_choice")
    op.drop_table("pot_gift")
    op.drop_table("hour_gift")
