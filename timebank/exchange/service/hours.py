"""Hours written down afterwards: by the volunteer, by the coordinator, from a paper sheet; and their second review.

Who records is not who reviews (domain.md C7, tb.two_reviewers_for_manual_entry); nobody reviews their own hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.exchange.models.requests import Funding
from timebank.exchange.models.visits import HourEntry, Visit
from timebank.exchange.models.volunteers import Volunteer
from timebank.exchange.queries import schemes
from timebank.exchange.rules import hours as rules
from timebank.exchange.rules.hours import LoggedByName, LoggedVisit
from timebank.exchange.rules.visits import Event, VisitState
from timebank.exchange.service import payment, steps
from timebank.exchange.service.closing import close_when_done
from timebank.notices.service import tell
from timebank.people import queries as people

MAY_HAVE_HELPED = ("active", "suspended")


@command
def log_visit(actor: Actor, entry: LoggedVisit, *, key: str | None = None) -> int:
    """Writes down a visit that took place; answers with the visit's id.

    The volunteer themself (for people they helped or are planned for), or "hours.log" where the recipient lives.  With
    tb.two_reviewers_for_manual_entry it waits for another person's review, else for the recipient's confirmation.
    Raises `Refused` beside the field: those of `rules.hours.check`, overlap (service, begins, until), same_household,
    helper_is_recipient, helper_not_active, not_known_recipient, unknown_funding, overlap_now.
    """
    person = people.brief(people.resolve(entry.recipient_id))
    if person is None:
        raise NotFound("no_such_person", field="recipient_id")
    volunteer = _volunteer(entry.volunteer_id)
    _may_log(actor, entry.volunteer_id, person.id, person.territory_code)
    scheme = schemes.scheme_for(person.territory_code)
    parameters = schemes.parameters(scheme.id, entry.day)
    _check(entry, parameters.number("tb.manual_entry_days"))
    if entry.funding not in {kind.value for kind in Funding}:
        raise Refused("unknown_funding", field="funding")
    _pair(volunteer, person.id)
    visit = _visit(entry, volunteer, person, scheme.id)
    steps.refuse_overlap(volunteer.person_id, visit.starts_at, visit.ends_at or visit.starts_at, field="from_minute")
    twice = bool(parameters["tb.two_reviewers_for_manual_entry"])
    visit.state = VisitState.SECOND_REVIEW if twice else VisitState.AWAITING_CONFIRMATION
    visit.recorded_by = actor.account_id
    db.session.add(visit)
    steps.flush()
    steps.note(actor, visit, None)
    minutes = visit.minutes_planned
    audit.record(actor, "log.visit", "visit", visit.id, visit.territory_code, minutes=minutes, source=entry.source)
    if not twice:
        steps.tell_recipient(visit, "please_confirm", **steps.facts_of(visit), minutes=minutes)
    return visit.id


def _visit(entry: LoggedVisit, volunteer: Volunteer, person: people.PersonBrief, scheme_id: int) -> Visit:
    begins, ends = clock.at(entry.day, entry.from_minute), clock.at(entry.day, entry.to_minute)
    minutes = entry.to_minute - entry.from_minute - entry.break_minutes
    return Visit(
        scheme_id=scheme_id,
        recipient_id=person.id,
        volunteer_id=volunteer.person_id,
        territory_code=person.territory_code,
        service_code=entry.service_code,
        source=entry.source,
        funding=entry.funding,
        earliest_start=begins,
        latest_start=begins,
        starts_at=begins,
        ends_at=ends,
        minutes_planned=minutes,
        check_in_at=begins,
        check_out_at=ends,
        check_in_how="manual",
        break_minutes=entry.break_minutes,
        minutes_actual=minutes,
        note=entry.note.strip(),
    )


def _volunteer(volunteer_id: int) -> Volunteer:
    row = db.session.get(Volunteer, people.resolve(volunteer_id))
    if row is None:
        raise Refused("no_such_volunteer", field="volunteer_id")
    return row


def _may_log(actor: Actor, volunteer_id: int, recipient_id: int, territory: str) -> None:
    if actor.may("hours.log", territory):
        return
    actor.require_for(volunteer_id, "hours.log", territory)
    if recipient_id not in known_recipients(volunteer_id):
        raise Refused("not_known_recipient", field="recipient_id")


def known_recipients(volunteer_id: int) -> frozenset[int]:
    """The people a volunteer helped, or is planned to help: whom she may log hours for without asking."""
    asked = select(Visit.recipient_id).where(Visit.volunteer_id == volunteer_id).distinct()
    return frozenset(db.session.scalars(asked))


def _check(entry: LoggedVisit | LoggedByName, back_days: int) -> None:
    now = clock.civil(clock.now())
    longest = schemes.service_type(entry.service_code).max_minutes
    minute = now.hour * 60 + now.minute
    rules.check(entry, today=now.date(), minute_now=minute, back_days=back_days, longest=longest)


def _pair(volunteer: Volunteer, recipient_id: int) -> None:
    if volunteer.person_id == recipient_id:
        raise Refused("helper_is_recipient", field="recipient_id")
    if volunteer.state.value not in MAY_HAVE_HELPED:
        raise Refused("helper_not_active", field="volunteer_id")
    if recipient_id in people.household_ids([volunteer.person_id]).get(volunteer.person_id, frozenset()):
        raise Refused("same_household", field="recipient_id")


@command
def log_by_name(actor: Actor, entry: LoggedByName, *, key: str | None = None) -> int:
    """The volunteer helped somebody the list does not show: the coordinator will say who that was.

    Answers with the entry's id.  Raises `Refused` as `log_visit`, and name_missing.
    """
    volunteer = _volunteer(entry.volunteer_id)
    actor.require_for(volunteer.person_id, "hours.log", volunteer.territory_code)
    if not entry.recipient_name.strip():
        raise Refused("helped_name_missing", field="recipient_name")
    parameters = schemes.parameters(volunteer.scheme_id, entry.day)
    _check(entry, parameters.number("tb.manual_entry_days"))
    begins, ends = clock.at(entry.day, entry.from_minute), clock.at(entry.day, entry.to_minute)
    steps.refuse_overlap(volunteer.person_id, begins, ends, field="from_minute")
    row = HourEntry(
        volunteer_id=volunteer.person_id,
        recipient_name=entry.recipient_name.strip()[:64],
        service_code=entry.service_code,
        starts_at=begins,
        ends_at=ends,
        break_minutes=entry.break_minutes,
        note=entry.note.strip(),
        territory_code=volunteer.territory_code,
        recorded_by=actor.account_id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "log.hour_entry", "hour_entry", row.id, row.territory_code)
    return row.id


def _entry(entry_id: int) -> HourEntry:
    row = db.session.scalar(select(HourEntry).where(HourEntry.id == entry_id).with_for_update())
    if row is None:
        raise NotFound("no_such_entry")
    if row.state != "waiting":
        raise Refused("entry_not_waiting")
    return row


@command
def resolve_entry(actor: Actor, entry_id: int, recipient_id: int, *, key: str | None = None) -> int:
    """The coordinator says whom the volunteer helped; the entry becomes a visit under review; answers with its id.

    The volunteer stays its recorder, so the coordinator may review it too.  Raises `Refused` as `log_visit`.
    """
    row = _entry(entry_id)
    actor.require("hours.log", row.territory_code)
    if actor.is_self(row.volunteer_id):
        raise Refused("review_own")
    begins = clock.civil(row.starts_at)
    first = begins.hour * 60 + begins.minute
    minutes = (first, first + int((row.ends_at - row.starts_at).total_seconds() // 60))
    entry = LoggedVisit(
        row.volunteer_id, recipient_id, row.service_code, begins.date(), *minutes, row.break_minutes, row.note
    )
    visit_id = log_visit(actor, entry)
    db.session.get_one(Visit, visit_id).recorded_by = row.recorded_by
    row.state, row.visit_id = "resolved", visit_id
    return visit_id


@command
def refuse_entry(actor: Actor, entry_id: int, reason: str, *, key: str | None = None) -> int:
    """The coordinator cannot find out whom it was; the volunteer reads why.  Raises `Refused("reason_needed")`."""
    row = _entry(entry_id)
    actor.require("hours.log", row.territory_code)
    if not reason.strip():
        raise Refused("reason_needed", field="reason")
    row.state, row.reason = "refused", reason.strip()[:200]
    audit.record(actor, "refuse.hour_entry", "hour_entry", row.id, row.territory_code, reason=reason)
    facts: dict[str, Any] = {"service": row.service_code, "begins": row.starts_at.isoformat()}
    tell(row.volunteer_id, "hours_returned", path="/my/hours", **facts, reason=row.reason)
    return row.id


@dataclass(frozen=True, slots=True)
class SheetAnswer:
    """What became of the lines of a paper sheet: visits made and refusals, each by the line's place."""

    done: dict[int, int] = field(default_factory=dict)
    wrong: dict[int, Refused] = field(default_factory=dict)


