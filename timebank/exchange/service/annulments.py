"""Hours are annulled only after a fair hearing (domain.md C3.6).

Somebody suspects, with a reason that the volunteer reads.  The suspect minutes are on hold, nothing else is.  The
volunteer may answer for tb.hearing_days.  Another person decides; after an appeal a third one looks again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.exchange.models.annulments import AnnulledVisit, AnnulmentCase, AnnulmentStep
from timebank.exchange.models.visits import Visit, VisitState
from timebank.exchange.queries import schemes
from timebank.exchange.rules.annulments import OPEN, CaseState, Persons, Source, require_another, require_heard
from timebank.exchange.service import annulments_books as books
from timebank.exchange.service import annulments_holds as holds
from timebank.exchange.service.volunteers_steps import load
from timebank.notices.service import tell
from timebank.people import queries as people

LONGEST = 2000  # characters of an answer or appeal


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Which credited visits of a volunteer may not be true, and why; the volunteer reads the reason."""

    volunteer_id: int
    visit_ids: tuple[int, ...]
    source: Source
    reason: str


@command
def suspect(actor: Actor, suspicion: Suspicion, *, key: str | None = None) -> int:
    """Opens a case and puts the suspect minutes on hold (`annulments.propose`).

    Refuses: annul_own, reason_needed, annul_no_visits, annul_visit_odd (not a credited visit of theirs),
    annul_visit_twice (already in an open case).
    """
    volunteer = load(people.resolve(suspicion.volunteer_id))
    actor.require("annulments.propose", volunteer.territory_code)
    if actor.is_self(volunteer.person_id):
        raise Refused("annul_own")
    if len(suspicion.reason.strip()) < 5:
        raise Refused("reason_needed", field="reason")
    visits = _suspect_visits(suspicion, people.ids_of(volunteer.person_id))
    rules = schemes.parameters(volunteer.scheme_id, clock.today())
    row = AnnulmentCase(
        volunteer_id=volunteer.person_id,
        scheme_id=volunteer.scheme_id,
        territory_code=volunteer.territory_code,
        source=suspicion.source,
        reason=suspicion.reason.strip()[:300],
        opened_by=actor.account_id,
        opened_name=actor.name[:80],
        answer_until=clock.now() + timedelta(days=rules.number("tb.hearing_days")),
    )
    db.session.add(row)
    db.session.flush()
    db.session.add_all(
        AnnulledVisit(case_id=row.id, visit_id=visit.id, minutes=visit.minutes_credited or 0) for visit in visits
    )
    _step(actor, row, CaseState.SUSPECTED, row.reason)
    holds.freeze(actor, row, visits, rules.number("tb.suspicion_days"))
    _step(actor, row, CaseState.FROZEN)
    _told(row, "annulment_opened", held_minutes=row.held_minutes, until=_day(row.answer_until))
    return row.id


def _suspect_visits(suspicion: Suspicion, numbers: Collection[int]) -> list[Visit]:
    wanted = sorted(set(suspicion.visit_ids))
    if not wanted:
        raise Refused("annul_no_visits", field="visits")
    found = list(db.session.scalars(select(Visit).where(Visit.id.in_(wanted)).order_by(Visit.id).with_for_update()))
    of_theirs = [v for v in found if v.volunteer_id in numbers and v.state is VisitState.CREDITED]
    if len(of_theirs) != len(wanted):
        raise Refused("annul_visit_odd", field="visits")
    already = db.session.scalar(
        select(AnnulledVisit.visit_id)
        .join(AnnulmentCase, AnnulmentCase.id == AnnulledVisit.case_id)
        .where(AnnulledVisit.visit_id.in_(wanted), AnnulmentCase.state.in_(OPEN))
        .limit(1)
    )
    if already is not None:
        raise Refused("annul_visit_twice", field="visits")
    return of_theirs


@command
def answer(actor: Actor, case_id: int, text: str, *, key: str | None = None) -> int:
    """The volunteer (or who acts for them) says how it was; possible until somebody decides.

    Refuses: annul_decided, annul_words_needed.
    """
    row = _own(actor, case_id)
    if row.state is not CaseState.FROZEN:
        raise Refused("annul_decided" if row.state is not CaseState.HEARD else "annul_answered")
    row.answer, row.answered_at = _words(text), clock.now()
    _step(actor, row, CaseState.HEARD)
    return row.id


@dataclass(frozen=True, slots=True)
class Decision:
    """`upheld`: the hours were not true.  The finding is told to the volunteer."""

    case_id: int
    upheld: bool
    finding: str


