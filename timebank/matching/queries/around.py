"""Everybody who is looked at around a visit, for the list of those who are out: thousands, so plain rows."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, Row, and_, bindparam, func, select

from timebank.core.db import db
from timebank.exchange.models import Volunteer, VolunteerPlace, VolunteerSkill, VolunteerState
from timebank.exchange.models.places import TIERS_M
from timebank.exchange.queries.volunteers_helpers import Wanted
from timebank.matching.queries import squares
from timebank.matching.queries.nearby import AFTER, CITY, FACTS, OF_STREET, given, homes, in_street, kept, plain
from timebank.matching.queries.squares import AROUND_M, BEYOND, NEAR, WALKING
from timebank.matching.queries.visits import VisitNeed
from timebank.people.models import Person

STATES = (VolunteerState.ACTIVE, VolunteerState.TRAINING, VolunteerState.SUSPENDED)
NEAR_TIERS = sum(reach / WALKING.detour <= AROUND_M for reach in TIERS_M)  # the tiers of those who walk no further


def around(found: VisitNeed) -> Sequence[Row[Any]]:
    """Everybody who is looked at: helpers of the street, of the 2 km around, and who walks here from further off.

    `nearby.info` makes a helper of a row.
    """
    statement = _statement(found.origin is not None, found.need.language is not None)
    return db.session.connection().execute(statement, given(found)).all()


def further_away(found: VisitNeed, looked_at: int) -> int:
    """Helpers of the city who are not looked at, because they live further away than they walk; one statement."""
    city = found.territory_code[:CITY]
    mine = Volunteer.territory_code.between(city, city + AFTER) & Volunteer.state.in_(STATES)
    kept = select(func.count()).select_from(Volunteer).join(Person, Person.id == Volunteer.person_id)
    return max(0, int(db.session.scalar(kept.where(mine, Person.merged_into_id.is_(None))) or 0) - looked_at)


@functools.cache
def _statement(located: bool, spoken: bool) -> Wanted:
    near = _offering(homes(VolunteerPlace, _parts() if located else [VolunteerPlace.person_id.in_(OF_STREET)]))
    languages = (Volunteer.languages, Person.languages.label("person_languages")) if spoken else ()
    return (
        select(*near.c, *FACTS, *languages)
        .select_from(near)
        .join(Volunteer, Volunteer.person_id == near.c.person_id)
        .join(Person, Person.id == Volunteer.person_id)
        .where(plain(Volunteer.state).in_(STATES), *kept())
    )


def _parts() -> list[Any]:
    """No helper stands in two of them."""
    home = VolunteerPlace
    box = squares.box(home, NEAR)
    tiers = range(NEAR_TIERS, BEYOND)
    near = [squares.square(home, number, NEAR) for number in range(BEYOND + 1)]
    further = [squares.square(home, number, f"tier{number}") & squares.within_reach(home) for number in tiers]
    beyond = squares.of_tier(BEYOND) & squares.within_reach(home)
    walks_here = squares.from_tier(NEAR_TIERS) & squares.within_reach(home)
    elsewhere = and_(squares.placed(), ~box, home.person_id.in_(OF_STREET), ~walks_here)
    unknown = squares.unplaced() & in_street(home)
    return [*near, *[and_(part, ~box) for part in [*further, beyond]], unknown, elsewhere]


def _offering(near: CTE) -> CTE:
    """The same with what they offer of the service."""
    skill = VolunteerSkill
    offered = and_(skill.volunteer_id == near.c.person_id, skill.service_code == bindparam("service"))
    found = select(*near.c, skill.service_code, skill.trained_on).join_from(near, skill, offered, isouter=True)
    return found.cte("offering").prefix_with("MATERIALIZED")
