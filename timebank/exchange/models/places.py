"""Where volunteers live and how far they walk, in one narrow table with an index that finds those around a point.

The database itself keeps it in step with the registry, the territory and the volunteers (triggers), whoever writes
there: a search among all helpers of a city must not depend on somebody remembering to tell it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core.audit import after_create
from timebank.core.db import Model

__all__ = ["BAND", "BANDS_A_DEGREE", "TIER", "TIERS_M", "UNPLACED", "SkillPlace", "VolunteerPlace"]

# The index finds homes in a square: bands of latitude some 550 m wide, in each the longitudes.  Who walks less is
# looked for in a smaller square, so there is one part (tier) for each reach up to so many metres on foot, then those
# beyond, then the homes nobody knows.
TIERS_M = (600, 1300, 2600, 5200)
UNPLACED = len(TIERS_M) + 1
BANDS_A_DEGREE = 200
TIER = (
    "(CASE WHEN lat IS NULL OR lon IS NULL THEN 5 WHEN reach_m <= 600 THEN 0 WHEN reach_m <= 1300 THEN 1"
    " WHEN reach_m <= 2600 THEN 2 WHEN reach_m <= 5200 THEN 3 ELSE 4 END)"
)
BAND = "(CAST(lat * 200 AS INTEGER))"  # PostgreSQL rounds, SQLite cuts off


class VolunteerPlace(Model):
    """Home (WGS 84 degrees; the community's point where the person has none; NULL where that has none) and reach."""

    __tablename__ = "volunteer_place"
    __table_args__ = (Index("ix_volunteer_place_square", text(TIER), text(BAND), "lon", "lat", "reach_m"),)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("volunteer.person_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    reach_m: Mapped[int]  # = volunteer.max_distance_m


class SkillPlace(Model):
    """The same once for each service that the helper offers: who looks for a cook passes over nobody else."""

    __tablename__ = "skill_place"
    __table_args__ = (
        ForeignKeyConstraint(
            ["person_id", "service_code"],
            ["volunteer_skill.volunteer_id", "volunteer_skill.service_code"],
            ondelete="CASCADE",
            name="fk_skill_place_volunteer_skill",
        ),
        Index("ix_skill_place_square", "service_code", text(TIER), text(BAND), "lon", "lat", "reach_m", "person_id"),
    )

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    service_code: Mapped[str] = mapped_column(String(32), primary_key=True)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    reach_m: Mapped[int]


_STEPS = ", ".join(f"substr(v.territory_code, 1, {digits})" for digits in (15, 12, 9, 6, 4, 2))


def _home(column: str) -> str:
    """As `territory.queries.home_of`: a grid without a point falls back to its community, and so on up."""
    return (
        f"CASE WHEN p.lat IS NOT NULL AND p.lon IS NOT NULL THEN p.{column} ELSE "  # noqa: S608 - fixed names
        f"(SELECT t.{column} FROM territory t WHERE t.code IN ({_STEPS}) AND t.lat IS NOT NULL "
        f"ORDER BY length(t.code) DESC LIMIT 1) END"
    )


def _keep(which: str) -> str:
    return (
        "INSERT INTO volunteer_place (person_id, lat, lon, reach_m) "  # noqa: S608 - fixed names
        f"SELECT v.person_id, {_home('lat')}, {_home('lon')}, v.max_distance_m "
        f"FROM volunteer v JOIN person p ON p.id = v.person_id WHERE {which} "
        "ON CONFLICT (person_id) DO UPDATE SET lat = excluded.lat, lon = excluded.lon, reach_m = excluded.reach_m"
    )


_BELOW = "v.territory_code >= NEW.code AND v.territory_code < NEW.code || '~' AND (p.lat IS NULL OR p.lon IS NULL)"

# PostgreSQL: a place is made of facts of three tables, which two transactions may change at the same time.  Whoever
# comes second waits for the first here, before reading, and so sees what it wrote; the person's own update holds the
# row already.  A territory's point waits for everybody, everybody for it.
TURN = 0x91ACE  # number of the advisory lock
_PERSON = "PERFORM 1 FROM person p WHERE p.id = NEW.person_id FOR NO KEY UPDATE; "
_SHARED = f"PERFORM pg_advisory_xact_lock_shared({TURN}); "
_ALONE = f"PERFORM pg_advisory_xact_lock({TURN}); "

_OFFERED = (
    "INSERT INTO skill_place (person_id, service_code, lat, lon, reach_m) "
    "SELECT person_id, NEW.service_code, lat, lon, reach_m FROM volunteer_place WHERE person_id = NEW.volunteer_id"
)
_MOVED = "UPDATE skill_place SET lat = NEW.lat, lon = NEW.lon, reach_m = NEW.reach_m WHERE person_id = NEW.person_id"

# (table, what happens there, what is then written, whom PostgreSQL waits for first).  A place that changes holds its
# person already, or all of them; whoever adds a skill meanwhile waits for it.
STEPS = (
    (VolunteerPlace, "volunteer", "INSERT", _keep("v.person_id = NEW.person_id"), _PERSON + _SHARED),
    (
        VolunteerPlace,
        "volunteer",
        "UPDATE OF max_distance_m, territory_code",
        _keep("v.person_id = NEW.person_id"),
        _PERSON + _SHARED,
    ),
    (VolunteerPlace, "person", "UPDATE OF lat, lon", _keep("v.person_id = NEW.id"), _SHARED),
    (VolunteerPlace, "territory", "UPDATE OF lat, lon", _keep(_BELOW), _ALONE),
    (SkillPlace, "volunteer_skill", "INSERT", _OFFERED, _PERSON.replace("person_id", "volunteer_id") + _SHARED),
    (SkillPlace, "volunteer_place", "UPDATE", _MOVED, ""),
)

_skill_place: Any = SkillPlace.__table__
_skill_place.add_is_dependent_on(VolunteerPlace.__table__)  # has a trigger there

for _kept, _table, _event, _statement, _first in STEPS:
    _name = f"{_kept.__tablename__}_{_table}_{_event[:6].lower()}"
    after_create(
        _kept.__table__, "sqlite", f"CREATE TRIGGER {_name} AFTER {_event} ON {_table} BEGIN {_statement}; END"
    )
    after_create(
        _kept.__table__,
        "postgresql",
        f"CREATE FUNCTION {_name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {_first}{_statement}; RETURN NULL; END $$",
    )
    after_create(
        _kept.__table__,
        "postgresql",
        f"CREATE TRIGGER {_name} AFTER {_event} ON {_table} FOR EACH ROW EXECUTE FUNCTION {_name}()",
    )
