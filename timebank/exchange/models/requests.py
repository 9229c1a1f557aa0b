"""Requests for help and the offers made to helpers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import LONG, TERRITORY, Moment, code_of
from timebank.exchange.rules.requests import Funding, OfferState, RequestState

__all__ = ["Funding", "Offer", "OfferState", "RequestState", "ServiceRequest"]


class ServiceRequest(Model):
    """Somebody needs a kind of help: once, or every week.  Its visits are made when it is approved."""

    __tablename__ = "service_request"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes_positive"),
        CheckConstraint("earliest_minute >= 0 AND latest_minute <= 1440", name="day_minutes"),
        CheckConstraint("earliest_minute <= latest_minute", name="window"),
        CheckConstraint("helpers_needed BETWEEN 1 AND 3", name="helpers_needed"),
        Index("ix_service_request_territory_state", "territory_code", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    territory_code: Mapped[str] = mapped_column(TERRITORY)  # of the place of the visit
    service_code: Mapped[str] = mapped_column(ForeignKey("service_type.code"))
    state: Mapped[RequestState] = mapped_column(code_of(RequestState), default=RequestState.UNDER_REVIEW)
    funding: Mapped[Funding] = mapped_column(code_of(Funding), default=Funding.OWN)
    minutes: Mapped[int]  # length of one visit
    helpers_needed: Mapped[int] = mapped_column(default=1, server_default="1")  # at once, all from the same start
    first_day: Mapped[date]
    last_day: Mapped[date | None]  # None and a weekday: until cancelled
    weekdays: Mapped[str] = mapped_column(String(7), default="")  # "" once, "1" Tuesdays, "135" three days a week
    earliest_minute: Mapped[int]  # may start from …
    latest_minute: Mapped[int]  # … until ("any time between")
    address: Mapped[str] = mapped_column(String(200), default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    helper_sex: Mapped[str | None] = mapped_column(String(1))
    language: Mapped[str | None] = mapped_column(String(16))
    urgent: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(LONG, default="")
    entered_by_person_id: Mapped[int | None]  # guardian, agent; None: staff or the recipient
    created_by: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(String(200), default="")
    code: Mapped[str] = mapped_column(String(8), default="")  # six digits on the recipient's paper card
    regular_helper_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer.person_id"))  # took the whole series
    regular_minute: Mapped[int | None]  # when this helper comes, minutes from midnight
    made_until: Mapped[date | None]  # visits exist up to this day (recurring requests roll forward by a job)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Offer(Model):
    """A helper was asked for a visit (or for all open visits of a request: `series`)."""

    __tablename__ = "offer"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.person_id"), index=True)
    series: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[datetime] = mapped_column(Moment)  # the start proposed
    state: Mapped[OfferState] = mapped_column(code_of(OfferState), default=OfferState.OFFERED, index=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    offered_by: Mapped[int | None]
    offered_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answer_note: Mapped[str] = mapped_column(String(200), default="")
