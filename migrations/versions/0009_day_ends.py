"""The end of a desk's day, signed by two; goods compared with hours once a day.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAME = "desk_day_closing"
GUARDS = {
    "sqlite": [
        f"CREATE TRIGGER {NAME}_no_{verb.lower()} BEFORE {verb} ON {NAME} "
        f"BEGIN SELECT RAISE(ABORT, '{NAME} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        (
            f"CREATE FUNCTION {NAME}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{NAME} is append-only'; END $$"
        ),
        (
            f"CREATE TRIGGER {NAME}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {NAME} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {NAME}_append_only()"
        ),
    ],
}
# Goods that came back before batches were written down lie on the one batch that the shelf had then.
OLD_RETURNS = """UPDATE redemption_return_line SET batch_id = (SELECT min(t.batch_id) FROM redemption_take t
WHERE t.line_id = redemption_return_line.line_id) WHERE transfer_id IS NOT NULL AND batch_id IS NULL"""


def upgrade() -> None:
    op.create_table(
        "desk_day_count",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("desk_id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("expected", sa.JSON, nullable=False),
        sa.Column("counted", sa.JSON, nullable=False),
        sa.Column("clerk_id", sa.Integer),
        sa.Column("clerk_name", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desk_day_count"),
        sa.UniqueConstraint("desk_id", "day", name="desk_day_count_once"),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name="fk_desk_day_count_desk_id_desk"),
    )
    op.create_table(
        NAME,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("desk_id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("first_id", sa.Integer, nullable=False),
        sa.Column("first_name", sa.String(80), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_id", sa.Integer, nullable=False),
        sa.Column("second_name", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desk_day_closing"),
        sa.UniqueConstraint("desk_id", "day", name="desk_day_closing_once"),
        sa.CheckConstraint("second_id <> first_id", name="two_people"),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name="fk_desk_day_closing_desk_id_desk"),
    )
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)
    op.create_table(
        "goods_reckoning",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("scheme_id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("sink_minutes", sa.Integer, nullable=False),
        sa.Column("receipts_minutes", sa.Integer, nullable=False),
        sa.Column("shelf_pieces", sa.Integer, nullable=False),
        sa.Column("shelf_minutes", sa.Integer, nullable=False),
        sa.Column("findings", sa.JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_goods_reckoning"),
        sa.UniqueConstraint("scheme_id", "day", name="goods_reckoning_once"),
        sa.ForeignKeyConstraint(["scheme_id"], ["scheme.id"], name="fk_goods_reckoning_scheme_id_scheme"),
    )
    op.execute(OLD_RETURNS)


def downgrade() -> None:
    op.drop_table("goods_reckoning")
    op.drop_table(NAME)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION {NAME}_append_only()")
    op.drop_table("desk_day_count")
