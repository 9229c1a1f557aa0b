"""Tables of matching: a plan, the visits it gives to helpers, those it leaves over; drafts of calls."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import TERRITORY, EncryptedText, Moment, code_of
from timebank.matching.rules.plans import PlanState, Unserved

__all__ = ["Emergency", "ParkedCall", "Plan", "PlanState", "PlannedVisit", "Unserved", "UnservedVisit"]


class Plan(Model):
    """Who could help whom in a place on some days.  It promises nothing: offers do, and they are the exchange's."""

    __tablename__ = "plan"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days"),
        CheckConstraint("seconds > 0", name="seconds_positive"),
        CheckConstraint("served >= 0 AND served <= waiting", name="served_of_waiting"),
        CheckConstraint("moved >= 0", name="moved_not_negative"),
        CheckConstraint("upper_bound IS NULL OR upper_bound >= objective", name="bound"),
        Index("ix_plan_territory_day", "territory_code", "first_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_code: Mapped[str] = mapped_column(TERRITORY)
    first_day: Mapped[date]
    last_day: Mapped[date]
    state: Mapped[PlanState] = mapped_column(code_of(PlanState), default=PlanState.WAITING, index=True)
    seconds: Mapped[int]  # to search at most
    seed: Mapped[int] = mapped_column(default=1)
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))  # planned again around this one
    without: Mapped[list[int]] = mapped_column(JSON, default=list)  # helpers who cannot come (person ids)
    may_move: Mapped[bool] = mapped_column(default=False)  # promised visits, too
    stop_asked: Mapped[bool] = mapped_column(default=False)
    lease: Mapped[str] = mapped_column(String(32), default="")  # whoever works on it; nobody else may until it ends
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    created_by: Mapped[int | None]
    creator_name: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    stage: Mapped[str] = mapped_column(String(32), default="")  # what the search is doing
    waiting: Mapped[int] = mapped_column(default=0)  # visits that looked for a helper
    helpers: Mapped[int] = mapped_column(default=0)  # who came into question
    served: Mapped[int] = mapped_column(default=0)  # as found; changes by hand are counted from the rows
    moved: Mapped[int] = mapped_column(default=0)  # promised visits that would move
    weight: Mapped[int] = mapped_column(default=0)
    weight_served: Mapped[int] = mapped_column(default=0)
    travel_seconds: Mapped[int] = mapped_column(default=0)
    objective: Mapped[int] = mapped_column(BigInteger, default=0)
    upper_bound: Mapped[int | None] = mapped_column(BigInteger)  # no plan of these days is better than this
    recruiting: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # where more helpers would serve most
    error: Mapped[str] = mapped_column(String(200), default="")


class PlannedVisit(Model):
    """A visit that a plan gives to a helper; accepted, it becomes an offer."""

    __tablename__ = "planned_visit"
    __table_args__ = (
        UniqueConstraint("plan_id", "visit_id", name="planned_visit_once"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("(promised_to IS NULL) = (promised_at IS NULL)", name="promise"),
        Index("ix_planned_visit_helper", "plan_id", "volunteer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.person_id"))
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    pinned: Mapped[bool] = mapped_column(default=False)  # planning again keeps it
    by_hand: Mapped[bool] = mapped_column(default=False)
    promised_to: Mapped[int | None] = mapped_column(ForeignKey("volunteer.person_id"))  # before, where it may be moved
    promised_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted_by: Mapped[int | None]  # account; the offer goes out in the background, in its name
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offer.id"), index=True)
    refusal: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True)
    )  # code and facts, where a rule forbade the offer

    @property
    def moves(self) -> bool:
        """Was it promised to somebody else, or for another time?"""
        return self.promised_to is not None and (
            self.promised_to != self.volunteer_id or self.promised_at != self.starts_at
        )


class UnservedVisit(Model):
    """A visit for which a plan has nobody, and why."""

    __tablename__ = "unserved_visit"
    __table_args__ = (UniqueConstraint("plan_id", "visit_id", name="unserved_visit_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    reason: Mapped[Unserved] = mapped_column(code_of(Unserved))


class Emergency(Model):
    """Somebody must come now: the visit that was made for it, and the plan that looks for a helper."""

    __tablename__ = "emergency"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), unique=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"), index=True)  # erased with old plans
    territory_code: Mapped[str] = mapped_column(TERRITORY)
    called_by: Mapped[int | None]  # account; the helper is asked in its name
    called_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class ParkedCall(Model):
    """What somebody has typed of a call: encrypted, their own alone, one a form; gone with the call or by the clock."""

    __tablename__ = "parked_call"
    __table_args__ = (UniqueConstraint("account_id", "form_key", name="uq_parked_call_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    form_key: Mapped[str] = mapped_column(String(64))  # of the form it was typed into
    typed: Mapped[str] = mapped_column(EncryptedText)  # JSON: names and values of the form's fields
    kept_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
