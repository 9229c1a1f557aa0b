"""Volunteers: joining, what they offer, and the steps of their review."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response

from timebank.api.cursors import number
from timebank.api.routing import read, read_file, write
from timebank.api.schemas.base import Command, Reason
from timebank.api.schemas.exchange import (
    Availability,
    Bar,
    Insured,
    Leaving,
    OtherDays,
    TrainingPassed,
    VolunteerFile,
    VolunteerOffer,
    VolunteerOutlook,
    VolunteersPage,
    VolunteersQuery,
    VolunteersWaiting,
)
from timebank.core import clock
from timebank.core.paging import Page
from timebank.core.web import SIGNED_IN, actor, download
from timebank.exchange import files_volunteers as files
from timebank.exchange.queries import grants, schemes
from timebank.exchange.queries import volunteers as queries
from timebank.exchange.queries.volunteers import VolunteerDetail, VolunteerFilter, VolunteerRow
from timebank.exchange.rules.availability import weekly_minutes
from timebank.exchange.rules.volunteers import permission_for, possible
from timebank.exchange.service import volunteers as service
from timebank.exchange.service.volunteers import Days, Offer, Training

ONE = "/volunteers/<int:person_id>"
AHEAD = 14  # days


def _chosen(query: VolunteersQuery) -> VolunteerFilter:
    state = query.state.value if query.state else ""
    return VolunteerFilter(state, query.skill, query.territory, query.text)


@read("/volunteers", VolunteersPage, permission="volunteers.read", query=VolunteersQuery)
def list_volunteers(query: VolunteersQuery) -> Page[VolunteerRow]:
    """Volunteers of the territories one may read."""
    return queries.volunteers(actor(), _chosen(query), after=number(query.after), limit=query.limit)


@read_file("/volunteers/file", "text/csv", permission="volunteers.read", query=VolunteersQuery)
def export_volunteers(query: VolunteersQuery) -> Response:
    """The same as a file, without pages.  That the list left the system is written down."""
    rows = queries.everybody(actor(), _chosen(query))
    service.note_export(actor(), len(rows))
    return download(files.volunteers_file(rows), "volunteers.csv")


@read("/volunteers/waiting", VolunteersWaiting, permission="volunteers.read")
def list_waiting_volunteers() -> dict[str, Any]:
    """Who waits for a review, an approval or a training that is up to oneself."""
    who = actor()
    mine = {state: permission for state, permission in queries.WAITS.items() if who.has(permission)}
    groups = [{"state": state, "items": queries.waiting(who, state, permission)} for state, permission in mine.items()]
    return {"groups": groups}


@read(f"{ONE}/outlook", VolunteerOutlook, permission=SIGNED_IN)
def get_volunteer_outlook(person_id: int) -> dict[str, Any]:
    """When a volunteer is free in the next two weeks, their stars, and what may be done now."""
    one, today = queries.volunteer(actor(), person_id), clock.today()
    stars = grants.stars_of(one.person_id, schemes.scheme(one.scheme_id), today)
    days = [today + timedelta(days=ahead) for ahead in range(AHEAD)]
    may = [step for step in possible(one.state) if actor().may(permission_for(one.state, step), _place(one))]
    return {
        "person_id": one.person_id,
        "week_minutes": weekly_minutes(one.helper.slots),
        "days": [{"day": day, "free": [_stretch(*free) for free in one.helper.free(day)]} for day in days],
        "stars": stars.count,
        "credited_minutes": stars.minutes,
        "next_star_in_minutes": stars.next_in_minutes,
        "steps": may,
    }


def _place(one: VolunteerDetail) -> str:
    return one.helper.territory_code


def _stretch(start: int, end: int) -> dict[str, int]:
    return {"from_minute": start, "to_minute": end}


@read(ONE, VolunteerFile, permission=SIGNED_IN)
def get_volunteer(person_id: int) -> VolunteerDetail:
    """One volunteer: oneself, somebody one acts for, or somebody of one's territories."""
    own = queries.own(person_id) if actor().is_self(person_id) else None
    return own or queries.volunteer(actor(), person_id)


