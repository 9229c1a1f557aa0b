"""Changes to places and to who answers for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import insert, select, update

from timebank.core import audit, clock, hooks
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db, transaction
from timebank.core.errors import NotFound, Refused
from timebank.territory import divisions, queries
from timebank.territory.divisions import Place
from timebank.territory.models import Duty, Level, Responsibility, Territory
from timebank.territory.rules import is_code, level_of, next_grid, parent_of, valid_point

MANAGE = "territory.manage"
CHUNK = 500
T = TypeVar("T")
NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class NewDuty:
    """Who takes a duty for a place, from a day, until a day (None: open)."""

    territory_code: str
    duty: Duty
    person_id: int
    phone: str
    starts_on: date
    ends_on: date | None = None


NOBODY_YET = 0  # of a duty whose person is looked for by name


@transaction
def ensure(places: Iterable[Place | tuple[str, str]]) -> dict[str, int]:
    """Makes the places known: adds what is missing, renames what is called otherwise, removes nothing.

    Coordinates are set where given.  Returns counts `read, created, renamed, unchanged`.
    Raises `Refused("bad_division_code")` or `Refused("parent_missing")`.
    """
    wanted = divisions.wide_first(item if isinstance(item, Place) else Place(*item) for item in places)
    known = _known([place.code for place in wanted] + [parent_of(p.code) or p.code for p in wanted if is_code(p.code)])
    _check(wanted, set(known))
    new = [_row(place) for place in wanted if place.code not in known]
    for level in Level:  # wide ones first: the foreign key to the parent is checked row by row
        for rows in _chunks([row for row in new if row["level"] == level]):
            db.session.execute(insert(Territory), rows)
    old = [place for place in wanted if place.code in known]
    renamed = [place for place in old if known[place.code][0] != place.name]
    moved = [place for place in old if place.lat is not None and known[place.code][1:] != (place.lat, place.lon)]
    for place in {item.code: item for item in (*renamed, *moved)}.values():
        _change(place)
    return {
        "read": len(wanted),
        "created": len(new),
        "renamed": len(renamed),
        "unchanged": len(old) - len(renamed),
    }


def _check(wanted: list[Place], known: set[str]) -> None:
    for place in wanted:
        if not is_code(place.code):
            raise Refused("bad_division_code", field="code", given=place.code)
        above = parent_of(place.code)
        if above and above not in known:
            raise Refused("parent_missing", field="code", given=place.code, parent=above)
        known.add(place.code)


def _known(codes: list[str]) -> dict[str, tuple[str, float | None, float | None]]:
    found: dict[str, tuple[str, float | None, float | None]] = {}
    for part in _chunks(sorted(set(codes))):
        rows = select(Territory.code, Territory.name, Territory.lat, Territory.lon).where(Territory.code.in_(part))
        found.update({row.code: (row.name, row.lat, row.lon) for row in db.session.execute(rows)})
    return found


def _row(place: Place) -> dict[str, Any]:
    return {
        "code": place.code,
        "name": place.name[:NAME_LENGTH],
        "level": level_of(place.code),
        "parent_code": parent_of(place.code),
        "lat": place.lat,
        "lon": place.lon,
    }


def _change(place: Place) -> None:
    values: dict[str, Any] = {"name": place.name[:NAME_LENGTH]}
    if place.lat is not None:
        values |= {"lat": place.lat, "lon": place.lon}
    db.session.execute(update(Territory).where(Territory.code == place.code).values(values))


def _chunks(items: list[T]) -> Iterable[list[T]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


@transaction
def import_divisions(actor: Actor, directory: Path) -> dict[str, int]:
    """Reads the published division files; only adds and renames.  The same files again change nothing.

    Needs `territory.manage` for everywhere.  Raises what `divisions.read` and `ensure` raise.
    """
    actor.require(MANAGE, "")
    counts = ensure(divisions.read(directory))
    audit.record(actor, "import.territory", "territory", "", "", **counts)
    hooks.fire("divisions_imported")
    return counts


def _territory(code: str) -> Territory:
    row = db.session.get(Territory, code)
    if row is None:
        raise NotFound("territory")
    return row


@command
def add_grid(actor: Actor, community: str, name: str, *, key: str | None = None) -> str:
    """Divides a community: a new grid with the lowest free number (C2).  Returns its 15-digit code.

    Raises `Refused("not_a_community" | "name_missing_place" | "grids_full")`.
    """
    actor.require(MANAGE, community)
    if _territory(community).level != Level.COMMUNITY:
        raise Refused("not_a_community")
    if not name.strip():
        raise Refused("name_missing_place", field="name")
    taken = frozenset(db.session.scalars(select(Territory.code).where(Territory.parent_code == community)))
    code = next_grid(taken, community)
    if code is None:
        raise Refused("grids_full", field="name")
    db.session.add(Territory(code=code, name=name.strip()[:NAME_LENGTH], level=Level.GRID, parent_code=community))
    audit.record(actor, "add.grid", "territory", code, code, name=name.strip())
    return code


@command
def rename(actor: Actor, code: str, name: str, *, key: str | None = None) -> str:
    """Gives a grid another name; published places keep the published one.

    Raises `Refused("name_missing_place" | "published_name")`.
    """
    actor.require(MANAGE, code)
    place = _territory(code)
    if place.level != Level.GRID:
        raise Refused("published_name", field="name")
    if not name.strip():
        raise Refused("name_missing_place", field="name")
    audit.record(actor, "rename.territory", "territory", code, code, before=place.name, after=name.strip())
    place.name = name.strip()[:NAME_LENGTH]
    return code


@command
def set_point(actor: Actor, code: str, lat: float | None, lon: float | None, *, key: str | None = None) -> str:
    """Sets where a place is (WGS 84 degrees; None and None: unknown): addresses without a point of their own use it.

    Raises `Refused("bad_point")`.
    """
    actor.require(MANAGE, code)
    place = _territory(code)
    if not valid_point(lat, lon):
        raise Refused("bad_point", field="lat")
    place.lat, place.lon = lat, lon
    audit.record(actor, "locate.territory", "territory", code, code, lat=lat, lon=lon)
    return code


def give_duty(actor: Actor, who: str, new: NewDuty, *, key: str | None = None) -> int:
    """As `set_responsible`, for the one person whom `who` means (member number, phone or full name).

    Raises also `Refused("nobody_fits" | "several_people_fit")`.
    """
    actor.require(MANAGE, new.territory_code)
    return set_responsible(actor, replace(new, person_id=queries.person_meant(actor, who)), key=key)


@command
def set_responsible(actor: Actor, new: NewDuty, *, key: str | None = None) -> int:
    """Gives somebody a duty for a place from a day (J09, J31).  Returns its number.

    Raises `Refused("duty_ends_before_start" | "has_duty")`.
    """
    actor.require(MANAGE, new.territory_code)
    _territory(new.territory_code)
    if new.ends_on and new.ends_on < new.starts_on:
        raise Refused("duty_ends_before_start", field="ends_on")
    if _overlaps(new):
        raise Refused("has_duty", field="person_id")
    row = Responsibility(
        territory_code=new.territory_code,
        duty=new.duty,
        person_id=new.person_id,
        phone=new.phone.strip()[:32],
        starts_on=new.starts_on,
        ends_on=new.ends_on,
    )
    db.session.add(row)
    db.session.flush()
    code = new.territory_code
    audit.record(actor, "give.duty", "territory", code, code, duty=new.duty, to=new.person_id)
    return row.id


def _overlaps(new: NewDuty) -> bool:
    rows = db.session.scalars(
        select(Responsibility).where(
            Responsibility.territory_code == new.territory_code,
            Responsibility.duty == new.duty,
            Responsibility.person_id == new.person_id,
        )
    )
    last = new.ends_on or date.max
    return any(row.starts_on <= last and (row.ends_on or date.max) >= new.starts_on for row in rows)


@command
def end_responsibility(actor: Actor, duty_id: int, last_day: date | None = None, *, key: str | None = None) -> int:
    """Ends a duty with its last day (None: today).  Raises `Refused("duty_ends_before_start")`."""
    row = db.session.get(Responsibility, duty_id)
    if row is None:
        raise NotFound("duty")
    actor.require(MANAGE, row.territory_code)
    last = last_day or clock.today()
    if last < row.starts_on:
        raise Refused("duty_ends_before_start", field="last_day")
    row.ends_on = last
    code = row.territory_code
    audit.record(actor, "end.duty", "territory", code, code, duty=row.duty, of=row.person_id)
    return row.id
