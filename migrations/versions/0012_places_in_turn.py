"""PostgreSQL: simultaneous edits of a volunteer's home, reach or territory take turns, so that none keeps old facts.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STEPS = ", ".join(f"substr(v.territory_code, 1, {digits})" for digits in (15, 12, 9, 6, 4, 2))
BELOW = "v.territory_code >= NEW.code AND v.territory_code < NEW.code || '~' AND (p.lat IS NULL OR p.lon IS NULL)"
TURN = 0x91ACE
PERSON = "PERFORM 1 FROM person p WHERE p.id = NEW.person_id FOR NO KEY UPDATE; "
SHARED = f"PERFORM pg_advisory_xact_lock_shared({TURN}); "
ALONE = f"PERFORM pg_advisory_xact_lock({TURN}); "
FUNCTIONS = (
    ("volunteer_place_volunteer_insert", "v.person_id = NEW.person_id", PERSON + SHARED),
    ("volunteer_place_volunteer_update", "v.person_id = NEW.person_id", PERSON + SHARED),
    ("volunteer_place_person_update", "v.person_id = NEW.id", SHARED),
    ("volunteer_place_territory_update", BELOW, ALONE),
)


def upgrade() -> None:
    for name, which, first in FUNCTIONS:
        _replace(name, first + _keep(which))


def downgrade() -> None:
    for name, which, _first in FUNCTIONS:
        _replace(name, _keep(which))


def _replace(name: str, statements: str) -> None:
    if op.get_bind().dialect.name == "sqlite":  # has one writer at a time
        return
    body = f"$$ BEGIN {statements}; RETURN NULL; END $$"
    op.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS {body}")


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
