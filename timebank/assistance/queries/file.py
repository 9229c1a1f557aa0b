"""One case as a file: person, plan, and everything that happened in the order of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from timebank.access import queries as access
from timebank.assistance.models import AssistanceCase, CaseEvent, CaseNeed, HomeVisit, PlanLine
from timebank.assistance.rules import cases as rules
from timebank.assistance.rules import plans
from timebank.assistance.rules.cases import CaseState
from timebank.assistance.rules.plans import LineKind, LineState
from timebank.core import clock
from timebank.core.audit import SensitiveRead
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.people import queries as people
from timebank.people.queries import PersonBrief
from timebank.territory import queries as territory

READS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class LineInfo:
    """A line of the plan as the page shows it."""

    id: int
    kind: LineKind
    state: LineState
    programme: str
    provider: str
    amount_fen: int | None
    quantity: int | None
    unit: str
    minutes: int | None
    monthly: bool
    due_on: date
    overdue_days: int
    delivered_on: date | None
    delivered_by: str
    need: str
    note: str


@dataclass(frozen=True, slots=True)
class NeedInfo:
    id: int
    kind: plans.NeedKind
    words: str
    heard_on: date
    met_on: date | None


@dataclass(frozen=True, slots=True)
class Moment:
    """Something in the timeline: `what` is "state", "visit", "need" or "line"; `item` the row itself."""

    at: datetime
    what: str
    item: Any
    who: str


@dataclass(frozen=True, slots=True)
class Read:
    """Somebody looked into the file."""

    at: datetime
    who: str
    fields: str
    purpose: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything of a case."""

    case: AssistanceCase
    person: PersonBrief
    place: str
    worker: str
    approver: str
    household: tuple[PersonBrief, ...]
    needs: tuple[NeedInfo, ...]
    lines: tuple[LineInfo, ...]
    plan: plans.Completeness
    timeline: tuple[Moment, ...]
    reads: tuple[Read, ...]
    overdue_days: int

    @property
    def workable(self) -> bool:
        return self.case.state in rules.WORKABLE

    @property
    def may_deliver(self) -> bool:
        open_lines = self.plan.planned
        return rules.refuse_delivery(rules.CaseFacts(self.case.state, self.case.urgency, 0, open_lines)) is None

    @property
    def monthly_fen(self) -> int:
        """Sum of the monthly cash that runs (N11), in fen."""
        return sum(line.amount_fen or 0 for line in self.lines if line.monthly and line.state is LineState.DELIVERED)


def head(actor: Actor, case_id: int) -> AssistanceCase:
    """The case itself, if the actor may see it.  Raises `NotFound`."""
    case = db.session.get(AssistanceCase, case_id)
    if case is None or not actor.may("cases.read", case.territory_code):
        raise NotFound("case_not_found")
    return case


def file(actor: Actor, case_id: int) -> CaseFile:
    """The whole file; the caller has written down the look before (`service.cases.open_file`).  Raises `NotFound`."""
    case = head(actor, case_id)
    visits = list(db.session.scalars(select(HomeVisit).where(HomeVisit.case_id == case_id)))
    needs = list(db.session.scalars(select(CaseNeed).where(CaseNeed.case_id == case_id).order_by(CaseNeed.id)))
    lines = list(
        db.session.scalars(select(PlanLine).where(PlanLine.case_id == case_id).order_by(PlanLine.due_on, PlanLine.id))
    )
    events = list(db.session.scalars(select(CaseEvent).where(CaseEvent.case_id == case_id)))
    hands = [visit.recorded_by for visit in visits] + [line.delivered_by for line in lines]
    names = access.names_of_accounts([case.case_worker_id, case.approved_by, *hands])
    mates = people.household_ids([case.person_id]).get(case.person_id, frozenset()) - {case.person_id}
    briefs = people.briefs([case.person_id, *mates])
    words = {need.id: need.words for need in needs}
    today = clock.today()
    return CaseFile(
        case=case,
        person=briefs[case.person_id],
        place=territory.path_name(case.territory_code),
        worker=names.get(case.case_worker_id, ""),
        approver=names.get(case.approved_by or 0, ""),
        household=tuple(briefs[mate] for mate in sorted(mates) if mate in briefs),
        needs=tuple(NeedInfo(n.id, n.kind, n.words, n.heard_on, n.met_on) for n in needs),
        lines=tuple(_line(line, words, names, today) for line in lines),
        plan=plans.completeness(_as_lines(lines), [need.id for need in needs if need.met_on is None]),
        timeline=_timeline(events, visits, names),
        reads=reads_of(case.person_id, "case") if actor.has("cases.read") else (),
        overdue_days=0 if case.state is CaseState.CLOSED else rules.days_overdue(case.next_visit_on, today),
    )


def open_needs(case_id: int) -> list[tuple[int, plans.NeedKind, str]]:
    """Needs that are not met yet, for the form of a plan line."""
    rows = db.session.execute(
        select(CaseNeed.id, CaseNeed.kind, CaseNeed.words)
        .where(CaseNeed.case_id == case_id, CaseNeed.met_on.is_(None))
        .order_by(CaseNeed.id)
    )
    return [(need_id, kind, words) for need_id, kind, words in rows]


def _as_lines(rows: Iterable[PlanLine]) -> list[plans.Line]:
    return [plans.Line(row.kind, row.state, row.need_id, row.amount_fen or row.quantity or row.minutes) for row in rows]


def _line(row: PlanLine, words: dict[int, str], names: dict[int, str], today: date) -> LineInfo:
    return LineInfo(
        id=row.id,
        kind=row.kind,
        state=row.state,
        programme=row.programme,
        provider=row.provider,
        amount_fen=row.amount_fen,
        quantity=row.quantity,
        unit=row.unit,
        minutes=row.minutes,
        monthly=row.monthly,
        due_on=row.due_on,
        overdue_days=rules.days_overdue(row.due_on, today) if row.state is LineState.PLANNED else 0,
        delivered_on=row.delivered_on,
        delivered_by=names.get(row.delivered_by or 0, ""),
        need=words.get(row.need_id or 0, ""),
        note=row.note,
    )


def _timeline(events: list[CaseEvent], visits: list[HomeVisit], names: dict[int, str]) -> tuple[Moment, ...]:
    moments = [Moment(event.at, "state", event, event.actor_name) for event in events]
    moments += [Moment(visit.started_at, "visit", visit, names.get(visit.recorded_by or 0, "")) for visit in visits]
    return tuple(sorted(moments, key=lambda moment: moment.at, reverse=True))


def reads_of(person_id: int, field: str) -> tuple[Read, ...]:
    """Who looked into this kind of file of a person lately, newest first; looks into the health file always count."""
    rows = db.session.scalars(
        select(SensitiveRead)
        .where(
            SensitiveRead.person_id.in_(people.ids_of(person_id)),
            or_(SensitiveRead.fields == field, SensitiveRead.fields == "health"),
        )
        .order_by(SensitiveRead.id.desc())
        .limit(READS_SHOWN)
    )
    return tuple(Read(row.at, row.actor_name, row.fields, row.purpose) for row in rows)
