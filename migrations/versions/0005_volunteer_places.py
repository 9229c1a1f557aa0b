"""Where volunteers live and how far they walk, kept in step by triggers; ratings of a helper by an index.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FAR = sa.text("reach_m > 2600")
RATED = sa.text("rating IS NOT NULL")
STEPS = ", ".join(f"substr(v.territory_code, 1, {digits})" for digits in (15, 12, 9, 6, 4, 2))
BELOW = "v.territory_code >= NEW.code AND v.territory_code < NEW.code || '~' AND (p.lat IS NULL OR p.lon IS NULL)"
TRIGGERS = (
    ("volunteer", "INSERT", "v.person_id = NEW.person_id"),
    ("volunteer", "UPDATE OF max_distance_m, territory_code", "v.person_id = NEW.person_id"),
    ("person", "UPDATE OF lat, lon", "v.person_id = NEW.id"),
    ("territory", "UPDATE OF lat, lon", BELOW),
)


def _home(column: str) -> str:
    return (
        f"CASE WHEN p.lat IS NOT NULL AND p.lon IS NOT NULL THEN p.{column} ELSE "  # noqa: S608 - fixed names
        f"(SELECT t.{column} FROM territory t WHERE t.code IN ({STEPS}) AND t.lat IS NOT NULL "
        f"ORDER BY length(t.code) DESC LIMIT 1) END"
    )


def _keep(which: str) -> str:
    return (
        "INSERT INTO volunteer_place (person_id, lat, lon, reach_m) "  # noqa: S608 - fixed names
        f"SELECT v.person_id, {_home('lat')}, {_home('lon')}, v.max_distance_m "
        f"FROM volunteer v JOIN person p ON p.id = v.person_id WHERE {which} "
        "ON CONFLICT (person_id) DO UPDATE SET lat = excluded.lat, lon = excluded.lon, reach_m = excluded.reach_m"
    )


def upgrade() -> None:
    op.create_table(
        "volunteer_place",
        sa.Column("person_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("lat", sa.Double),
        sa.Column("lon", sa.Double),
        sa.Column("reach_m", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_volunteer_place"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["volunteer.person_id"],
            name="fk_volunteer_place_person_id_volunteer",
            ondelete="CASCADE",
        ),
    )
    columns = ["lat", "lon", "reach_m"]
    op.create_index("ix_volunteer_place_near", "volunteer_place", columns)
    op.create_index("ix_volunteer_place_far", "volunteer_place", columns, sqlite_where=FAR, postgresql_where=FAR)
    rated = ["volunteer_id", "rating"]
    op.create_index("ix_visit_volunteer_rating", "visit", rated, sqlite_where=RATED, postgresql_where=RATED)
    op.execute(_keep("1 = 1"))
    for table, event, which in TRIGGERS:
        _trigger(f"volunteer_place_{table}_{event[:6].lower()}", table, event, _keep(which))


def _trigger(name: str, table: str, event: str, statement: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {statement}; END")
        return
    body = f"$$ BEGIN {statement}; RETURN NULL; END $$"
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS {body}")
    op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    for table, event, _which in TRIGGERS:
        name = f"volunteer_place_{table}_{event[:6].lower()}"
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_index("ix_visit_volunteer_rating", "visit")
    op.drop_table("volunteer_place")
