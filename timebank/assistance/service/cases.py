"""Opening, assigning, approving and closing cases, and looking into them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from timebank.assistance.models import AssistanceCase, CaseNeed, PlanLine
from timebank.assistance.rules import cases as rules
from timebank.assistance.rules import plans, separation
from timebank.assistance.rules.cases import CaseKind, CaseState, CloseReason, LegalBasis, Urgency
from timebank.assistance.service import handling
from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db, transaction
from timebank.core.errors import Conflict, NotFound, Refused
from timebank.people import queries as people
from timebank.people.rules.codes import AgentKind, PersonRole
from timebank.people.service.roles import give_role

CONSENT_PURPOSE = "assistance"


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to open.  `case_worker_id` is an account; None: whoever opens it."""

    person_id: int
    kind: CaseKind
    legal_basis: LegalBasis
    urgency: Urgency = Urgency.ORDINARY
    summary: str = ""
    case_worker_id: int | None = None


@command
def open_case(actor: Actor, new: NewCase, *, key: str | None = None) -> int:
    """Opens a case for a person and gives it a case worker; returns its id.

    Raises `NotFound`, `NotAllowed`, `Conflict("case_open_already")`, `Refused` ("own_case", "relative_of_client",
    "guardian_missing", "case_worker_not_here", "case_worker_relative").  Rules: domain.md C2 Case, C7, C8.19.
    """
    person_id = people.resolve(new.person_id)
    person = people.brief(person_id)
    if person is None:
        raise NotFound("person_not_found")
    actor.require("cases.write", person.territory_code)
    handling.keep_relatives_out(actor, person_id)
    worker_id = new.case_worker_id or actor.account_id
    if worker_id is None:
        raise Refused("case_worker_missing", field="case_worker_id")
    if worker_id != actor.account_id:
        handling.worker(worker_id, person.territory_code, person_id)
    _refuse_second(person_id, new.kind)
    _refuse_basis(new.legal_basis, person_id, person.age(clock.today()))
    case = AssistanceCase(
        person_id=person_id,
        territory_code=person.territory_code,
        kind=new.kind,
        urgency=new.urgency,
        state=CaseState.OPENED,
        legal_basis=new.legal_basis,
        summary=new.summary,
        case_worker_id=worker_id,
        opened_on=clock.today(),
        created_by=actor.account_id,
    )
    db.session.add(case)
    db.session.flush()
    if not person.is_client:
        give_role(actor, person_id, PersonRole.CLIENT)
    handling.note_event(actor, case, CaseState.OPENED)
    return case.id


def _refuse_second(person_id: int, kind: CaseKind) -> None:
    open_one = select(AssistanceCase.id).where(
        AssistanceCase.person_id.in_(people.ids_of(person_id)),
        AssistanceCase.kind == kind,
        AssistanceCase.state != CaseState.CLOSED,
    )
    if db.session.scalar(open_one.limit(1)):
        raise Conflict("case_open_already", field="kind")


def _refuse_basis(basis: LegalBasis, person_id: int, age: int | None) -> None:
    guardians = sum(agent.kind == AgentKind.GUARDIAN for agent in people.agents_of(person_id))
    refused = rules.refuse_basis(basis, age, guardians)
    if refused:
        raise Refused(refused, field="legal_basis")


@command
def assign_worker(actor: Actor, case_id: int, account_id: int, *, key: str | None = None) -> int:
    """Gives the case to another case worker.  Raises `Refused("case_worker_not_here")` or "case_worker_relative"."""
    case = handling.found(actor, case_id)
    chosen = handling.worker(account_id, case.territory_code, case.person_id)
    case.case_worker_id = account_id
    handling.note_event(actor, case, case.state, chosen.name)
    return case_id


@transaction
def open_file(actor: Actor, case_id: int, purpose: str) -> None:
    """Writes down that the actor looks into a case, and why; call before showing it (domain.md C8.18).

    Raises `NotFound`, `Refused("case_purpose_missing")`, `Refused("relative_of_client")`.
    """
    case = handling.found(actor, case_id, "cases.read")
    if not purpose.strip():
        raise Refused("case_purpose_missing", field="purpose")
    audit.saw(actor, case.person_id, ["case"], purpose.strip())


