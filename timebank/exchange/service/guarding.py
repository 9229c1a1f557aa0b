"""The facts the hard rules need (domain.md C3.2), read just before a helper is asked and again when one accepts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from timebank.core import clock
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.exchange.models.requests import ServiceRequest
from timebank.exchange.models.visits import Visit
from timebank.exchange.models.volunteers import Volunteer, VolunteerSkill
from timebank.exchange.queries import schemes
from timebank.exchange.queries.apart import apart_from
from timebank.exchange.rules import guards
from timebank.exchange.rules.visits import DONE, PLANNED
from timebank.exchange.service import steps
from timebank.people import queries as people


@dataclass(frozen=True, slots=True)
class Place:
    """Where a visit is."""

    lat: float | None
    lon: float | None


def require_fit(visit: Visit, volunteer_id: int, starts_at: datetime, *, besides: Iterable[int] = ()) -> None:
    """Raises `Refused` with the first hard rule that forbids this helper for this visit at this time.

    Codes: those of `rules.guards`, and `overlap` (service, begins, until).
    """
    request = db.session.get(ServiceRequest, visit.request_id) if visit.request_id else None
    parameters = schemes.parameters(visit.scheme_id, clock.civil(starts_at).date())
    caps = guards.Caps(parameters.number("tb.daily_cap_minutes"), parameters.number("tb.monthly_cap_minutes"))
    ignored = {visit.id, *besides}
    helper = helper_facts(volunteer_id, clock.civil(starts_at).date(), ignored)
    guards.require(helper, visit_facts(visit, request, starts_at), caps)
    ends_at = starts_at + timedelta(minutes=visit.minutes_planned)
    steps.refuse_overlap(volunteer_id, starts_at, ends_at, besides=ignored, field="starts_at")


def helper_facts(volunteer_id: int, day: date, besides: Iterable[int] = ()) -> guards.HelperFacts:
    """What the rules ask about a helper; raises `NotFound("no_such_volunteer")`."""
    row = db.session.get(Volunteer, volunteer_id)
    person = people.brief(volunteer_id)
    if row is None or person is None:
        raise NotFound("no_such_volunteer")
    offered = select(VolunteerSkill.service_code, VolunteerSkill.trained_on)
    skills = db.session.execute(offered.where(VolunteerSkill.volunteer_id == volunteer_id)).all()
    promised = _promised(volunteer_id, day, besides)
    return guards.HelperFacts(
        person_id=volunteer_id,
        state=row.state.value,
        sex=person.sex,
        languages=frozenset(person.languages),
        skills=frozenset(code for code, _ in skills),
        trained=frozenset(code for code, trained in skills if trained is not None and trained <= day),
        insured_until=row.insured_until,
        max_distance_m=row.max_distance_m,
        lat=person.lat,
        lon=person.lon,
        household=people.household_ids([volunteer_id]).get(volunteer_id, frozenset()),
        minutes_day=promised.day,
        minutes_week=promised.week,
        minutes_month=promised.month,
        max_minutes_week=row.max_minutes_per_week,
        barred_until=row.barred_until,
    )


@dataclass(frozen=True, slots=True)
class Promised:
    """Minutes planned or done by a helper on a civil day, in its week (from Monday) and in its month."""

    day: int
    week: int
    month: int


def _promised(volunteer_id: int, day: date, besides: Iterable[int]) -> Promised:
    first, monday = day.replace(day=1), day - timedelta(days=day.weekday())
    next_first, next_monday = (first + timedelta(days=32)).replace(day=1), monday + timedelta(days=7)
    minutes = func.coalesce(Visit.minutes_credited, Visit.minutes_actual, Visit.minutes_planned)
    rows = db.session.execute(
        select(Visit.id, Visit.starts_at, minutes).where(
            Visit.volunteer_id == volunteer_id,
            Visit.state.in_(PLANNED | DONE),
            Visit.starts_at >= clock.at(min(first, monday), 0),
            Visit.starts_at < clock.at(max(next_first, next_monday), 0),
        )
    ).all()
    kept = [(clock.civil(starts).date(), int(length)) for visit_id, starts, length in rows if visit_id not in besides]
    return Promised(
        day=sum(length for when, length in kept if when == day),
        week=sum(length for when, length in kept if monday <= when < next_monday),
        month=sum(length for when, length in kept if first <= when < next_first),
    )


def visit_facts(visit: Visit, request: ServiceRequest | None, starts_at: datetime) -> guards.VisitFacts:
    """What the rules ask about a visit."""
    service = schemes.service_type(visit.service_code)
    person = people.brief(visit.recipient_id)
    if person is None:
        raise NotFound("no_such_person")
    where = Place(request.lat, request.lon) if request and request.lat is not None else Place(person.lat, person.lon)
    return guards.VisitFacts(
        recipient_id=visit.recipient_id,
        day=clock.civil(starts_at).date(),
        minutes=visit.minutes_planned,
        service_code=service.code,
        needs_training=service.needs_training,
        needs_insurance=service.needs_insurance,
        same_sex_only=service.same_sex_only,
        max_self_care_loss=service.max_self_care_loss,
        recipient_sex=person.sex,
        self_care=person.self_care,
        helper_sex=request.helper_sex if request else None,
        language=request.language if request else None,
        lat=where.lat,
        lon=where.lon,
        apart=apart_from(visit.recipient_id),
    )
