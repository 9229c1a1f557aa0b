"""Partner organisations that give care: they, the visits given to them, what was settled with them.

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TERRITORY = sa.String(15).with_variant(sa.String(15, collation="C"), "postgresql")
NOT_DECLINED = sa.text("state <> 'declined'")


def upgrade() -> None:
    op.create_table(
        "partner",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name_zh", sa.String(80), nullable=False),
        sa.Column("name_en", sa.String(80), nullable=False),
        sa.Column("registered_no", sa.String(32), nullable=False),
        sa.Column("contact", sa.String(80), nullable=False),
        sa.Column("phone", sa.String(32), nullable=False),
        sa.Column("territory_code", TERRITORY, nullable=False),
        sa.Column("scheme_id", sa.Integer, nullable=False),
        sa.Column("from_day", sa.Date, nullable=False),
        sa.Column("until_day", sa.Date),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_partner"),
        sa.UniqueConstraint("registered_no", "territory_code", name="partner_once_in_a_place"),
        sa.CheckConstraint("until_day IS NULL OR until_day >= from_day", name="until_after_from"),
        sa.ForeignKeyConstraint(["scheme_id"], ["scheme.id"], name="fk_partner_scheme_id_scheme"),
    )
    op.create_index("ix_partner_territory", "partner", ["territory_code", "id"])
    op.create_table(
        "partner_care",
        sa.Column("partner_id", sa.Integer, nullable=False),
        sa.Column("service_code", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("partner_id", "service_code", name="pk_partner_care"),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name="fk_partner_care_partner_id_partner"),
        sa.ForeignKeyConstraint(
            ["service_code"], ["service_type.code"], name="fk_partner_care_service_code_service_type"
        ),
    )
    op.create_table(
        "partner_visit",
        sa.Column("visit_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("partner_id", sa.Integer, nullable=False),
        sa.Column("given_by", sa.Integer),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("visit_id", name="pk_partner_visit"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_partner_visit_visit_id_visit"),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name="fk_partner_visit_partner_id_partner"),
    )
    op.create_index("ix_partner_visit_partner_id", "partner_visit", ["partner_id"])
    _settlements()


def _settlements() -> None:
    op.create_table(
        "partner_settlement",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("partner_id", sa.Integer, nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("invoice_no", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("asked_by", sa.Integer),
        sa.Column("asked_name", sa.String(80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer),
        sa.Column("decided_name", sa.String(80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("answer", sa.String(200), nullable=False),
        sa.Column("transfer_id", sa.Uuid),
        sa.PrimaryKeyConstraint("id", name="pk_partner_settlement"),
        sa.CheckConstraint("minutes > 0", name="minutes_positive"),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name="fk_partner_settlement_partner_id_partner"),
    )
    op.create_index("ix_partner_settlement_partner_id", "partner_settlement", ["partner_id"])
    op.create_index(
        "uq_partner_settlement_month",
        "partner_settlement",
        ["partner_id", "month"],
        unique=True,
        sqlite_where=NOT_DECLINED,
        postgresql_where=NOT_DECLINED,
    )


def downgrade() -> None:
    op.drop_table("partner_settlement")
    op.drop_table("partner_visit")
    op.drop_table("partner_care")
    op.drop_table("partner")
