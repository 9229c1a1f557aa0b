"""Letters on paper: who wants them, the print queue, the piles; where the envelope has its window."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from timebank.core.types import TERRITORY

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

FIRST = {
    "tb.letter_window_left": 200,
    "tb.letter_window_top": 450,
    "tb.letter_window_width": 850,
    "tb.letter_window_height": 400,
}
ADD = """
INSERT INTO parameter (key, scope, valid_from, value, source, is_assumption, created_at)
SELECT :key, '', min(valid_from), {value}, 'Assumption, no source seen', TRUE, min(created_at)
FROM parameter WHERE scope = '' HAVING count(*) > 0
"""


def upgrade() -> None:
    op.create_table(
        "letter_wish",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("way", sa.String(16)),
        sa.Column("large", sa.Boolean, nullable=False),
        sa.Column("set_by", sa.Integer),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_letter_wish"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_letter_wish_person_id_person"),
    )
    op.create_table(
        "letter_run",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("territory_code", TERRITORY, nullable=False),
        sa.Column("large", sa.Boolean, nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printed_by", sa.Integer),
        sa.Column("printer_name", sa.String(80), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True)),
        sa.Column("posted_by", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_letter_run"),
    )
    op.create_index("ix_letter_run_territory", "letter_run", ["territory_code", "id"])
    op.create_table(
        "paper_letter",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("notice_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("is_copy", sa.Boolean, nullable=False),
        sa.Column("territory_code", TERRITORY, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("run_id", sa.Integer),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_paper_letter"),
        sa.UniqueConstraint("notice_id", "person_id", name="uq_paper_letter_once"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_paper_letter_notice_id_notice"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_paper_letter_person_id_person"),
        sa.ForeignKeyConstraint(["run_id"], ["letter_run.id"], name="fk_paper_letter_run_id_letter_run"),
    )
    op.create_index("ix_paper_letter_queue", "paper_letter", ["territory_code", "state"])
    op.create_index("ix_paper_letter_person_id", "paper_letter", ["person_id"])
    op.create_index("ix_paper_letter_run_id", "paper_letter", ["run_id"])
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
    op.drop_table("paper_letter")
    op.drop_table("letter_run")
    op.drop_table("letter_wish")
