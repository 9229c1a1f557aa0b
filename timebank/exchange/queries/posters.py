"""Open requests for a poster.  No column that belongs to a person is read: no name, address, note, sex or need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import below, db
from timebank.core.errors import NotFound
from timebank.exchange.models.catalogue import ServiceType
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries import schemes
from timebank.exchange.rules.posters import ON_A_WALL, Wanted, together
from timebank.exchange.rules.visits import VisitState
from timebank.territory import queries as territory
from timebank.territory.rules import DIGITS, Duty, Level, community_of

PERMISSION = "requests.read"
ANSWERING = (Duty.DUTY_DESK, Duty.COORDINATOR)  # whose office phone stands on the poster
MOST_PLACES = 60


@dataclass(frozen=True, slots=True)
class PosterLine:
    """A kind of help wanted at a time in a community; minutes after midnight, `visits` wanted alike."""

    service_zh: str
    service_en: str
    community: str
    day: date
    earliest: int
    latest: int
    minutes: int
    visits: int


@dataclass(frozen=True, slots=True)
class Poster:
    """What hangs on the wall of a place.  `phone`: of its desk or coordinator, "" where none is kept."""

    place_code: str
    place: str
    phone: str
    made_on: date
    lines: list[PosterLine]


def places(actor: Actor) -> dict[str, str]:
    """Streets and communities of a time bank that a poster can be made for; only the streets where there are many."""
    scopes = [scope for scope in actor.scopes(PERMISSION) if scope]
    codes = {place.code for scope in scopes for place in territory.communities_below(scope)}
    streets = {code[: DIGITS[Level.STREET]] for code in codes}
    known = schemes.schemes()
    offered = {
        code
        for code in (streets | codes if len(codes) <= MOST_PLACES else streets)
        if actor.may(PERMISSION, code) and schemes.innermost(code, known)
    }
    return dict(sorted(territory.local_names(offered, scopes).items()))


def poster(actor: Actor, place_code: str) -> Poster:
    """The open requests of a place in the coming days (tb.poster_days) that may hang on a wall (tb.poster_groups).

    Raises `NotFound("no_such_territory")` outside the actor's territories.
    """
    place = territory.info(place_code)
    if place is None or len(place_code) < DIGITS[Level.STREET] or not actor.may(PERMISSION, place_code):
        raise NotFound("no_such_territory")
    values = schemes.parameters(schemes.scheme_for(place_code).id, clock.today())
    groups = [group for group in values["tb.poster_groups"] if group in ON_A_WALL]
    found = _lines(place_code, values.number("tb.poster_days"), groups)
    return Poster(place_code, territory.path_name(place_code), _phone(place_code), clock.today(), found)


def _lines(place_code: str, days: int, groups: list[str]) -> list[PosterLine]:
    until = clock.at(clock.today() + timedelta(days=days), 24 * 60)
    rows = db.session.execute(
        select(
            Visit.service_code, Visit.territory_code, Visit.earliest_start, Visit.latest_start, Visit.minutes_planned
        )
        .join(ServiceType, ServiceType.code == Visit.service_code)
        .where(
            below(Visit.territory_code, place_code),
            Visit.state.in_((VisitState.OPEN, VisitState.OFFERED)),
            Visit.latest_start > clock.now(),
            Visit.earliest_start < until,
            ServiceType.group.in_(groups),
        )
        .order_by(Visit.earliest_start, Visit.id)
        .limit(2000)
    )
    wanted = [
        Wanted(
            clock.civil(row.earliest_start).date(),
            _minute(row.earliest_start),
            _minute(row.latest_start),
            community_of(row.territory_code),
            row.service_code,
            row.minutes_planned,
        )
        for row in rows
    ]
    return _named(wanted)


def _minute(moment: datetime) -> int:
    civil = clock.civil(moment)
    return civil.hour * 60 + civil.minute


def _named(wanted: Iterable[Wanted]) -> list[PosterLine]:
    lines = together(wanted)
    services = {one.code: one for one in schemes.service_types(active_only=False)}
    names = territory.names({line.wanted.community for line in lines})
    return [
        PosterLine(
            services[line.wanted.service].name_zh,
            services[line.wanted.service].name_en,
            names[line.wanted.community],
            line.wanted.day,
            line.wanted.earliest,
            line.wanted.latest,
            line.wanted.minutes,
            line.visits,
        )
        for line in lines
    ]


def _phone(place_code: str) -> str:
    for duty in ANSWERING:
        phones = [one.phone for one in territory.responsible(place_code, duty, clock.today()) if one.phone]
        if phones:
            return phones[0]
    return ""
