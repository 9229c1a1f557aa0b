"""The visit that looks for a helper, as the rules see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import get_locale
from sqlalchemy import select
from sqlalchemy.orm import aliased

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.core.parameters import Values
from timebank.exchange.models import ServiceRequest, ServiceType, Visit, VisitState
from timebank.exchange.queries import schemes
from timebank.matching.rules.model import Limits, Need, Place, Stretch
from timebank.people.models import Person
from timebank.territory.models import Territory

LOOKING = (VisitState.OPEN, VisitState.OFFERED)
SERIES_WEEKS = 8
NEAR = (Territory.lat.label("near_lat"), Territory.lon.label("near_lon"))
NEEDED = ("matching.read", "requests.read")


@dataclass(frozen=True, slots=True)
class Occasion:
    """A time at which the visit (or another one of its series) may start."""

    visit_id: int
    earliest_start: datetime
    latest_start: datetime

    @property
    def day(self) -> date:
        return clock.civil(self.earliest_start).date()

    @property
    def window(self) -> Stretch:
        return Stretch(seconds(self.earliest_start, self.day), seconds(self.latest_start, self.day))


@dataclass(frozen=True, slots=True)
class VisitNeed:
    """A visit with everything the rules ask; ``origin`` is where the plane of places touches the earth."""

    occasion: Occasion
    recipient_id: int
    recipient_name: str
    request_id: int | None
    territory_code: str
    service_code: str
    service_name: str
    looking: bool
    weekly: bool
    origin: tuple[float, float] | None
    need: Need
    usual: str | None = None  # name of the helper who took the whole series


def seconds(moment: datetime, day: date) -> int:
    """Seconds from civil midnight of the day."""
    return int((moment - clock.at(day, 0)).total_seconds())


def visit_need(actor: Actor, visit_id: int) -> VisitNeed:
    """The visit for somebody who may read requests and helpers where it is; raises `NotFound("no_such_visit")`."""
    usual = aliased(Person)
    row = db.session.execute(
        select(Visit, ServiceRequest, ServiceType, Person, *NEAR, usual.name.label("usual"))
        .outerjoin(ServiceRequest, ServiceRequest.id == Visit.request_id)
        .join(ServiceType, ServiceType.code == Visit.service_code)
        .join(Person, Person.id == Visit.recipient_id)
        .outerjoin(Territory, Territory.code == Visit.territory_code)
        .outerjoin(usual, usual.id == ServiceRequest.regular_helper_id)
        .where(Visit.id == visit_id)
    ).first()
    if row is None or not all(actor.may(permission, row.Visit.territory_code) for permission in NEEDED):
        raise NotFound("no_such_visit")
    visit = row.Visit
    parameters = schemes.parameters(visit.scheme_id, clock.today())
    occasion = Occasion(visit.id, visit.earliest_start, visit.latest_start)
    origin = origin_of(row)
    locale = get_locale()
    english = locale is not None and locale.language == "en"
    return VisitNeed(
        occasion=occasion,
        recipient_id=visit.recipient_id,
        recipient_name=row.Person.name,
        request_id=visit.request_id,
        territory_code=visit.territory_code,
        service_code=visit.service_code,
        service_name=row.ServiceType.name_en if english else row.ServiceType.name_zh,
        looking=visit.state in LOOKING,
        weekly=bool(row.ServiceRequest and row.ServiceRequest.weekdays),
        origin=origin,
        need=need_of(row, occasion, parameters, Place(0.0, 0.0) if origin else None),
        usual=row.usual,
    )


def origin_of(row: Any) -> tuple[float, float] | None:
    """Where the visit is: the request's point, else the recipient's, else that of the community."""
    request, person = row.ServiceRequest, row.Person
    points = [(request.lat, request.lon)] if request else []
    points += [(person.lat, person.lon), (row.near_lat, row.near_lon)]
    return next(((lat, lon) for lat, lon in points if lat is not None and lon is not None), None)


def need_of(row: Any, occasion: Occasion, parameters: Values, place: Place | None) -> Need:
    """What a row (Visit, ServiceRequest, ServiceType, Person) asks of a helper on the day of the occasion."""
    visit, request, service, person = row.Visit, row.ServiceRequest, row.ServiceType, row.Person
    wished = request.helper_sex if request else None
    return Need(
        recipient_id=visit.recipient_id,
        service=visit.service_code,
        minutes=visit.minutes_planned,
        day=occasion.day,
        window=occasion.window,
        place=place,
        needs_training=service.needs_training,
        needs_insurance=service.needs_insurance,
        self_care=str(person.self_care or "able"),
        max_self_care_loss=service.max_self_care_loss,
        helper_sex=wished or (person.sex.value if service.same_sex_only and person.sex else None),
        language=request.language if request else None,
        limits=Limits(
            parameters.number("tb.daily_cap_minutes"),
            parameters.number("tb.monthly_cap_minutes"),
            parameters.number("tb.caregiver_max_distance_m"),
            parameters.number("tb.visits_a_day"),
            parameters.number("tb.ask_further_m"),
        ),
    )


def series(found: VisitNeed) -> list[Occasion]:
    """The open visits of a weekly request in the coming weeks, this one included, by time."""
    if not found.weekly or not found.looking:
        return []
    start = found.occasion.earliest_start
    rows = db.session.execute(
        select(Visit.id, Visit.earliest_start, Visit.latest_start, Visit.together)
        .where(
            Visit.request_id == found.request_id,
            Visit.state.in_(LOOKING),
            Visit.earliest_start >= start,
            Visit.earliest_start < start + timedelta(weeks=SERIES_WEEKS),
        )
        .order_by(Visit.earliest_start, Visit.id)
    ).all()
    # one helper makes one visit of an occasion: the one asked about, or the first
    of = {row.together: row.id for row in reversed(rows) if row.together}
    of |= {row.together: row.id for row in rows if row.together and row.id == found.occasion.visit_id}
    coming = [Occasion(*row[:3]) for row in rows if of.get(row.together, row.id) == row.id]
    return sorted(coming, key=lambda one: (one.earliest_start, one.visit_id != found.occasion.visit_id))
