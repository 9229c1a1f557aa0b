"""What every verb on a case does first: find it, ask for the right, keep relatives out, write down what happened."""

from __future__ import annotations

from timebank.access import queries as access
from timebank.assistance.models import AssistanceCase, CaseEvent, PlanLine
from timebank.assistance.rules import cases as rules
from timebank.assistance.rules import separation
from timebank.assistance.rules.cases import CaseFacts, CaseState
from timebank.assistance.rules.plans import LineState
from timebank.core import audit
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.people import queries as people


def found(actor: Actor, case_id: int, permission: str = "cases.write") -> AssistanceCase:
    """The case, if the actor may do this to it.  Raises `NotFound` (not seen), `NotAllowed`, `Refused` (a relative)."""
    case = db.session.get(AssistanceCase, case_id)
    if case is None or not actor.may("cases.read", case.territory_code):
        raise NotFound("case_not_found")
    actor.require(permission, case.territory_code)
    keep_relatives_out(actor, case.person_id)
    return case


def keep_relatives_out(actor: Actor, person_id: int) -> None:
    """Raises `Refused` when the actor is the client, lives with them or acts for them (domain.md C7)."""
    if actor.person_id is None:
        return
    ids = people.ids_of(person_id)
    household = people.household_ids([person_id]).get(person_id, frozenset())
    refused = separation.refuse_handling(
        separation.Closeness(
            worker_id=person_id if actor.person_id in ids else actor.person_id,
            client_id=person_id,
            client_household=frozenset(household) - {person_id},
            client_agents=frozenset(agent.agent_person_id for agent in people.agents_of(person_id)),
            worker_wards=frozenset(person_id if ward in ids else ward for ward in actor.wards),
        )
    )
    if refused:
        raise Refused(refused)


def worker(account_id: int, territory: str, person_id: int) -> Actor:
    """The member of staff who is to answer for a case.  Raises `Refused` when they may not."""
    chosen = access.actor_of(account_id)
    if chosen is None or not chosen.may("cases.write", territory):
        raise Refused("case_worker_not_here", field="case_worker_id")
    try:
        keep_relatives_out(chosen, person_id)
    except Refused as refused:
        raise Refused("case_worker_relative", field="case_worker_id") from refused
    return chosen


def facts(case: AssistanceCase) -> CaseFacts:
    """What the rules ask about a case (one statement)."""
    open_lines = (
        db.session.query(PlanLine).filter_by(case_id=case.id, state=LineState.PLANNED).count()  # count in the database
    )
    return CaseFacts(case.state, case.urgency, case.reopened, open_lines)


def move(actor: Actor, case: AssistanceCase, to: CaseState, note: str = "") -> None:
    """Changes the state by the rules and writes the event.  Raises `Refused`."""
    refused = rules.refuse_move(facts(case), to)
    if refused:
        raise Refused(refused)
    note_event(actor, case, to, note)
    case.state = to


def note_event(actor: Actor, case: AssistanceCase, to: CaseState, note: str = "") -> None:
    """Adds to the history of the case and to the audit."""
    before = case.state if case.id and case.state is not to else None
    db.session.add(
        CaseEvent(
            case_id=case.id,
            account_id=actor.account_id,
            actor_name=actor.name[:80],
            from_state=before,
            to_state=to,
            note=note or None,
        )
    )
    audit.record(actor, f"case.{to.value}", "case", case.id, case.territory_code)


def must_be_workable(case: AssistanceCase, actor: Actor) -> None:
    """Needs and plan lines are added while assessing; the first of them starts the assessment.  Raises `Refused`."""
    if case.state is CaseState.CLOSED:
        raise Refused("case_closed")
    if case.state not in rules.WORKABLE:
        raise Refused("plan_is_fixed")
    if case.state is CaseState.OPENED:
        move(actor, case, CaseState.ASSESSING)


def not_allowed_to_read(actor: Actor, territory: str) -> None:
    """Raises `NotAllowed` unless the actor may read cases here."""
    if not actor.may("cases.read", territory):
        raise NotAllowed("cases.read")
