"""The steps in the life of a volunteer (domain.md C3.1): each is guarded, written down and told to the person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from timebank.core import audit, clock, hooks
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.exchange.models.volunteers import Volunteer, VolunteerEvent, VolunteerSkill
from timebank.exchange.queries import schemes
from timebank.exchange.queries import volunteers as queries
from timebank.exchange.rules import volunteers as rules
from timebank.exchange.rules.volunteers import Step, VolunteerState
from timebank.exchange.service.welcome import give_welcome
from timebank.notices.service import tell
from timebank.people import queries as people
from timebank.people import service as registry
from timebank.people.rules.codes import PersonRole

OWN_PAGE = "/volunteer"


def load(person_id: int) -> Volunteer:
    """The row to change; raises `NotFound("no_such_volunteer")`."""
    row = db.session.get(Volunteer, person_id)
    if row is None:
        raise NotFound("no_such_volunteer")
    return row


def move(actor: Actor, row: Volunteer, step: Step, reason: str = "", until: str = "") -> None:
    """Takes a step: permission → possible? → reason given? → state, event, audit, notice.

    Refuses: volunteer_step_impossible, reason_needed.
    """
    _require(actor, row, step)
    following = rules.after(row.state, step)
    if following is None:
        raise Refused("volunteer_step_impossible")
    reason = reason.strip()
    if step in rules.NEEDS_REASON and len(reason) < 2:
        raise Refused("reason_needed", field="reason")
    write_event(actor, row, following, reason)
    audit.record(actor, f"{step.value}.volunteer", "volunteer", row.person_id, row.territory_code, reason=reason)
    tell(row.person_id, f"volunteer_{step.value}", path=OWN_PAGE, reason=reason, until=until)


def _require(actor: Actor, row: Volunteer, step: Step) -> None:
    if step in rules.OWN_STEPS and actor.is_self(row.person_id):
        return
    actor.require(rules.permission_for(row.state, step), row.territory_code)


def write_event(actor: Actor, row: Volunteer, following: VolunteerState, reason: str, *, first: bool = False) -> None:
    """The new state and its line in the history; `first`: the record was made by this."""
    before = None if first else row.state
    row.state, row.state_reason = following, reason[:200]
    db.session.add(
        VolunteerEvent(
            volunteer_id=row.person_id,
            account_id=actor.account_id,
            actor_name=actor.name[:80],
            from_state=before,
            to_state=following,
            reason=reason[:200],
        )
    )
    db.session.flush()


def _refuse(code: str | None, field: str | None = None) -> None:
    if code is not None:
        raise Refused(code, field=field)


@command
def review(actor: Actor, person_id: int, *, key: str | None = None) -> int:
    """First level: the service point found the application in order.  Refuses: own_application."""
    row = load(person_id)
    _refuse(rules.review_refusal(actor.account_id, None, actor.is_self(person_id)))
    move(actor, row, Step.SITE_REVIEW)
    row.site_reviewed_by = actor.account_id
    return person_id


@command
def approve(actor: Actor, person_id: int, *, key: str | None = None) -> int:
    """Second level, by another account (Gulou 2018).  Refuses: own_application, same_reviewer."""
    row = load(person_id)
    actor.require("volunteers.approve", row.territory_code)
    _refuse(rules.review_refusal(actor.account_id, row.site_reviewed_by, actor.is_self(person_id)))
    move(actor, row, Step.APPROVE)
    return person_id


@command
def reject(actor: Actor, person_id: int, reason: str, *, key: str | None = None) -> int:
    """Refuses an application with a reason the person is told.  Refuses: own_application, reason_needed."""
    row = load(person_id)
    _refuse(rules.review_refusal(actor.account_id, None, actor.is_self(person_id)))
    move(actor, row, Step.REJECT, reason)
    return person_id


@dataclass(frozen=True, slots=True)
class Training:
    """Trainings passed on a day; `start`: the introduction is passed too, so that the volunteer may begin."""

    person_id: int
    skills: tuple[str, ...]
    passed_on: date
    start: bool = False


@command
def record_training(actor: Actor, training: Training, *, key: str | None = None) -> int:
    """Writes down passed trainings (`volunteers.train`), and lets the volunteer begin.

    Refuses: training_in_future, skill_not_offered, nothing_to_record, training_missing (nothing may be given yet).
    """
    row = load(training.person_id)
    actor.require("volunteers.train", row.territory_code)
    if training.passed_on > clock.today():
        raise Refused("training_in_future", field="passed_on")
    starting = training.start and row.state is VolunteerState.TRAINING
    if not training.skills and not starting:
        raise Refused("nothing_to_record", field="skills")
    _write_trainings(actor, training)
    if starting:
        _start(actor, row)
    return row.person_id


def _write_trainings(actor: Actor, training: Training) -> None:
    for code in training.skills:
        skill = db.session.get(VolunteerSkill, (training.person_id, code))
        if skill is None:
            raise Refused("skill_not_offered", field="skills")
        skill.trained_on, skill.trained_by = training.passed_on, actor.account_id
    db.session.flush()
    if training.skills:
        row = load(training.person_id)
        detail = {"skills": list(training.skills), "passed_on": str(training.passed_on)}
        audit.record(actor, "train.volunteer", "volunteer", row.person_id, row.territory_code, **detail)


def _start(actor: Actor, row: Volunteer) -> None:
    needing = [service.code for service in schemes.service_types(active_only=False) if service.needs_training]
    found = queries.helper(row.person_id)
    if found is None or not rules.usable_skills(found.skills, needing):
        raise Refused("training_missing", field="skills")
    move(actor, row, Step.START)
    give_welcome(actor, row)
    row.active_since = row.active_since or clock.today()


@command
def suspend(actor: Actor, person_id: int, reason: str, *, key: str | None = None) -> int:
    """Stops a volunteer for a while (absence, complaint, health)."""
    row = load(person_id)
    move(actor, row, Step.SUSPEND, reason)
    stopped(actor, person_id, reason)
    return person_id


@command
def lift(actor: Actor, person_id: int, reason: str, *, key: str | None = None) -> int:
    """Ends a suspension."""
    move(actor, load(person_id), Step.LIFT, reason)
    return person_id


@command
def leave(actor: Actor, person_id: int, reason: str = "", *, key: str | None = None) -> int:
    """The person stops helping.  The hours stay theirs: to redeem or to donate."""
    move(actor, load(person_id), Step.LEAVE, reason)
    person = people.brief(person_id)
    if person is not None and person.is_volunteer:
        registry.leave_role(actor, person_id, PersonRole.VOLUNTEER)
    stopped(actor, person_id, reason)
    return person_id


@command
def bar(actor: Actor, person_id: int, reason: str, until: date | None = None, *, key: str | None = None) -> int:
    """Bars a volunteer after confirmed fraud, until a day (default: tb.fraud_bar_months from today).

    Refuses: bar_in_past.
    """
    row = load(person_id)
    months = schemes.parameters(row.scheme_id, clock.today()).number("tb.fraud_bar_months")
    last = until or months_later(clock.today(), months)
    if last < clock.today():
        raise Refused("bar_in_past", field="until")
    move(actor, row, Step.BAR, reason, until=last.isoformat())
    row.barred_until = last
    stopped(actor, person_id, reason)
    return person_id


def months_later(day: date, months: int) -> date:
    """The day so many months on, at most the 28th."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28))


def stopped(actor: Actor, person_id: int, reason: str) -> None:
    """Whoever planned with this volunteer learns that they no longer come."""
    hooks.fire("volunteer_stopped", actor=actor, person_id=person_id, reason=reason)


@command
def set_insurance(actor: Actor, person_id: int, until: date | None, *, key: str | None = None) -> int:
    """Until when the volunteer's accident insurance runs (`volunteers.review`; L3 art. 17)."""
    row = load(person_id)
    actor.require("volunteers.review", row.territory_code)
    before, row.insured_until = row.insured_until, until
    detail = {"before": str(before or ""), "until": str(until or "")}
    audit.record(actor, "insure.volunteer", "volunteer", person_id, row.territory_code, **detail)
    return person_id


def known_services(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes, each once.  Refuses: skills_missing, no_such_service."""
    wanted = tuple(dict.fromkeys(codes))
    if not wanted:
        raise Refused("skills_missing", field="skills")
    if set(wanted) - {service.code for service in schemes.service_types()}:
        raise Refused("no_such_service", field="skills")
    return wanted
