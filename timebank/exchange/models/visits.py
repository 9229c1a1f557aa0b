"""Visits: from open to credited, and what happened on the way."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.audit import after_create
from timebank.core.db import Model
from timebank.core.types import LONG, TERRITORY, EncryptedText, Moment, code_of
from timebank.exchange.rules.visits import DONE, PLANNED, VisitState

__all__ = ["CalendarFeed", "HourEntry", "Visit", "VisitEvent", "VisitState", "VisitTransfer"]


class Visit(Model):
    """One occasion of help.  Hours logged afterwards are a visit too (`source` manual, no request)."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint("volunteer_id IS NULL OR volunteer_id <> recipient_id", name="helper_is_not_recipient"),
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("check_out_at IS NULL OR check_out_at >= check_in_at", name="out_after_in"),
        CheckConstraint("minutes_actual IS NULL OR minutes_actual >= 0", name="actual_not_negative"),
        CheckConstraint("minutes_credited IS NULL OR minutes_credited >= 0", name="credited_not_negative"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating"),
        Index(
            "uq_visit_one_in_progress",
            "volunteer_id",
            unique=True,
            sqlite_where=text("state = 'in_progress'"),
            postgresql_where=text("state = 'in_progress'"),
        ),
        Index("ix_visit_volunteer_starts", "volunteer_id", "starts_at"),
        Index("ix_visit_recipient_starts", "recipient_id", "starts_at"),
        Index(
            "ix_visit_volunteer_rating",
            "volunteer_id",
            "rating",
            sqlite_where=text("rating IS NOT NULL"),
            postgresql_where=text("rating IS NOT NULL"),
        ),
        Index("ix_visit_territory_state", "territory_code", "state", "starts_at"),
        Index(
            "ix_visit_together",
            "together",
            sqlite_where=text("together IS NOT NULL"),
            postgresql_where=text("together IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("service_request.id"), index=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    volunteer_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer.person_id"))
    territory_code: Mapped[str] = mapped_column(TERRITORY)
    service_code: Mapped[str] = mapped_column(ForeignKey("service_type.code"))
    state: Mapped[VisitState] = mapped_column(code_of(VisitState), default=VisitState.OPEN)
    source: Mapped[str] = mapped_column(String(16), default="request")  # request, manual, sheet
    funding: Mapped[str] = mapped_column(String(16), default="own")
    earliest_start: Mapped[datetime] = mapped_column(Moment)
    latest_start: Mapped[datetime] = mapped_column(Moment)
    together: Mapped[uuid.UUID | None] = mapped_column(Uuid)  # the same for all of one occasion; None: one helper
    window_from: Mapped[datetime | None] = mapped_column(Moment)  # earliest_start and latest_start as they were before
    window_until: Mapped[datetime | None] = mapped_column(Moment)  # … the start of the others narrowed them
    minutes_planned: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(Moment)  # planned; = earliest_start until a helper accepts
    ends_at: Mapped[datetime | None] = mapped_column(Moment)
    hold_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)  # ledger transfer of kind hold
    hold_until: Mapped[datetime | None] = mapped_column(Moment)  # then the ledger frees the hold by itself
    held_minutes: Mapped[int] = mapped_column(default=0)  # what the hold keeps
    transfer_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, index=True)  # ledger transfer that credited the helper
    postings: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # every transfer of the credit, to reverse it
    credit_no: Mapped[int] = mapped_column(default=0)  # how often it was credited (again after a dispute)
    extra_approved_by: Mapped[int | None]  # coordinator who allowed more minutes than were on hold
    code: Mapped[str] = mapped_column(String(8), default="")  # on the recipient's paper card, for checking in
    code_round: Mapped[int] = mapped_column(default=0)  # codes of its paper slips: how often they were made anew
    check_in_at: Mapped[datetime | None] = mapped_column(Moment)
    check_out_at: Mapped[datetime | None] = mapped_column(Moment)
    check_in_how: Mapped[str] = mapped_column(String(16), default="")  # button, code, phone, landline, sheet, manual
    break_minutes: Mapped[int] = mapped_column(default=0)
    minutes_actual: Mapped[int | None]
    minutes_credited: Mapped[int | None]
    credit_explained: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # rule, rounding, caps (F1, F2)
    recorded_by: Mapped[int | None]  # account that logged by hand
    reviewed_by: Mapped[int | None]
    confirmed_how: Mapped[str] = mapped_column(String(16), default="")  # pin, signature, call, portal, strip, auto
    confirmed_by: Mapped[int | None]
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    signature: Mapped[str | None] = mapped_column(LONG)  # strokes of a signature pad, as SVG path data
    rating: Mapped[int | None]
    rating_note: Mapped[str] = mapped_column(String(300), default="")
    dispute_reason: Mapped[str] = mapped_column(String(300), default="")
    disputed_by: Mapped[int | None]
    no_show_by: Mapped[str] = mapped_column(String(16), default="")  # volunteer or recipient
    note: Mapped[str] = mapped_column(LONG, default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class VisitTransfer(Model):
    """How a transfer of the ledger came about: the reckoning of the credit it made, or (`reversal`) took back.

    It outlives the credit: a visit that was annulled, or credited again after a dispute, forgets its old transfers,
    and both sides' statements still explain them.
    """

    __tablename__ = "visit_transfer"

    transfer_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    reversal: Mapped[bool] = mapped_column(default=False)
    explained: Mapped[dict[str, Any]] = mapped_column(JSON)  # as `Visit.credit_explained` was then


class VisitEvent(Model):
    """A change of a visit: who, when, from, to, why."""

    __tablename__ = "visit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    account_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(80), default="")
    from_state: Mapped[VisitState | None] = mapped_column(code_of(VisitState))
    to_state: Mapped[VisitState] = mapped_column(code_of(VisitState))
    reason: Mapped[str] = mapped_column(String(300), default="")
    channel: Mapped[str] = mapped_column(String(16), default="")  # telephone, paper; "" on the pages


class HourEntry(Model):
    """Hours a volunteer typed for somebody the list did not show; a coordinator says who it was (then: a visit)."""

    __tablename__ = "hour_entry"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.person_id"), index=True)
    recipient_name: Mapped[str] = mapped_column(String(64))
    service_code: Mapped[str] = mapped_column(ForeignKey("service_type.code"))
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    break_minutes: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(LONG, default="")
    territory_code: Mapped[str] = mapped_column(TERRITORY, index=True)
    state: Mapped[str] = mapped_column(String(16), default="waiting")  # waiting, resolved, refused
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    reason: Mapped[str] = mapped_column(String(200), default="")
    recorded_by: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class CalendarFeed(Model):
    """The secret address under which a person's calendar is read by a phone; a new one ends the old one."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    token: Mapped[str] = mapped_column(EncryptedText)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


def _listed(states: frozenset[VisitState]) -> str:
    return ", ".join(f"'{state.value}'" for state in sorted(states))


# A helper is in one place at a time, as planned and in fact (domain.md C8.3): (name, states, from, to).
# A plan and a fact may cross: a visit that ran over must still be checked out.  The service compares those two.
OVERLAPS = (
    ("visit_plan_overlap", _listed(PLANNED), "starts_at", "ends_at"),
    ("visit_done_overlap", _listed(DONE), "check_in_at", "check_out_at"),
)


def _exclusion(name: str, states: str, start: str, end: str) -> str:
    """Ranges of one number stand in for equality, so that no extension (btree_gist) is needed."""
    return (
        f"ALTER TABLE visit ADD CONSTRAINT {name} EXCLUDE USING gist "
        f"(int4range(volunteer_id, volunteer_id, '[]') WITH &&, tstzrange({start}, {end}) WITH &&) "
        f"WHERE (volunteer_id IS NOT NULL AND {start} IS NOT NULL AND {end} IS NOT NULL AND state IN ({states}))"
    )


def _trigger(name: str, states: str, start: str, end: str, verb: str) -> str:
    columns = f" OF volunteer_id, state, {start}, {end}" if verb == "UPDATE" else ""
    return (
        f"CREATE TRIGGER {name}_{verb.lower()} BEFORE {verb}{columns} ON visit "  # noqa: S608 - fixed names
        f"WHEN NEW.volunteer_id IS NOT NULL AND NEW.{start} IS NOT NULL AND NEW.{end} IS NOT NULL "
        f"AND NEW.state IN ({states}) BEGIN SELECT RAISE(ABORT, '{name}') WHERE EXISTS ("
        f"SELECT 1 FROM visit WHERE volunteer_id = NEW.volunteer_id AND id IS NOT NEW.id AND state IN ({states}) "
        f"AND {start} < NEW.{end} AND NEW.{start} < {end}); END"
    )


for _rule in OVERLAPS:
    after_create(Visit.__table__, "postgresql", _exclusion(*_rule))
    for _verb in ("INSERT", "UPDATE"):
        after_create(Visit.__table__, "sqlite", _trigger(*_rule, _verb))
