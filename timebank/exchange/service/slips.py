"""Paper sheets of a week: looked at and made anew; what stands on them typed back, each line for itself.

The code of a torn-off strip stands for the recipient's word.  There is one try: a code that does not belong to the
visit sends it to a second pair of eyes, as a line without any code does (tb.two_reviewers_for_manual_entry).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from timebank.access.service import codes
from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db, transaction
from timebank.core.errors import NotFound, Refused, TimebankError
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries import schemes
from timebank.exchange.queries.slips import PERMISSION, TO_ENTER, SheetFilter, Sheets, Stray, fits, stray, strip_code
from timebank.exchange.queries.slips import sheets as sheets_of
from timebank.exchange.rules import hours as rules
from timebank.exchange.rules.credit import actual_minutes
from timebank.exchange.rules.hours import LoggedVisit
from timebank.exchange.rules.slips import Happened, Slip, tidy, well_formed
from timebank.exchange.rules.visits import PLANNED, Event, VisitState
from timebank.exchange.service import payment, steps, visits
from timebank.exchange.service.closing import close_when_done
from timebank.people import queries as people

ON_PAPER = "paper"
DOUBTS = {
    "missing": "没有撕条码 / no code from the strip",
    "other": "撕条码不符 / the code is not the one of this visit",
}


@transaction
def print_sheets(actor: Actor, chosen: SheetFilter) -> Sheets:
    """The sheets of a week, with the codes of recipients; who printed whose is written down."""
    found = sheets_of(actor, chosen)
    for sheet in found.items:
        audit.record(
            actor,
            "print.visit_sheet",
            "person",
            sheet.person_id,
            sheet.territory_code,
            week=chosen.monday.isoformat(),
            part=chosen.part,
            copies=len(sheet.copies),
        )
    return found


@command
def renew_codes(actor: Actor, person_id: int, *, key: str | None = None) -> int:
    """A recipient's sheet was lost: all codes of visits that are still to come are made anew; answers how many.

    "visits.confirm" where the visits are.  Raises `NotFound("no_such_person")`, `Refused("no_visits_to_print")`.
    """
    person = people.brief(people.resolve(person_id))
    if person is None or not actor.may(PERMISSION, person.territory_code):
        raise NotFound("no_such_person")
    wanted = select(Visit).where(Visit.recipient_id.in_(people.ids_of(person.id)), Visit.state.in_(PLANNED))
    found = [row for row in db.session.scalars(wanted.with_for_update()) if actor.may(PERMISSION, row.territory_code)]
    if not found:
        raise Refused("no_visits_to_print")
    for visit in found:
        visit.code_round += 1
    audit.record(actor, "renew_codes.person", "person", person.id, person.territory_code, visits=len(found))
    return len(found)


@dataclass(frozen=True, slots=True)
class GridAnswer:
    """What became of the rows of a grid, by the visit's number: its new state, or why it stayed.

    `strays`: codes typed beside a visit that are on the strip of another one of the actor's area.
    """

    done: dict[int, VisitState] = field(default_factory=dict)
    wrong: dict[int, TimebankError] = field(default_factory=dict)
    strays: list[Stray] = field(default_factory=list)


def enter_slips(actor: Actor, slips: Sequence[Slip], *, key: str) -> GridAnswer:
    """Many rows; each is a transaction of its own, so good rows go in and bad ones stay.  A retry doubles nothing."""
    answer = GridAnswer()
    for slip in slips:
        try:
            answer.done[slip.visit_id] = VisitState(enter_slip(actor, slip, key=f"{key}:{slip.visit_id}"))
        except TimebankError as error:
            db.session.rollback()
            answer.wrong[slip.visit_id] = error
            continue
        if tidy(slip.code) and answer.done[slip.visit_id] is VisitState.SECOND_REVIEW:
            found = stray(actor, slip.visit_id, slip.code)
            answer.strays.extend([found] if found else [])
    return answer


def enter_slip(actor: Actor, slip: Slip, *, key: str | None = None) -> str:
    """One line of the paper; answers with the visit's state: credited, second_review, awaiting_confirmation, no_show.

    "visits.confirm" there, never for oneself.  A well-formed code is one try, counted in a transaction of its own.
    Raises `Refused` beside the field (done, start, minutes, code): slip_entered, visit_to_come, confirm_own,
    code_mistyped, visit_code_locked, those of `rules.hours.check`, overlap, insufficient_time, no_show_too_soon.
    """
    visit = db.session.get(Visit, slip.visit_id)
    if visit is None or not actor.may(PERMISSION, visit.territory_code):
        raise NotFound("no_such_visit", field="done")
    code = tidy(slip.code)
    if code and slip.happened is Happened.YES and visit.state in TO_ENTER:
        _facts(actor, visit, slip)  # what is refused for another reason is no try at the code
        if not well_formed(code):
            raise Refused("code_mistyped", field="code")
        _count(actor, visit, code)
    return _enter(actor, slip, key=key)


def _count(actor: Actor, visit: Visit, code: str) -> None:
    """A wrong code is counted for the visit and the typist; whether it is wrong is `_enter`'s to say."""
    right = strip_code(visit)
    try:
        codes.check_visit_code(actor, visit.id, lambda: fits(code, right))
    except Refused as error:
        if error.code != "wrong_visit_code":
            raise