@transaction
def note_export(actor: Actor, rows: int) -> None:
    """Writes down that a list of cases left the system."""
    audit.record(actor, "case.exported", "case", "list", rows=rows)


@command
def propose_plan(actor: Actor, case_id: int, *, key: str | None = None) -> int:
    """Puts the plan forward for approval.  Raises `Refused` ("plan_empty", "needs_without_line", "case_state")."""
    case = handling.found(actor, case_id)
    refused = plans.refuse_plan(plans.completeness(_lines(case_id), _open_needs(case_id)))
    if refused:
        raise Refused(refused)
    handling.move(actor, case, CaseState.PLANNED)
    case.planned_by = actor.account_id
    return case_id


def _lines(case_id: int) -> list[plans.Line]:
    rows = db.session.scalars(select(PlanLine).where(PlanLine.case_id == case_id))
    return [plans.Line(row.kind, row.state, row.need_id, row.amount_fen or row.quantity or row.minutes) for row in rows]


def _open_needs(case_id: int) -> list[int]:
    return list(db.session.scalars(select(CaseNeed.id).where(CaseNeed.case_id == case_id, CaseNeed.met_on.is_(None))))


@command
def approve_plan(actor: Actor, case_id: int, *, key: str | None = None) -> int:
    """Approves the plan; the case becomes active.  Raises `Refused("approver_worked_on_case")` (domain.md C7)."""
    case = handling.found(actor, case_id, "cases.approve")
    hands = frozenset(account for account in (case.case_worker_id, case.planned_by, case.created_by) if account)
    refused = separation.refuse_approval(actor.account_id, hands)
    if refused:
        raise Refused(refused)
    if case.state is not CaseState.PLANNED:
        raise Refused("case_state")
    handling.move(actor, case, CaseState.ACTIVE)
    case.approved_by, case.approved_on = actor.account_id, clock.today()
    return case_id


@command
def return_plan(actor: Actor, case_id: int, words: str, *, key: str | None = None) -> int:
    """Sends a plan back to the case worker with words.  Raises `Refused` ("words_missing", "case_state")."""
    case = handling.found(actor, case_id, "cases.approve")
    if case.state is not CaseState.PLANNED:
        raise Refused("case_state")
    handling.move(actor, case, CaseState.ASSESSING, _words(words))
    return case_id


@command
def revise_plan(actor: Actor, case_id: int, words: str, *, key: str | None = None) -> int:
    """Takes an approved plan up again, because something changed; it needs approval once more."""
    case = handling.found(actor, case_id)
    if case.state is not CaseState.ACTIVE:
        raise Refused("case_state")
    handling.move(actor, case, CaseState.ASSESSING, _words(words))
    case.approved_by = case.approved_on = None
    return case_id


@command
def close_case(actor: Actor, case_id: int, reason: CloseReason, words: str = "", *, key: str | None = None) -> int:
    """Closes the case.  Raises `Refused("case_lines_open")` while something promised is neither given nor cancelled."""
    case = handling.found(actor, case_id)
    handling.move(actor, case, CaseState.CLOSED, words)
    case.close_reason, case.closed_on, case.next_visit_on = CloseReason(reason), _not_before(case.opened_on), None
    return case_id


def _not_before(opened: date) -> date:
    return max(opened, clock.today())


@command
def reopen_case(actor: Actor, case_id: int, words: str, *, key: str | None = None) -> int:
    """Takes a closed case up again, once.  Raises `Refused("case_reopened_before")`, `Refused("words_missing")`."""
    case = handling.found(actor, case_id)
    if case.state is not CaseState.CLOSED:
        raise Refused("case_state")
    handling.move(actor, case, CaseState.ASSESSING, _words(words))
    case.reopened += 1
    case.close_reason = case.closed_on = case.approved_by = case.approved_on = None
    return case_id


def _words(words: str) -> str:
    if not words.strip():
        raise Refused("words_missing", field="words")
    return words.strip()
