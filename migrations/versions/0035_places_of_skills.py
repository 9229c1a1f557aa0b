"""Where each skill is to be had: homes and reach of helpers once for each service, kept in step by triggers.

Revision ID: 0035
Revises: 0034
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

TIER = (
    "(CASE WHEN lat IS NULL OR lon IS NULL THEN 5 WHEN reach_m <= 600 THEN 0 WHEN reach_m <= 1300 THEN 1"
    " WHEN reach_m <= 2600 THEN 2 WHEN reach_m <= 5200 THEN 3 ELSE 4 END)"
)
BAND = "(CAST(lat * 200 AS INTEGER))"
FILL = (
    "INSERT INTO skill_place (person_id, service_code, lat, lon, reach_m) "
    "SELECT p.person_id, s.service_code, p.lat, p.lon, p.reach_m "
    "FROM volunteer_place p JOIN volunteer_skill s ON s.volunteer_id = p.person_id"
)
OFFERED = (
    "INSERT INTO skill_place (person_id, service_code, lat, lon, reach_m) "
    "SELECT person_id, NEW.service_code, lat, lon, reach_m FROM volunteer_place WHERE person_id = NEW.volunteer_id"
)
MOVED = "UPDATE skill_place SET lat = NEW.lat, lon = NEW.lon, reach_m = NEW.reach_m WHERE person_id = NEW.person_id"
# PostgreSQL: whoever adds a skill waits for a place that changes (migration 0012 says how the others wait)
WAIT = (
    "PERFORM 1 FROM person p WHERE p.id = NEW.volunteer_id FOR NO KEY UPDATE; "
    f"PERFORM pg_advisory_xact_lock_shared({0x91ACE}); "
)
TRIGGERS = (
    ("skill_place_volunteer_skill_insert", "volunteer_skill", "INSERT", OFFERED, WAIT),
    ("skill_place_volunteer_place_update", "volunteer_place", "UPDATE", MOVED, ""),
)


def upgrade() -> None:
    op.create_table(
        "skill_place",
        sa.Column("person_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("service_code", sa.String(32), nullable=False),
        sa.Column("lat", sa.Double),
        sa.Column("lon", sa.Double),
        sa.Column("reach_m", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "service_code", name="pk_skill_place"),
        sa.ForeignKeyConstraint(
            ["person_id", "service_code"],
            ["volunteer_skill.volunteer_id", "volunteer_skill.service_code"],
            name="fk_skill_place_volunteer_skill",
            ondelete="CASCADE",
        ),
    )
    op.execute(FILL)
    square = ["service_code", sa.text(TIER), sa.text(BAND), "lon", "lat", "reach_m", "person_id"]
    op.create_index("ix_skill_place_square", "skill_place", square)
    for name, table, event, statement, first in TRIGGERS:
        _trigger(name, table, event, statement, first)


def _trigger(name: str, table: str, event: str, statement: str, first: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {statement}; END")
        return
    body = f"$$ BEGIN {first}{statement}; RETURN NULL; END $$"
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS {body}")
    op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    for name, table, *_ in TRIGGERS:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("skill_place")
