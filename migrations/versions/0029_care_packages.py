"""Care packages: the catalogue, and what was bought.

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TERRITORY = sa.String(15).with_variant(sa.String(15, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "care_package",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("territory_code", TERRITORY, nullable=False),
        sa.Column("name_zh", sa.String(80), nullable=False),
        sa.Column("name_en", sa.String(80), nullable=False),
        sa.Column("service_code", sa.String(32), nullable=False),
        sa.Column("visits", sa.Integer, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_care_package"),
        sa.CheckConstraint("visits BETWEEN 2 AND 60", name="visits"),
        sa.CheckConstraint("minutes > 0", name="minutes_positive"),
        sa.ForeignKeyConstraint(
            ["service_code"], ["service_type.code"], name="fk_care_package_service_code_service_type"
        ),
    )
    op.create_index("ix_care_package_territory", "care_package", ["territory_code", "id"])
    op.create_table(
        "package_purchase",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("package_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("desk_id", sa.Integer, nullable=False),
        sa.Column("territory_code", TERRITORY, nullable=False),
        sa.Column("request_id", sa.Integer, nullable=False),
        sa.Column("visits", sa.Integer, nullable=False),
        sa.Column("total_minutes", sa.Integer, nullable=False),
        sa.Column("hold_id", sa.Uuid),
        sa.Column("confirmed_how", sa.String(32), nullable=False),
        sa.Column("clerk_name", sa.String(80), nullable=False),
        sa.Column("bought_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_package_purchase"),
        sa.CheckConstraint("total_minutes > 0", name="total_positive"),
        sa.ForeignKeyConstraint(
            ["package_id"], ["care_package.id"], name="fk_package_purchase_package_id_care_package"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_package_purchase_person_id_person"),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name="fk_package_purchase_desk_id_desk"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["service_request.id"], name="fk_package_purchase_request_id_service_request"
        ),
        sa.UniqueConstraint("request_id", name="uq_package_purchase_request_id"),
    )
    op.create_index("ix_package_purchase_package_id", "package_purchase", ["package_id"])
    op.create_index("ix_package_purchase_person_id", "package_purchase", ["person_id"])


def downgrade() -> None:
    op.drop_table("package_purchase")
    op.drop_table("care_package")
