"""Where places are, what they are called and who answers for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, or_, select

from timebank.core import hooks
from timebank.core.authority import Actor
from timebank.core.db import below, db, in_scope
from timebank.core.errors import Refused
from timebank.territory.models import Duty, Level, Responsibility, Territory
from timebank.territory.rules import ancestors, short_name

IN_PATHS = (Level.DISTRICT, Level.STREET, Level.COMMUNITY, Level.GRID)
COUNTY_GROUP = "市辖区"  # the "city" level of the four municipalities carries this name; people say the province's


@dataclass(frozen=True, slots=True)
class TerritoryInfo:
    """A place; `lat`, `lon` in WGS 84 degrees where known."""

    code: str
    name: str
    level: Level
    parent_code: str | None
    lat: float | None = None
    lon: float | None = None

    @property
    def short(self) -> str:
        """The place without its office: 尧新社区."""
        return short_name(self.name)


@dataclass(frozen=True, slots=True)
class ResponsiblePerson:
    """Somebody who answers for a place, from a day, until a day."""

    id: int
    person_id: int
    name: str
    duty: Duty
    phone: str
    territory_code: str
    starts_on: date
    ends_on: date | None


def _info(row: Territory) -> TerritoryInfo:
    return TerritoryInfo(row.code, row.name, row.level, row.parent_code, row.lat, row.lon)


def info(code: str) -> TerritoryInfo | None:
    """The place with this code, or None."""
    row = db.session.get(Territory, code)
    return _info(row) if row else None


def infos(codes: Iterable[str]) -> dict[str, TerritoryInfo]:
    """The places with these codes, one statement; unknown codes are left out."""
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    return {row.code: _info(row) for row in db.session.scalars(select(Territory).where(Territory.code.in_(wanted)))}


def names(codes: Iterable[str]) -> dict[str, str]:
    """Short names by code; an unknown code stands for itself."""
    wanted = set(codes)
    found = infos(wanted)
    return {code: found[code].short if code in found else code for code in wanted}


def path_names(codes: Iterable[str]) -> dict[str, str]:
    """Names from the district down ("栖霞区 尧化街道 尧新社区"), one statement."""
    wanted = set(codes)
    found = infos(step for code in wanted for step in ancestors(code))
    return {code: _path(code, found) for code in wanted}


def local_names(codes: Iterable[str], scopes: Iterable[str]) -> dict[str, str]:
    """Names as somebody says them whose area the scopes are: without the places around it; one statement.

    For a coordinator of 尧化街道: "尧新社区 尧新二网格" (not "栖霞区 尧化街道 尧新社区 …").
    """
    areas = tuple(scopes)
    wanted = set(codes)
    found = infos(step for code in wanted for step in ancestors(code))
    return {
        code: _path(code, found, without=[step for step in ancestors(code)[:-1] if _holds_all(step, areas)])
        for code in wanted
    }


def _holds_all(code: str, areas: Sequence[str]) -> bool:
    return bool(areas) and all(area.startswith(code) for area in areas)


def path_name(code: str) -> str:
    """The name from the district down; of a city or province its own name; "" for everywhere."""
    return path_names([code])[code] if code else ""


def _path(code: str, found: dict[str, TerritoryInfo], without: Sequence[str] = ()) -> str:
    steps = [found[step] for step in ancestors(code) if step in found and step not in without]
    parts = [step.short for step in steps if step.level in IN_PATHS]
    if parts:
        return " ".join(parts)
    proper = [step.name for step in steps if step.name != COUNTY_GROUP]
    return proper[-1] if proper else code


def children(code: str) -> list[TerritoryInfo]:
    """The places directly below (the provinces for ""), by code."""
    parent = Territory.parent_code == code if code else Territory.parent_code.is_(None)
    return [_info(row) for row in db.session.scalars(select(Territory).where(parent).order_by(Territory.code))]


def child_counts(codes: Sequence[str]) -> dict[str, int]:
    """How many places lie directly below each code."""
    parent = Territory.parent_code
    rows = db.session.execute(select(parent, func.count()).where(parent.in_(codes)).group_by(parent))
    return {code: count for code, count in rows if code}


def communities_below(code: str) -> list[TerritoryInfo]:
    """Every community in a place (itself, if it is one), by code."""
    rows = db.session.scalars(
        select(Territory)
        .where(below(Territory.code, code), Territory.level == Level.COMMUNITY)
        .order_by(Territory.code)
    )
    return [_info(row) for row in rows]


def residences(code: str) -> list[TerritoryInfo]:
    """Every community and grid in a place, by code: where people can live."""
    rows = db.session.scalars(
        select(Territory)
        .where(below(Territory.code, code), Territory.level.in_((Level.COMMUNITY, Level.GRID)))
        .order_by(Territory.code)
    )
    return [_info(row) for row in rows]


def grids_of(community: str) -> list[TerritoryInfo]:
    """The grids of a community, by code."""
    return children(community)


def home_of(codes: Iterable[str]) -> dict[str, TerritoryInfo]:
    """The nearest place with coordinates for each code: a grid falls back to its community and so on up."""
    wanted = set(codes)
    found = infos(step for code in wanted for step in ancestors(code))
    homes: dict[str, TerritoryInfo] = {}
    for code in wanted:
        with_point = [found[step] for step in ancestors(code) if step in found and found[step].lat is not None]
        if with_point:
            homes[code] = with_point[-1]
    return homes


def existing(codes: Iterable[str], levels: Sequence[Level] = (Level.COMMUNITY, Level.GRID)) -> frozenset[str]:
    """Those of the codes that are places of the levels."""
    wanted = sorted(set(codes))
    found: set[str] = set()
    for start in range(0, len(wanted), 500):
        chosen = select(Territory.code).where(
            Territory.code.in_(wanted[start : start + 500]), Territory.level.in_(levels)
        )
        found.update(db.session.scalars(chosen))
    return frozenset(found)


def search(text: str, scopes: Iterable[str] = ("",), limit: int = 20) -> list[TerritoryInfo]:
    """Places whose name contains the text or whose code starts with it, inside the scopes; widest first."""
    wanted = text.strip()
    if not wanted:
        return []
    match = or_(Territory.name.contains(wanted, autoescape=True), Territory.code.startswith(wanted, autoescape=True))
    rows = db.session.scalars(
        select(Territory)
        .where(match, in_scope(Territory.code, scopes))
        .order_by(func.length(Territory.code), Territory.code)
        .limit(limit)
    )
    return [_info(row) for row in rows]


def communities_named(text: str) -> list[TerritoryInfo]:
    """Communities of that name or code, and those of a street of that name; at most 40."""
    found: dict[str, TerritoryInfo] = {}
    for place in search(text, ("",), 20):
        inside = [place] if place.level == Level.COMMUNITY else []
        if place.level == Level.STREET:
            inside = communities_below(place.code)
        found |= {each.code: each for each in inside}
    return list(found.values())[:40]


def around(code: str) -> list[TerritoryInfo]:
    """The places that a place lies in, the widest first."""
    found = infos(ancestors(code)[:-1])
    return [found[step] for step in ancestors(code) if step in found]


def person_meant(actor: Actor, text: str) -> int:
    """The one person whom the actor may find by member number, phone or full name.

    Raises `Refused("nobody_fits" | "several_people_fit")`.
    """
    found: list[tuple[int, str, str]] = hooks.ask("find_people", actor=actor, text=text.strip())
    if len(found) != 1:
        names = ", ".join(f"{name} {number}" for _id, name, number in found)
        raise Refused("several_people_fit" if found else "nobody_fits", field="person_id", given=text, names=names)
    return found[0][0]


def responsible(code: str, duty: Duty, on: date) -> list[ResponsiblePerson]:
    """Who does the duty for the place on the day: those of the narrowest place around it that has anybody."""
    rows = [item for item in _duties(ancestors(code)) if item.duty == duty and _holds(item, on)]
    narrowest = max((len(item.territory_code) for item in rows), default=0)
    return [item for item in rows if len(item.territory_code) == narrowest]


def answerable(code: str, on: date) -> list[ResponsiblePerson]:
    """Everybody who answers on the day for the place or for one around it, whatever the duty; two statements."""
    return [item for item in _duties(ancestors(code)) if _holds(item, on)]


def duties_of(code: str) -> list[ResponsiblePerson]:
    """Everybody who answers or answered for exactly this place, the newest first."""
    return sorted(_duties([code]), key=lambda item: (item.ends_on is not None, item.duty, -item.starts_on.toordinal()))


def _holds(item: ResponsiblePerson, on: date) -> bool:
    return item.starts_on <= on and (item.ends_on is None or item.ends_on >= on)


def _duties(codes: Sequence[str]) -> list[ResponsiblePerson]:
    rows = db.session.scalars(
        select(Responsibility).where(Responsibility.territory_code.in_(codes)).order_by(Responsibility.id)
    )
    found = [
        ResponsiblePerson(
            row.id, row.person_id, "", row.duty, row.phone, row.territory_code, row.starts_on, row.ends_on
        )
        for row in rows
    ]
    known = dict(hooks.ask("person_names", person_ids=[item.person_id for item in found])) if found else {}
    return [replace(item, name=known.get(item.person_id, "")) for item in found]