@write("/volunteers", body=VolunteerOffer, permission=SIGNED_IN, status=201)
def join(body: Command[Offer], key: str) -> dict[str, Any]:
    """Somebody wants to help: oneself, somebody one acts for, or staff for them."""
    return {"id": service.apply(actor(), body.command(), key=key)}


@write("/volunteers", body=VolunteerOffer, permission=SIGNED_IN, method="PUT")
def change_offer(body: Command[Offer], key: str) -> dict[str, Any]:
    """Changes skills, distance and hours of somebody who helps already."""
    return {"id": service.change_offer(actor(), body.command(), key=key)}


@write(f"{ONE}/availability", body=Availability, permission=SIGNED_IN, method="PUT")
def set_availability(person_id: int, body: Availability, key: str) -> dict[str, Any]:
    """The free hours of every week."""
    return {"id": service.set_availability(actor(), person_id, body.slots, body.helps_on_holidays, key=key)}


@write(f"{ONE}/days", body=OtherDays, permission=SIGNED_IN, status=201)
def add_days(person_id: int, body: Command[Days], key: str) -> dict[str, Any]:
    """Days away, or free besides the weekly hours."""
    return {"id": service.add_days(actor(), body.command(person_id=person_id), key=key)}


@write(f"{ONE}/days/<int:days_id>", permission=SIGNED_IN, method="DELETE")
def remove_days(person_id: int, days_id: int, key: str) -> dict[str, Any]:
    """Takes such days back."""
    return {"id": service.remove_days(actor(), person_id, days_id, key=key)}


@write(f"{ONE}/review", permission="volunteers.review")
def review(person_id: int, key: str) -> dict[str, Any]:
    """The service point has looked and agrees; another account approves for the platform."""
    return {"id": service.review(actor(), person_id, key=key)}


@write(f"{ONE}/approval", permission="volunteers.approve")
def approve(person_id: int, key: str) -> dict[str, Any]:
    """The platform agrees; training follows."""
    return {"id": service.approve(actor(), person_id, key=key)}


@write(f"{ONE}/rejection", body=Reason, permission="volunteers.review")
def reject(person_id: int, body: Reason, key: str) -> dict[str, Any]:
    """Says no, with the reason that the person reads."""
    return {"id": service.reject(actor(), person_id, body.reason, key=key)}


@write(f"{ONE}/training", body=TrainingPassed, permission="volunteers.train")
def record_training(person_id: int, body: Command[Training], key: str) -> dict[str, Any]:
    """Training passed for services; with `start` the volunteer is active from now on."""
    return {"id": service.record_training(actor(), body.command(person_id=person_id), key=key)}


@write(f"{ONE}/insurance", body=Insured, permission="volunteers.review", method="PUT")
def set_insurance(person_id: int, body: Insured, key: str) -> dict[str, Any]:
    """Until when the volunteer is insured."""
    return {"id": service.set_insurance(actor(), person_id, body.until, key=key)}


@write(f"{ONE}/suspension", body=Reason, permission="volunteers.review")
def suspend(person_id: int, body: Reason, key: str) -> dict[str, Any]:
    """No new visits for now."""
    return {"id": service.suspend(actor(), person_id, body.reason, key=key)}


@write(f"{ONE}/suspension/end", body=Reason, permission="volunteers.review")
def lift(person_id: int, body: Reason, key: str) -> dict[str, Any]:
    """The volunteer may help again."""
    return {"id": service.lift(actor(), person_id, body.reason, key=key)}


@write(f"{ONE}/bar", body=Bar, permission="volunteers.approve")
def bar(person_id: int, body: Bar, key: str) -> dict[str, Any]:
    """The volunteer may not help any more, or not before a day."""
    return {"id": service.bar(actor(), person_id, body.reason, body.until, key=key)}


@write(f"{ONE}/leave", body=Leaving, permission=SIGNED_IN)
def leave(person_id: int, body: Leaving, key: str) -> dict[str, Any]:
    """The volunteer stops; hours stay."""
    return {"id": service.leave(actor(), person_id, body.reason, key=key)}