def log_sheet(actor: Actor, lines: Sequence[tuple[int, LoggedVisit]], *, key: str) -> SheetAnswer:
    """Writes down many visits; each line is a transaction of its own, so good lines go in and bad ones come back.

    `lines`: place on the sheet and what stands there.  The same sheet sent twice is written once (key and place).
    """
    answer = SheetAnswer()
    for place, entry in lines:
        try:
            answer.done[place] = log_visit(actor, entry, key=f"{key}:{place}")
        except Refused as error:
            answer.wrong[place] = error
        except NotFound as error:
            answer.wrong[place] = Refused(error.code, field=error.field or "recipient_id")
        except NotAllowed:
            answer.wrong[place] = Refused("not_allowed", field="recipient_id")
    return answer


@command
def review_entry(
    actor: Actor, visit_id: int, approve: bool, reason: str = "", funding: str | None = None, *, key: str | None = None
) -> int:
    """The second pair of eyes on hours written down by hand: credited, or returned with a reason (then void).

    "hours.review"; not who recorded it, not the volunteer, not the recipient.  `funding` may choose another payer.
    Raises `Refused`: review_own, reason_needed, unknown_funding, visit_not_so_far, insufficient_time.
    """
    visit = steps.visit_for_change(visit_id)
    actor.require("hours.review", visit.territory_code)
    own = actor.is_self(visit.volunteer_id) or actor.is_self(visit.recipient_id)
    if own or (visit.recorded_by is not None and visit.recorded_by == actor.account_id):
        raise Refused("review_own")
    if not approve:
        return _return(actor, visit, reason.strip())
    if funding:
        if funding not in {kind.value for kind in Funding}:
            raise Refused("unknown_funding", field="funding")
        if funding != visit.funding:  # what a planned visit put on hold belongs to the payer it was planned with
            payment.free_hold(actor, visit, "另选付时间者 / another payer")
        visit.funding = funding
    steps.move(actor, visit, Event.REVIEW, reason)
    visit.reviewed_by = actor.account_id
    visit.confirmed_how, visit.confirmed_by, visit.confirmed_at = "review", actor.account_id, clock.now()
    payment.pay(actor, visit)
    steps.flush()
    close_when_done(actor, visit.request_id)
    steps.tell_credited(visit)
    return visit.id


def _return(actor: Actor, visit: Visit, reason: str) -> int:
    if not reason:
        raise Refused("reason_needed", field="reason")
    payment.free_hold(actor, visit, reason)
    steps.move(actor, visit, Event.VOID, reason)
    visit.reviewed_by, visit.minutes_credited = actor.account_id, 0
    close_when_done(actor, visit.request_id)
    steps.tell_helper(visit, "hours_returned", **steps.facts_of(visit), reason=reason)
    return visit.id
