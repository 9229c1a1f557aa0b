"""Schemes, services and volunteers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field

from timebank.api.schemas.base import Answer, Body, PageQuery, body_of
from timebank.exchange.rules.volunteers import VolunteerKind, VolunteerState
from timebank.exchange.service.volunteers import Days, Offer, Training

VolunteerOffer = body_of(Offer, name="VolunteerOffer")
OtherDays = body_of(Days, name="OtherDays", without=("person_id",))
TrainingPassed = body_of(Training, name="TrainingPassed", without=("person_id",))


class SchemeLine(Answer):
    """A time bank of a city or a street."""

    id: int
    code: str
    name: str
    name_zh: str
    name_en: str
    tenant: int
    territory_code: str
    parent_id: int | None


class Schemes(Answer):
    """Time banks."""

    items: list[SchemeLine]


class Parameters(Answer):
    """What holds in a scheme on a day: key and value."""

    scheme_id: int
    on: date
    values: dict[str, Any]


class ParametersQuery(Body):
    """`on`: the day; today when left out."""

    on: date | None = None


class ServiceLine(Answer):
    """A kind of help; lengths in minutes."""

    code: str
    name: str
    name_zh: str
    name_en: str
    group: str
    needs_training: bool
    needs_insurance: bool
    same_sex_only: bool
    max_self_care_loss: str
    weight_permille: int
    max_minutes: int
    usual_minutes: int
    sort: int
    active: bool


class ServicesQuery(Body):
    """`all`: also the kinds of help that are not offered now."""

    all: bool = False


class Services(Answer):
    """The catalogue."""

    items: list[ServiceLine]


class VolunteerLine(Answer):
    """A volunteer in a list."""

    person_id: int
    member_no: str
    name: str
    territory_code: str
    state: VolunteerState
    skills: list[str]
    active_since: date | None
    insured_until: date | None


class VolunteersPage(Answer):
    """Volunteers; `total`: how many the filter finds, told with the first page."""

    items: list[VolunteerLine]
    next: str | None = None
    total: int | None = None


class VolunteersQuery(PageQuery):
    """Which volunteers; empty means all that may be seen."""

    state: VolunteerState | None = None
    skill: str = Field(default="", max_length=32)
    territory: str = Field(default="", max_length=15)
    text: str = Field(default="", max_length=64)


class Skill(Answer):
    """What a volunteer offers."""

    code: str
    name: str
    needs_training: bool
    trained_on: date | None


class FreeSlot(Answer):
    """Free every week; weekday 0 is Monday, minutes from midnight."""

    weekday: int
    from_minute: int
    to_minute: int


class OtherDaysLine(Answer):
    """Days that differ from the weekly pattern."""

    id: int
    first_day: date
    last_day: date
    from_minute: int
    to_minute: int
    available: bool
    reason: str


class VolunteerEventLine(Answer):
    """A change of a volunteer's state."""

    at: datetime
    actor_name: str
    from_state: VolunteerState | None
    to_state: VolunteerState
    reason: str


class VolunteerHelp(Answer):
    """How somebody helps."""

    name: str
    territory_code: str
    state: VolunteerState
    kind: VolunteerKind
    insured_until: date | None
    max_distance_m: int
    max_minutes_per_week: int
    caregiver_at_home: bool
    helps_on_holidays: bool
    languages: list[str]
    slots: list[FreeSlot]


class VolunteerFile(Answer):
    """One volunteer with everything a coordinator sees (no health, no identity number).

    `absences`: visits of the last year to which they did not come.
    """

    person_id: int
    member_no: str
    scheme_id: int
    state_reason: str
    active_since: date | None
    barred_until: date | None
    helper: VolunteerHelp
    skills: list[Skill]
    days: list[OtherDaysLine]
    events: list[VolunteerEventLine]
    absences: int


class Availability(Body):
    """Free hours every week: (weekday 0-6, from, to) in minutes from midnight."""

    slots: tuple[tuple[int, int, int], ...]
    helps_on_holidays: bool = False


class Bar(Body):
    """Somebody may not help any more, or not before a day."""

    reason: str = Field(min_length=1, max_length=200)
    until: date | None = None


class Insured(Body):
    """The last day of the accident insurance; none ends it."""

    until: date | None = None


class Leaving(Body):
    """Why the volunteer stops, if it was said."""

    reason: str = Field(default="", max_length=200)


class WaitingVolunteers(Answer):
    """Those who wait for a step, the oldest application first."""

    state: VolunteerState
    items: list[VolunteerLine]


class VolunteersWaiting(Answer):
    """Who waits for a step that one may take oneself."""

    groups: list[WaitingVolunteers]


class Stretch(Answer):
    """Minutes from midnight."""

    from_minute: int
    to_minute: int


class FreeDay(Answer):
    """When a volunteer is free on a day."""

    day: date
    free: list[Stretch]


class VolunteerOutlook(Answer):
    """The next two weeks, the weekly minutes, the stars, and the steps that one may take now."""

    person_id: int
    week_minutes: int
    days: list[FreeDay]
    stars: int
    credited_minutes: int
    next_star_in_minutes: int | None
    steps: list[str]