@command
def _enter(actor: Actor, slip: Slip, *, key: str | None = None) -> str:
    visit = steps.visit_for_change(slip.visit_id)
    begins, ends = _facts(actor, visit, slip)
    if slip.happened is not Happened.YES:
        visits.mark_no_show(actor, visit.id, slip.happened.value)
        return visit.state.value
    if visit.state is not VisitState.AWAITING_CONFIRMATION:
        visit.check_in_how = visit.check_in_how or "sheet"
        visit.check_in_at, visit.check_out_at = begins, ends
        visit.minutes_actual = actual_minutes(begins, ends, visit.break_minutes)
        steps.refuse_worked_twice(visit, ends)
    if tidy(slip.code) and fits(slip.code, strip_code(visit)):
        return _credit(actor, visit)
    return _doubt(actor, visit, "other" if tidy(slip.code) else "missing")


def _facts(actor: Actor, visit: Visit, slip: Slip) -> tuple[datetime, datetime]:
    """When it began and ended, as known already or as typed; refuses what cannot be."""
    if actor.is_self(visit.volunteer_id) or actor.is_self(visit.recipient_id):
        raise Refused("confirm_own", field="done")
    if visit.state not in TO_ENTER:
        raise Refused("slip_entered", field="done")
    if visit.starts_at > clock.now():
        raise Refused("visit_to_come", field="done", begins=visit.starts_at)
    if slip.happened is not Happened.YES:
        return visit.starts_at, visit.starts_at
    if visit.check_in_at and visit.check_out_at:
        return visit.check_in_at, visit.check_out_at
    return _typed(visit, slip)


def _typed(visit: Visit, slip: Slip) -> tuple[datetime, datetime]:
    """The times on the paper, on the day of the visit; of one that was checked in, the beginning is known."""
    begun = clock.civil(visit.check_in_at) if visit.check_in_at else None
    day = clock.civil(visit.check_in_at or visit.starts_at).date()
    first = begun.hour * 60 + begun.minute if begun else slip.from_minute
    entry = LoggedVisit(
        visit.volunteer_id or 0, visit.recipient_id, visit.service_code, day, first, first + slip.minutes
    )
    now = clock.civil(clock.now())
    rules.check(
        entry,
        today=now.date(),
        minute_now=now.hour * 60 + now.minute,
        back_days=schemes.parameters(visit.scheme_id, day).number("tb.manual_entry_days"),
        longest=schemes.service_type(visit.service_code).max_minutes,
    )
    begins = visit.check_in_at or clock.at(day, first)
    return begins, begins + timedelta(minutes=slip.minutes)


def _credit(actor: Actor, visit: Visit) -> str:
    """The recipient gave the strip away: their word, on paper."""
    if visit.state is not VisitState.AWAITING_CONFIRMATION:
        steps.move(actor, visit, Event.REPORT, channel=ON_PAPER, minutes=visit.minutes_actual)
    steps.move(actor, visit, Event.CONFIRM, channel=ON_PAPER, how="strip")
    visit.confirmed_how, visit.confirmed_by, visit.confirmed_at = "strip", actor.account_id, clock.now()
    payment.pay(actor, visit)
    steps.flush()
    close_when_done(actor, visit.request_id)
    steps.tell_credited(visit)
    return visit.state.value


def _doubt(actor: Actor, visit: Visit, why: str) -> str:
    """Without the recipient's code somebody else looks; where a scheme wants no second pair, the recipient is asked."""
    if why == "missing" and visit.state is VisitState.AWAITING_CONFIRMATION:
        raise Refused("code_missing", field="code")
    twice = schemes.parameters(visit.scheme_id, clock.today())["tb.two_reviewers_for_manual_entry"]
    if why == "missing" and not twice:
        steps.move(actor, visit, Event.REPORT, channel=ON_PAPER, minutes=visit.minutes_actual)
        steps.flush()
        steps.tell_recipient(visit, "please_confirm", **steps.facts_of(visit), minutes=visit.minutes_actual)
        return visit.state.value
    steps.move(actor, visit, Event.DOUBT, DOUBTS[why], channel=ON_PAPER, minutes=visit.minutes_actual)
    visit.recorded_by = actor.account_id
    visit.note = "\n".join(part for part in (visit.note, DOUBTS[why]) if part)
    steps.flush()
    return visit.state.value
