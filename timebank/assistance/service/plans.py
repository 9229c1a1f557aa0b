"""Home visits, needs and plan lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from timebank.assistance.models import AssistanceCase, CaseNeed, HomeVisit, PlanLine
from timebank.assistance.models.plans import VisitKind
from timebank.assistance.rules import cases as rules
from timebank.assistance.rules.cases import CaseState
from timebank.assistance.rules.plans import LineKind, LineState, NeedKind, refuse_line
from timebank.assistance.service import handling
from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused

LONGEST_VISIT_HOURS = 12


@dataclass(frozen=True, slots=True)
class NewHomeVisit:
    """A visit that took place."""

    case_id: int
    kind: VisitKind
    visitors: tuple[str, ...]
    started_at: datetime
    ended_at: datetime
    findings: str
    next_action: str = ""
    next_due_on: date | None = None
    signed_by: str = ""
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line of a plan: fen for cash, a quantity with its unit for goods, minutes for a service."""

    case_id: int
    kind: LineKind
    programme: str
    provider: str
    due_on: date
    need_id: int | None = None
    amount_fen: int | None = None
    quantity: int | None = None
    unit: str = ""
    minutes: int | None = None
    monthly: bool = False


@command
def record_visit(actor: Actor, new: NewHomeVisit, *, key: str | None = None) -> int:
    """Writes down a home visit; the first one starts the assessment.  Returns its id.

    Raises `Refused` ("case_closed", "home_visit_order", "home_visit_too_long", "home_visit_in_future",
    "next_visit_in_past").  Rule: domain.md C2 HomeVisit, N08.
    """
    case = handling.found(actor, new.case_id)
    if case.state is CaseState.CLOSED:
        raise Refused("case_closed")
    _check_times(new)
    visit = HomeVisit(
        case_id=case.id,
        kind=new.kind,
        visitors=list(new.visitors),
        started_at=new.started_at,
        ended_at=new.ended_at,
        findings=new.findings,
        next_action=new.next_action,
        next_due_on=new.next_due_on,
        signed_by=new.signed_by,
        signature=new.signature,
        recorded_by=actor.account_id,
    )
    db.session.add(visit)
    case.next_visit_on = new.next_due_on
    if case.state is CaseState.OPENED:
        handling.move(actor, case, CaseState.ASSESSING)
    db.session.flush()
    audit.record(actor, "home_visit.recorded", "case", case.id, case.territory_code, home_visit=visit.id)
    return visit.id


def _check_times(new: NewHomeVisit) -> None:
    if new.ended_at <= new.started_at:
        raise Refused("home_visit_order", field="ended_at")
    if (new.ended_at - new.started_at).total_seconds() > LONGEST_VISIT_HOURS * 3600:
        raise Refused("home_visit_too_long", field="ended_at")
    if new.ended_at > clock.now():
        raise Refused("home_visit_in_future", field="ended_at")
    if new.next_due_on and new.next_due_on < clock.civil(new.started_at).date():
        raise Refused("next_visit_in_past", field="next_due_on")


@command
def add_need(actor: Actor, case_id: int, kind: NeedKind, words: str, *, key: str | None = None) -> int:
    """Writes down a need in the person's words; returns its id.  Raises `Refused` ("case_closed", "plan_is_fixed")."""
    case = handling.found(actor, case_id)
    handling.must_be_workable(case, actor)
    need = CaseNeed(
        case_id=case.id, kind=NeedKind(kind), words=words, heard_on=clock.today(), recorded_by=actor.account_id
    )
    db.session.add(need)
    db.session.flush()
    audit.record(actor, "need.heard", "case", case.id, case.territory_code, need=need.id)
    return need.id


@command
def meet_need(actor: Actor, need_id: int, *, key: str | None = None) -> int:
    """A need is met; returns the case's id.  Raises `NotFound`, `Refused("case_closed")`."""
    need = db.session.get(CaseNeed, need_id)
    if need is None:
        raise NotFound("need_not_found")
    case = _open(actor, need.case_id)
    need.met_on = need.met_on or clock.today()
    audit.record(actor, "need.met", "case", case.id, case.territory_code, need=need.id)
    return case.id


def _open(actor: Actor, case_id: int) -> AssistanceCase:
    case = handling.found(actor, case_id)
    if case.state is CaseState.CLOSED:
        raise Refused("case_closed")
    return case


@command
def add_line(actor: Actor, new: NewLine, *, key: str | None = None) -> int:
    """Adds a promise to the plan; returns its id.

    Raises `Refused` ("line_needs_cash", "line_needs_in_kind", "line_needs_service", "line_has_other_measure",
    "need_of_other_case", "plan_is_fixed", "case_closed").  Rule: domain.md N07.
    """
    case = handling.found(actor, new.case_id)
    handling.must_be_workable(case, actor)
    refused = refuse_line(new.kind, new.amount_fen, new.quantity, new.minutes)
    if refused:
        raise Refused(refused, field=MEASURES[new.kind])
    need = db.session.get(CaseNeed, new.need_id) if new.need_id else None
    if new.need_id and (need is None or need.case_id != case.id):
        raise Refused("need_of_other_case", field="need_id")
    line = PlanLine(
        case_id=case.id,
        need_id=new.need_id,
        kind=new.kind,
        programme=new.programme,
        provider=new.provider,
        amount_fen=new.amount_fen,
        quantity=new.quantity,
        unit=new.unit,
        minutes=new.minutes,
        monthly=new.monthly,
        due_on=new.due_on,
        state=LineState.PLANNED,
        created_by=actor.account_id,
    )
    db.session.add(line)
    db.session.flush()
    audit.record(actor, "plan_line.added", "case", case.id, case.territory_code, line=line.id, kind=line.kind.value)
    return line.id


MEASURES = {LineKind.CASH: "amount_fen", LineKind.IN_KIND: "quantity", LineKind.SERVICE: "minutes"}


@command
def deliver_line(actor: Actor, line_id: int, on: date, note: str = "", *, key: str | None = None) -> int:
    """What was promised was given on the day; returns the case's id.

    Raises `Refused` ("plan_not_approved", "case_closed", "line_settled", "delivered_in_future").
    """
    line, case = _line(actor, line_id)
    refused = rules.refuse_delivery(handling.facts(case))
    if refused:
        raise Refused(refused)
    if on > clock.today():
        raise Refused("delivered_in_future", field="on")
    line.state, line.delivered_on, line.delivered_by, line.note = LineState.DELIVERED, on, actor.account_id, note
    audit.record(actor, "plan_line.delivered", "case", case.id, case.territory_code, line=line.id)
    return case.id


@command
def cancel_line(actor: Actor, line_id: int, words: str, *, key: str | None = None) -> int:
    """A promise falls away, with the reason; returns the case's id.

    Raises `Refused` ("line_settled", "words_missing").
    """
    line, case = _line(actor, line_id)
    if not words.strip():
        raise Refused("words_missing", field="words")
    line.state, line.note = LineState.CANCELLED, words.strip()
    audit.record(actor, "plan_line.cancelled", "case", case.id, case.territory_code, line=line.id)
    return case.id


def _line(actor: Actor, line_id: int) -> tuple[PlanLine, AssistanceCase]:
    line = db.session.get(PlanLine, line_id)
    if line is None:
        raise NotFound("line_not_found")
    case = _open(actor, line.case_id)
    if line.state is not LineState.PLANNED:
        raise Refused("line_settled")
    return line, case