@command
def decide(actor: Actor, decision: Decision, *, key: str | None = None) -> int:
    """Takes the hours back and bars the volunteer, or frees the hours (`annulments.decide`).

    Refuses: annul_own, annul_same_person, annul_not_heard, annul_decided, annul_words_needed.
    """
    row = _case(actor, decision.case_id)
    require_another(actor.account_id, Persons(row.opened_by), people.is_actor(actor, row.volunteer_id))
    require_heard(row.state, row.answer_until, clock.now())
    finding = _words(decision.finding, "finding")[:300]
    if row.state is CaseState.FROZEN:
        _step(actor, row, CaseState.HEARD, "no answer in time")
    row.decided_at, row.decided_by, row.decided_name = clock.now(), actor.account_id, actor.name[:80]
    row.finding = finding
    holds.unfreeze(actor, row)
    if decision.upheld:
        _uphold(actor, row)
    else:
        _step(actor, row, CaseState.DISMISSED, finding)
        _told(row, "annulment_dismissed", finding=finding)
    return row.id


def _uphold(actor: Actor, row: AnnulmentCase) -> None:
    rules = schemes.parameters(row.scheme_id, clock.today())
    row.appeal_until = clock.now() + timedelta(days=rules.number("tb.appeal_days"))
    _step(actor, row, CaseState.UPHELD, row.finding)
    books.take_back(actor, row)
    books.bar(actor, row, rules.number("tb.fraud_bar_months"))
    facts: dict[str, Any] = {"finding": row.finding, "until": _day(row.appeal_until)}
    if rest := sum(line.minutes for line in holds.open_lines(row)):
        _told(row, "annulment_upheld_rest", rest_minutes=rest, held_minutes=row.held_minutes, **facts)
    else:
        _told(row, "annulment_upheld", **facts)


@command
def appeal(actor: Actor, case_id: int, text: str, *, key: str | None = None) -> int:
    """The volunteer asks for another person to look again.  Refuses: annul_no_appeal, annul_appeal_late."""
    row = _own(actor, case_id)
    if row.state is not CaseState.UPHELD or row.appeal_until is None:
        raise Refused("annul_no_appeal")
    if clock.now() > row.appeal_until:
        raise Refused("annul_appeal_late", until=row.appeal_until)
    row.appeal, row.appealed_at = _words(text), clock.now()
    _step(actor, row, CaseState.APPEALED)
    return row.id


@dataclass(frozen=True, slots=True)
class ReExamination:
    """`confirmed`: the annulment stands.  Otherwise the hours come back and the bar ends."""

    case_id: int
    confirmed: bool
    finding: str


@command
def re_examine(actor: Actor, result: ReExamination, *, key: str | None = None) -> int:
    """A third person looks at an appeal (`annulments.decide`).

    Refuses: annul_own, annul_same_person, annul_not_appealed, annul_words_needed, overlap_now.
    """
    row = _case(actor, result.case_id)
    require_another(actor.account_id, Persons(row.opened_by, row.decided_by), people.is_actor(actor, row.volunteer_id))
    if row.state is not CaseState.APPEALED:
        raise Refused("annul_not_appealed")
    row.re_finding = _words(result.finding, "finding")[:300]
    row.re_examined_at, row.re_examined_by = clock.now(), actor.account_id
    if result.confirmed:
        _step(actor, row, CaseState.CONFIRMED, row.re_finding)
        _told(row, "annulment_confirmed", finding=row.re_finding)
        return row.id
    _step(actor, row, CaseState.OVERTURNED, row.re_finding)
    books.restore(actor, row)
    books.lift_bar(actor, row)
    _told(row, "annulment_overturned", finding=row.re_finding)
    return row.id


def _case(actor: Actor, case_id: int) -> AnnulmentCase:
    row = db.session.get(AnnulmentCase, case_id, with_for_update=True)
    if row is None:
        raise NotFound("no_such_annulment")
    actor.require("annulments.decide", row.territory_code)
    return row


def _own(actor: Actor, case_id: int) -> AnnulmentCase:
    row = db.session.get(AnnulmentCase, case_id, with_for_update=True)
    if row is None or not people.is_actor(actor, row.volunteer_id):
        raise NotFound("no_such_annulment")
    return row


def _words(text: str, field: str = "text") -> str:
    if len(text.strip()) < 2:
        raise Refused("annul_words_needed", field=field)
    return text.strip()[:LONGEST]


def _step(actor: Actor, row: AnnulmentCase, state: CaseState, note: str = "") -> None:
    row.state = state
    db.session.add(
        AnnulmentStep(
            case_id=row.id, account_id=actor.account_id, actor_name=actor.name[:80], to_state=state, note=note[:300]
        )
    )
    db.session.flush()
    audit.record(actor, f"{state.value}.annulment", "annulment", row.id, row.territory_code, reason=note[:300])


def _told(row: AnnulmentCase, what: str, **facts: Any) -> None:
    tell(row.volunteer_id, what, path=f"/my/hearings/{row.id}", **facts)


def _day(moment: datetime) -> str:
    return clock.civil(moment).date().isoformat()
