"""Volunteers: state, skills, weekly free hours and exceptions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import TERRITORY, Moment, code_of
from timebank.exchange.rules.giving import Overflow
from timebank.exchange.rules.grants import Basis
from timebank.exchange.rules.volunteers import VolunteerKind, VolunteerState

__all__ = [
    "AvailabilityException",
    "AvailabilitySlot",
    "Basis",
    "ElderGrant",
    "KeyElder",
    "Volunteer",
    "VolunteerEvent",
    "VolunteerKind",
    "VolunteerSkill",
    "VolunteerState",
]


class Volunteer(Model):
    """A person's life as a volunteer in a scheme.  The key is the person: one person, one volunteer."""

    __tablename__ = "volunteer"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"), index=True)
    territory_code: Mapped[str] = mapped_column(TERRITORY, index=True)  # the person's, kept in step
    kind: Mapped[VolunteerKind] = mapped_column(code_of(VolunteerKind), default=VolunteerKind.INDIVIDUAL)
    state: Mapped[VolunteerState] = mapped_column(code_of(VolunteerState), default=VolunteerState.DRAFT, index=True)
    max_distance_m: Mapped[int] = mapped_column(default=1000)
    caregiver_at_home: Mapped[bool] = mapped_column(default=False)  # must be able to go home at any time (N18)
    max_minutes_per_week: Mapped[int] = mapped_column(default=600)
    helps_on_holidays: Mapped[bool] = mapped_column(default=False)  # else the weekly pattern pauses on public holidays
    languages: Mapped[list[str] | None] = mapped_column(JSON)  # spoken while helping; None: as in the registry
    insured_until: Mapped[date | None]
    active_since: Mapped[date | None]
    barred_until: Mapped[date | None]
    state_reason: Mapped[str] = mapped_column(String(200), default="")
    guardian_agreed: Mapped[bool] = mapped_column(default=False)  # for minors
    overflow_choice: Mapped[Overflow | None] = mapped_column(code_of(Overflow))  # None: tb.overflow decides
    site_reviewed_by: Mapped[int | None]  # account; another one approves for the platform
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class VolunteerSkill(Model):
    """What the volunteer offers; `trained_on` once the training for it was passed."""

    __tablename__ = "volunteer_skill"

    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.person_id"), primary_key=True)
    service_code: Mapped[str] = mapped_column(ForeignKey("service_type.code"), primary_key=True)
    trained_on: Mapped[date | None]
    trained_by: Mapped[int | None]


class AvailabilitySlot(Model):
    """A free stretch every week; minutes from midnight, civil time."""

    __tablename__ = "availability_slot"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("from_minute >= 0 AND to_minute <= 1440 AND from_minute < to_minute", name="minutes"),
        UniqueConstraint("volunteer_id", "weekday", "from_minute", name="availability_slot_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.person_id"), index=True)
    weekday: Mapped[int]  # 0 = Monday
    from_minute: Mapped[int]
    to_minute: Mapped[int]


class AvailabilityException(Model):
    """Days that differ from the weekly pattern: away (`available` false) or free besides."""

    __tablename__ = "availability_exception"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days"),
        CheckConstraint("from_minute >= 0 AND to_minute <= 1440 AND from_minute < to_minute", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.person_id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    from_minute: Mapped[int] = mapped_column(default=0)
    to_minute: Mapped[int] = mapped_column(default=1440)
    available: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(100), default="")


class VolunteerEvent(Model):
    """A change of state: who, when, why."""

    __tablename__ = "volunteer_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.person_id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    account_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(80), default="")
    from_state: Mapped[VolunteerState | None] = mapped_column(code_of(VolunteerState))
    to_state: Mapped[VolunteerState] = mapped_column(code_of(VolunteerState))
    reason: Mapped[str] = mapped_column(String(200), default="")


class KeyElder(Model):
    """Somebody put on the list of key elders by hand, with the reason (the rule alone does not know everything)."""

    __tablename__ = "key_elder"
    __table_args__ = (CheckConstraint("removed_on IS NULL OR removed_on >= listed_on", name="removed_after_listed"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    territory_code: Mapped[str] = mapped_column(TERRITORY, index=True)
    reason: Mapped[str] = mapped_column(String(200))
    listed_on: Mapped[date]
    listed_by: Mapped[int | None]
    removed_on: Mapped[date | None]
    removed_by: Mapped[int | None]
    removed_reason: Mapped[str] = mapped_column(String(200), default="")


class ElderGrant(Model):
    """The minutes a key elder got for a month from a scheme's fund, and what went back at its end (C3.5)."""

    __tablename__ = "elder_grant"
    __table_args__ = (
        UniqueConstraint("person_id", "month", name="elder_grant_once_a_month"),
        CheckConstraint("minutes > 0", name="minutes_positive"),
        CheckConstraint("returned_minutes IS NULL OR returned_minutes >= 0", name="returned_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))
    territory_code: Mapped[str] = mapped_column(TERRITORY, index=True)
    month: Mapped[str] = mapped_column(String(7), index=True)  # "2026-11"
    minutes: Mapped[int]
    basis: Mapped[Basis] = mapped_column(code_of(Basis))
    granted_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    returned_minutes: Mapped[int | None]  # unused, back to the fund; None while the month runs
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
