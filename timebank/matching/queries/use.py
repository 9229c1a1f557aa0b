"""Who carries much and who is hardly asked: what active helpers did, beside what they said they would give.

A helper's share is the minutes promised or done within the days, of the minutes a week they offer.  Much: more than
four fifths of it.  Little: less than a tenth, though they helped before the days began.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, func, or_, select, true

from timebank.core.authority import Actor
from timebank.core.db import below, db, in_scope
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.exchange.models import Offer, OfferState, Visit, Volunteer, VolunteerState
from timebank.exchange.rules.visits import DONE, PLANNED
from timebank.matching.queries.asked import Asked
from timebank.people.models import Person
from timebank.territory import queries as territory

PERMISSION = "volunteers.read"
MUCH, LITTLE = 800, 100  # thousandths of what a helper offers


class Use(enum.StrEnum):
    """Which helpers a list shows."""

    MUCH = "much"
    LITTLE = "little"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class UseLine:
    """A helper: minutes given and offered within the days, share in thousandths, offers made to them and declined."""

    person_id: int
    name: str
    territory_code: str
    place: str
    visits: int
    minutes: int
    offered_minutes: int
    permille: int
    asked: int
    declined: int
    last_visit: datetime | None


@dataclass(frozen=True, slots=True)
class HelperUse:
    """A page of helpers, and how many carry much, little, and how many there are."""

    asked: Asked
    chosen: Use
    much: int
    little: int
    helpers: int
    minutes: int
    page: Page[UseLine]


def helper_use(
    actor: Actor, asked: Asked, chosen: Use = Use.MUCH, *, after: str | None = None, limit: int = PER_PAGE
) -> HelperUse:
    """For what the actor may read ("volunteers.read"); five statements.  `after` is the cursor "share|id"."""
    found = _shares(actor, asked)
    much, little, helpers, minutes = _counts(found)
    rows = db.session.execute(_chosen(found, chosen, after).limit(limit + 1)).all()
    lines = _lines(rows, asked, actor.scopes(PERMISSION))
    total = {Use.MUCH: much, Use.LITTLE: little, Use.ALL: helpers}[chosen]
    page = cut(lines, [f"{row.permille}|{row.person_id}" for row in rows], limit, total)
    return HelperUse(asked, chosen, much, little, helpers, minutes, page)


def everybody_used(actor: Actor, asked: Asked) -> list[UseLine]:
    """All of them for a file, the most used first."""
    rows = db.session.execute(_chosen(_shares(actor, asked), Use.ALL, None)).all()
    return _lines(rows, asked, actor.scopes(PERMISSION))


def _shares(actor: Actor, asked: Asked) -> Any:
    """Every active helper with minutes, visits and share."""
    done = (
        select(
            Visit.volunteer_id,
            func.count().label("visits"),
            func.sum(func.coalesce(Visit.minutes_credited, Visit.minutes_actual, Visit.minutes_planned)).label("given"),
        )
        .where(
            Visit.volunteer_id.is_not(None),
            Visit.starts_at >= asked.start,
            Visit.starts_at < asked.end,
            Visit.state.in_(PLANNED | DONE),
        )
        .group_by(Visit.volunteer_id)
        .subquery()
    )
    given = cast(func.coalesce(done.c.given, 0), Integer)
    offered = Volunteer.max_minutes_per_week * asked.days // 7
    share = case((offered > 0, given * 1000 // func.nullif(offered, 0)), else_=0)
    known = or_(Volunteer.active_since.is_(None), Volunteer.active_since <= asked.since)
    return (
        select(
            Volunteer.person_id,
            Person.name,
            Volunteer.territory_code,
            func.coalesce(done.c.visits, 0).label("visits"),
            given.label("minutes"),
            offered.label("offered_minutes"),
            cast(share, Integer).label("permille"),
            known.label("known"),
        )
        .join(Person, Person.id == Volunteer.person_id)
        .outerjoin(done, done.c.volunteer_id == Volunteer.person_id)
        .where(
            Volunteer.state == VolunteerState.ACTIVE,
            Person.merged_into_id.is_(None),
            in_scope(Volunteer.territory_code, actor.scopes(PERMISSION)),
            below(Volunteer.territory_code, asked.territory),
        )
        .subquery("shares")
    )


def _is(found: Any, chosen: Use) -> ColumnElement[bool]:
    if chosen is Use.MUCH:
        return found.c.permille > MUCH  # type: ignore[no-any-return]
    if chosen is Use.LITTLE:
        return and_(found.c.permille < LITTLE, found.c.known)
    return true()


def _counts(found: Any) -> tuple[int, int, int, int]:
    def number(chosen: Use) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((_is(found, chosen), 1), else_=0)), 0)

    row = db.session.execute(
        select(number(Use.MUCH), number(Use.LITTLE), func.count(), func.coalesce(func.sum(found.c.minutes), 0))
    ).one()
    return int(row[0]), int(row[1]), int(row[2]), int(row[3])


def _chosen(found: Any, chosen: Use, after: str | None) -> Select[Any]:
    """The most used first; of those hardly asked, the least used."""
    first = found.c.permille if chosen is Use.LITTLE else -found.c.permille
    wanted = select(found).where(_is(found, chosen)).order_by(first, found.c.person_id)
    share, _, person = (after or "").partition("|")
    if share.isdecimal() and person.isdecimal() and len(share) < 10 and len(person) < 10:
        start = int(share) if chosen is Use.LITTLE else -int(share)
        wanted = wanted.where(or_(first > start, and_(first == start, found.c.person_id > int(person))))
    return wanted


def _lines(rows: Any, asked: Asked, scopes: tuple[str, ...]) -> list[UseLine]:
    ids = [row.person_id for row in rows]
    offers, last = _offers(ids, asked), _last(ids)
    places = territory.local_names({row.territory_code for row in rows}, scopes)
    return [
        UseLine(
            person_id=row.person_id,
            name=row.name,
            territory_code=row.territory_code,
            place=places.get(row.territory_code, ""),
            visits=int(row.visits),
            minutes=int(row.minutes),
            offered_minutes=int(row.offered_minutes),
            permille=int(row.permille),
            asked=offers.get(row.person_id, (0, 0))[0],
            declined=offers.get(row.person_id, (0, 0))[1],
            last_visit=last.get(row.person_id),
        )
        for row in rows
    ]


def _offers(ids: list[int], asked: Asked) -> dict[int, tuple[int, int]]:
    """Offers within the days: all, and those declined."""
    declined = func.sum(case((Offer.state == OfferState.DECLINED, 1), else_=0))
    found: dict[int, tuple[int, int]] = {}
    for start in range(0, len(ids), 1000):
        wanted = (
            select(Offer.volunteer_id, func.count(), declined)
            .where(Offer.volunteer_id.in_(ids[start : start + 1000]), Offer.offered_at.between(asked.start, asked.end))
            .group_by(Offer.volunteer_id)
        )
        found |= {helper: (int(number), int(no)) for helper, number, no in db.session.execute(wanted)}
    return found


def _last(ids: list[int]) -> dict[int, datetime]:
    """When each was last with somebody."""
    found: dict[int, datetime] = {}
    for start in range(0, len(ids), 1000):
        wanted = (
            select(Visit.volunteer_id, func.max(Visit.starts_at))
            .where(Visit.volunteer_id.in_(ids[start : start + 1000]), Visit.state.in_(DONE))
            .group_by(Visit.volunteer_id)
        )
        found |= {helper: moment for helper, moment in db.session.execute(wanted) if helper}
    return found
