"""Cases about hours that may not be true, as staff and the volunteer see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.exchange.models.annulments import AnnulledVisit, AnnulmentCase, AnnulmentStep
from timebank.exchange.models.visits import Visit, VisitState
from timebank.exchange.queries import schemes
from timebank.exchange.rules.annulments import OPEN, CaseState, Source
from timebank.people import queries as people
from timebank.people.models import Person

MOST_VISITS = 60  # that one may choose from at once


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list; minutes of all its visits."""

    id: int
    volunteer_id: int
    name: str
    state: CaseState
    minutes: int
    opened_at: datetime
    answer_until: datetime


@dataclass(frozen=True, slots=True)
class SuspectVisit:
    """A visit of a case, or one that could come into one; `minutes` it brought."""

    visit_id: int
    began: datetime
    service: str
    recipient: str
    minutes: int
    taken_back_at: datetime | None = None
    restored_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StepLine:
    """A change of a case."""

    at: datetime
    actor_name: str
    state: CaseState
    note: str


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """A case with everything; minutes."""

    id: int
    volunteer_id: int
    name: str
    territory_code: str
    state: CaseState
    source: Source
    reason: str
    opened_at: datetime
    opened_by: int | None
    held_minutes: int
    hold_until: datetime | None
    answer_until: datetime
    answer: str
    answered_at: datetime | None
    decided_at: datetime | None
    decided_by: int | None
    finding: str
    barred_until: date | None
    appeal_until: datetime | None
    appeal: str
    appealed_at: datetime | None
    re_examined_at: datetime | None
    re_finding: str
    visits: tuple[SuspectVisit, ...]
    steps: tuple[StepLine, ...]
    hold_stands: bool = False  # not released; the clock may have freed it all the same

    @property
    def on_hold(self) -> int:
        """Minutes that are on hold now."""
        lasts = self.hold_stands and self.hold_until is not None and clock.now() < self.hold_until
        return self.held_minutes if lasts else 0

    @property
    def minutes(self) -> int:
        """What all visits of the case had brought."""
        return sum(visit.minutes for visit in self.visits)

    @property
    def still_open(self) -> int:
        """Minutes that were spent and could not be taken back yet."""
        upheld = self.state in (CaseState.UPHELD, CaseState.APPEALED, CaseState.CONFIRMED)
        return sum(visit.minutes for visit in self.visits if visit.taken_back_at is None) if upheld else 0

    @property
    def may_be_decided(self) -> bool:
        """Was the volunteer heard, or is the time for it over?"""
        late = self.state is CaseState.FROZEN and clock.now() > self.answer_until
        return late or self.state is CaseState.HEARD

    @property
    def may_appeal(self) -> bool:
        return self.state is CaseState.UPHELD and self.appeal_until is not None and clock.now() <= self.appeal_until


def cases(actor: Actor, all_: bool = False, after: int | None = None, limit: int = PER_PAGE) -> Page[CaseLine]:
    """Open cases (or all) of the actor's territories (`annulments.read`), newest first; one statement a page."""
    wanted = _lines().where(in_scope(AnnulmentCase.territory_code, actor.scopes("annulments.read")))
    if not all_:
        wanted = wanted.where(AnnulmentCase.state.in_(OPEN))
    if after is not None:
        wanted = wanted.where(AnnulmentCase.id < after)
    found = _read(wanted.limit(limit + 1))
    return cut(found, [line.id for line in found], limit)


def own_cases(person_id: int) -> list[CaseLine]:
    """The cases against oneself, newest first, at most 50."""
    return _read(_lines().where(AnnulmentCase.volunteer_id.in_(people.ids_of(person_id))).limit(50))


def _lines() -> Any:
    minutes = select(func.coalesce(func.sum(AnnulledVisit.minutes), 0)).where(AnnulledVisit.case_id == AnnulmentCase.id)
    return (
        select(AnnulmentCase, Person.name, minutes.scalar_subquery())
        .join(Person, Person.id == AnnulmentCase.volunteer_id)
        .order_by(AnnulmentCase.id.desc())
    )


def _read(wanted: Any) -> list[CaseLine]:
    return [
        CaseLine(row.id, row.volunteer_id, name, row.state, int(minutes), row.opened_at, row.answer_until)
        for row, name, minutes in db.session.execute(wanted)
    ]


