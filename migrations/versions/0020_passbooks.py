"""Paper passbooks and the measures of their pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from timebank.core.types import TERRITORY

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FIRST = {
    "tb.passbook_pages": 16,
    "tb.passbook_rows": 20,
    "tb.passbook_first_row": 1,
    "tb.passbook_row_height": 70,
    "tb.passbook_top": 200,
    "tb.passbook_left": 80,
    "tb.passbook_width": 1250,
    "tb.passbook_height": 1760,
}
ADD = """
INSERT INTO parameter (key, scope, valid_from, value, source, is_assumption, created_at)
SELECT :key, '', min(valid_from), {value}, 'Assumption, no source seen', TRUE, min(created_at)
FROM parameter WHERE scope = '' HAVING count(*) > 0
"""
IN_USE = sa.text("ended_at IS NULL")
NEW = sa.text("kind = 'new'")


def upgrade() -> None:
    op.create_table(
        "passbook",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("territory_code", TERRITORY, nullable=False),
        sa.Column("tenant_id", sa.Integer, nullable=False),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("opening_seq", sa.BigInteger, nullable=False),
        sa.Column("opening_balance", sa.BigInteger, nullable=False),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("pages", "rows", "first_row", "row_height", "top", "left", "width", "height", "printed_rows")
        ),
        sa.Column("printed_seq", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Integer),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_passbook"),
        sa.UniqueConstraint("tenant_id", "account_id", "number", name="uq_passbook_number"),
        sa.CheckConstraint("opening_seq <= printed_seq", name="printed_after_opening"),
        sa.CheckConstraint("printed_rows >= 0", name="rows_not_negative"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_passbook_person_id_person"),
    )
    op.create_index("ix_passbook_person_id", "passbook", ["person_id"])
    op.create_index(
        "uq_passbook_in_use",
        "passbook",
        ["tenant_id", "account_id"],
        unique=True,
        sqlite_where=IN_USE,
        postgresql_where=IN_USE,
    )
    op.create_table(
        "passbook_print",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("passbook_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("first_row", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("after_seq", sa.BigInteger, nullable=False),
        sa.Column("last_seq", sa.BigInteger, nullable=False),
        sa.Column("balance", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printed_by", sa.Integer),
        sa.Column("printer_name", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_passbook_print"),
        sa.CheckConstraint("rows > 0", name="rows_positive"),
        sa.CheckConstraint("after_seq <= last_seq", name="forward"),
        sa.CheckConstraint("kind <> 'again' OR reason <> ''", name="reason_given"),
        sa.ForeignKeyConstraint(["passbook_id"], ["passbook.id"], name="fk_passbook_print_passbook_id_passbook"),
    )
    op.create_index("ix_passbook_print_passbook_id", "passbook_print", ["passbook_id"])
    op.create_index(
        "uq_passbook_print_row",
        "passbook_print",
        ["passbook_id", "first_row"],
        unique=True,
        sqlite_where=NEW,
        postgresql_where=NEW,
    )
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
    op.drop_table("passbook_print")
    op.drop_table("passbook")