def case(actor: Actor, case_id: int) -> CaseDetail:
    """One case for staff (`annulments.read`).  Raises NotFound("no_such_annulment")."""
    scope = in_scope(AnnulmentCase.territory_code, actor.scopes("annulments.read"))
    return _detail(db.session.scalar(select(AnnulmentCase).where(AnnulmentCase.id == case_id, scope)))


def own_case(actor: Actor, case_id: int) -> CaseDetail:
    """One case against oneself, or against somebody one acts for.  Raises NotFound("no_such_annulment")."""
    row = db.session.get(AnnulmentCase, case_id)
    return _detail(row if row is not None and people.is_actor(actor, row.volunteer_id) else None)


def _detail(row: AnnulmentCase | None) -> CaseDetail:
    if row is None:
        raise NotFound("no_such_annulment")
    known = people.brief(row.volunteer_id)
    return CaseDetail(
        row.id,
        row.volunteer_id,
        known.name if known else "",
        row.territory_code,
        row.state,
        row.source,
        row.reason,
        row.opened_at,
        row.opened_by,
        row.held_minutes,
        row.hold_until,
        row.answer_until,
        row.answer,
        row.answered_at,
        row.decided_at,
        row.decided_by,
        row.finding,
        row.barred_until,
        row.appeal_until,
        row.appeal,
        row.appealed_at,
        row.re_examined_at,
        row.re_finding,
        visits=tuple(_visits_of(row.id)),
        steps=tuple(_steps_of(row.id)),
        hold_stands=row.hold_id is not None,
    )


def _visits_of(case_id: int) -> list[SuspectVisit]:
    rows = db.session.execute(
        select(Visit, Person.name, AnnulledVisit)
        .join(AnnulledVisit, AnnulledVisit.visit_id == Visit.id)
        .join(Person, Person.id == Visit.recipient_id)
        .where(AnnulledVisit.case_id == case_id)
        .order_by(Visit.id)
    ).all()
    names = schemes.service_names({visit.service_code for visit, _, _ in rows})
    return [
        SuspectVisit(
            visit.id,
            visit.check_in_at or visit.starts_at,
            names[visit.service_code],
            name,
            line.minutes,
            line.taken_back_at,
            line.restored_at if line.taken_back_at else None,  # else its credit stood all the time
        )
        for visit, name, line in rows
    ]


def _steps_of(case_id: int) -> list[StepLine]:
    rows = db.session.scalars(
        select(AnnulmentStep).where(AnnulmentStep.case_id == case_id).order_by(AnnulmentStep.id.desc())
    )
    return [StepLine(row.at, row.actor_name, row.to_state, row.note) for row in rows]


def credited_visits(volunteer_id: int, until: date | None = None) -> list[SuspectVisit]:
    """The newest 60 credited visits of a volunteer, planned for this day or before, that are in no open case.

    Who asks was asked before.
    """
    ended = clock.at(min(until or clock.today(), clock.today()) + timedelta(days=1), 0)
    taken = (
        select(AnnulledVisit.visit_id)
        .join(AnnulmentCase, AnnulmentCase.id == AnnulledVisit.case_id)
        .where(AnnulmentCase.state.in_(OPEN))
    )
    rows = db.session.execute(
        select(Visit, Person.name)
        .join(Person, Person.id == Visit.recipient_id)
        .where(
            Visit.volunteer_id.in_(people.ids_of(volunteer_id)),
            Visit.state == VisitState.CREDITED,
            Visit.starts_at < ended,
            Visit.id.not_in(taken),
        )
        .order_by(Visit.starts_at.desc(), Visit.id.desc())
        .limit(MOST_VISITS)
    ).all()
    names = schemes.service_names({visit.service_code for visit, _ in rows})
    return [
        SuspectVisit(
            visit.id, visit.check_in_at or visit.starts_at, names[visit.service_code], name, visit.minutes_credited or 0
        )
        for visit, name in rows
    ]


def waiting_counts(actor: Actor) -> tuple[int, int]:
    """(cases to decide, appeals to look at) for the actor now; one statement."""
    scope = in_scope(AnnulmentCase.territory_code, actor.scopes("annulments.decide"))
    heard = (AnnulmentCase.state == CaseState.HEARD) | (
        (AnnulmentCase.state == CaseState.FROZEN) & (AnnulmentCase.answer_until < clock.now())
    )
    decide, appeals = db.session.execute(
        select(func.count().filter(heard), func.count().filter(AnnulmentCase.state == CaseState.APPEALED)).where(scope)
    ).one()
    return int(decide), int(appeals)
