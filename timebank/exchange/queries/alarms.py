"""Alarms for whoever has to look: those of one's territories, and those for which one was asked by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.exchange.models.alarms import AlarmStep, VisitAlarm
from timebank.exchange.models.requests import ServiceRequest
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries import schemes
from timebank.exchange.rules.alarms import AlarmLevel, AlarmStepKind
from timebank.exchange.rules.visits import VisitState
from timebank.people import queries as people
from timebank.territory import queries as territory

READ = "alarms.read"
STATES = ("open", "closed")


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """An alarm in a list.  `begun_at`: somebody has checked in after all, and a word is still missing."""

    id: int
    visit_id: int
    missed_at: datetime
    raised_at: datetime
    service: str
    place: str
    territory_code: str
    recipient_id: int
    recipient: str
    helper_id: int | None
    helper: str
    level: AlarmLevel
    responder_id: int | None
    responder: str
    escalate_at: datetime | None
    visit_state: VisitState
    begun_at: datetime | None
    closed_at: datetime | None
    closed_how: str
    closed_words: str


@dataclass(frozen=True, slots=True)
class AlarmStepLine:
    """Who was asked for which place, or who ended the alarm."""

    at: datetime
    kind: AlarmStepKind
    level: AlarmLevel
    place: str
    responder: str
    who: str


@dataclass(frozen=True, slots=True)
class AlarmOfVisit:
    """An alarm as the page of its visit shows it; who looks is named in `responder`."""

    id: int
    missed_at: datetime
    level: AlarmLevel
    responder: str
    escalate_at: datetime | None
    begun_at: datetime | None
    closed_at: datetime | None
    closed_how: str
    closed_words: str
    steps: list[AlarmStepLine]


@dataclass(frozen=True, slots=True)
class AlarmDetail:
    """Everything whoever goes to look must know.

    Of a closed alarm, whoever was only asked by name no longer sees address, notes and who lives alone.
    """

    line: AlarmLine
    address: str
    door_note: str
    safety_note: str
    lives_alone: bool
    recipient_phone: str  # masked
    helper_phone: str
    steps: list[AlarmStepLine]
    may_answer: bool


@dataclass(frozen=True, slots=True)
class AlarmPhones:
    """The numbers in full, shown on demand."""

    recipient: str
    helper: str


@dataclass(frozen=True, slots=True)
class AlarmCounts:
    """Open alarms that the actor may see; `mine`: those for which the actor is the responder now."""

    open: int
    mine: int


def _visible(actor: Actor) -> ColumnElement[bool]:
    """Alarms of one's territories, and those in which one was asked by name (also before they were passed on)."""
    mine = select(AlarmStep.alarm_id).where(AlarmStep.responder_id.in_(_own_ids(actor)))
    return or_(in_scope(VisitAlarm.territory_code, actor.scopes(READ)), VisitAlarm.id.in_(mine))


def _own_ids(actor: Actor) -> list[int]:
    return sorted(people.ids_of(actor.person_id)) if actor.person_id else []


def was_asked(actor: Actor, alarm_id: int) -> bool:
    """Was the actor asked by name to look after this alarm?"""
    asked = select(AlarmStep.id).where(AlarmStep.alarm_id == alarm_id, AlarmStep.responder_id.in_(_own_ids(actor)))
    return db.session.scalar(asked.limit(1)) is not None


def counts(actor: Actor) -> AlarmCounts:
    """Open alarms for the first page; two statements at most."""
    mine = func.count().filter(VisitAlarm.responder_id.in_(_own_ids(actor)))
    row = db.session.execute(select(func.count(), mine).where(_visible(actor), VisitAlarm.closed_at.is_(None))).one()
    return AlarmCounts(int(row[0]), int(row[1]))


def alarms(actor: Actor, state: str = "open", *, after: str | None = None, limit: int = PER_PAGE) -> Page[AlarmLine]:
    """Open alarms, the longest missed first; or closed ones, the newest first.  Cursor: the number of an alarm."""
    wanted = select(VisitAlarm, Visit).join(Visit, Visit.id == VisitAlarm.visit_id).where(_visible(actor))
    start = int(after) if after and after.isdecimal() else None
    if state == "closed":
        wanted = wanted.where(VisitAlarm.closed_at.is_not(None)).order_by(VisitAlarm.id.desc())
        wanted = wanted if start is None else wanted.where(VisitAlarm.id < start)
    else:
        wanted = wanted.where(VisitAlarm.closed_at.is_(None)).order_by(VisitAlarm.id)
        wanted = wanted if start is None else wanted.where(VisitAlarm.id > start)
    rows = [(alarm, visit) for alarm, visit in db.session.execute(wanted.limit(limit + 1))]
    lines = _lines(rows, actor)
    return cut(lines, [line.id for line in lines], limit, None if start else _total(actor, state))


def _total(actor: Actor, state: str) -> int:
    ended = VisitAlarm.closed_at.is_not(None) if state == "closed" else VisitAlarm.closed_at.is_(None)
    return db.session.scalar(select(func.count()).select_from(VisitAlarm).where(_visible(actor), ended)) or 0


def of_visit(actor: Actor, visit_id: int) -> list[AlarmOfVisit]:
    """The alarms about one visit that the actor may see, the newest first; one statement where there is none."""
    wanted = select(VisitAlarm, Visit.check_in_at).join(Visit, Visit.id == VisitAlarm.visit_id)
    wanted = wanted.where(VisitAlarm.visit_id == visit_id, _visible(actor)).order_by(VisitAlarm.id.desc())
    rows = db.session.execute(wanted).all()
    steps = _steps([alarm.id for alarm, _ in rows]) if rows else {}
    return [_of_visit(alarm, begun_at, steps[alarm.id]) for alarm, begun_at in rows]


def _of_visit(row: VisitAlarm, begun_at: datetime | None, steps: list[AlarmStepLine]) -> AlarmOfVisit:
    """The responder is whoever the last step named."""
    return AlarmOfVisit(
        id=row.id,
        missed_at=row.missed_at,
        level=row.level,
        responder=next((step.responder for step in reversed(steps) if step.kind is not AlarmStepKind.CLOSED), ""),
        escalate_at=row.escalate_at if row.closed_at is None else None,
        begun_at=begun_at,
        closed_at=row.closed_at,
        closed_how=row.closed_how,
        closed_words=row.closed_words,
        steps=steps,
    )


def alarm(actor: Actor, alarm_id: int) -> AlarmDetail:
    """One alarm with what is needed to look after it; raises `NotFound("no_such_alarm")`, also outside one's area."""
    wanted = select(VisitAlarm, Visit).join(Visit, Visit.id == VisitAlarm.visit_id)
    found = db.session.execute(wanted.where(VisitAlarm.id == alarm_id, _visible(actor))).first()
    if found is None:
        raise NotFound("no_such_alarm")
    row, visit = found
    both = people.briefs([visit.recipient_id, visit.volunteer_id])
    recipient, helper = both[visit.recipient_id], both.get(visit.volunteer_id or 0)
    request = db.session.get(ServiceRequest, visit.request_id) if visit.request_id else None
    needed = row.closed_at is None or actor.may(READ, row.territory_code)
    return AlarmDetail(
        line=_lines([(row, visit)], actor)[0],
        address=((request.address if request else "") or recipient.address) if needed else "",
        door_note=recipient.door_note if needed else "",
        safety_note=recipient.safety_note if needed else "",
        lives_alone=needed and bool(recipient.lives_alone),
        recipient_phone=recipient.phone_masked,
        helper_phone=helper.phone_masked if helper else "",
        steps=_steps([alarm_id])[alarm_id],
        may_answer=actor.may("alarms.answer", row.territory_code) or was_asked(actor, alarm_id),
    )


def _lines(rows: Sequence[tuple[VisitAlarm, Visit]], actor: Actor) -> list[AlarmLine]:
    """Names and places for rows: three statements, however many rows."""
    ids = {person for alarm, visit in rows for person in (visit.recipient_id, visit.volunteer_id, alarm.responder_id)}
    names = {person_id: person.name for person_id, person in people.briefs(ids).items()}
    services = schemes.service_names({visit.service_code for _, visit in rows})
    places = territory.local_names({alarm.territory_code for alarm, _ in rows}, actor.scopes(READ))
    return [_line(alarm, visit, names, services, places) for alarm, visit in rows]


def _line(
    alarm: VisitAlarm, visit: Visit, names: dict[int, str], services: dict[str, str], places: dict[str, str]
) -> AlarmLine:
    return AlarmLine(
        id=alarm.id,
        visit_id=visit.id,
        missed_at=alarm.missed_at,
        raised_at=alarm.raised_at,
        service=services[visit.service_code],
        place=places[alarm.territory_code],
        territory_code=alarm.territory_code,
        recipient_id=visit.recipient_id,
        recipient=names.get(visit.recipient_id, ""),
        helper_id=visit.volunteer_id,
        helper=names.get(visit.volunteer_id or 0, ""),
        level=alarm.level,
        responder_id=alarm.responder_id,
        responder=names.get(alarm.responder_id or 0, ""),
        escalate_at=alarm.escalate_at if alarm.closed_at is None else None,
        visit_state=visit.state,
        begun_at=visit.check_in_at,
        closed_at=alarm.closed_at,
        closed_how=alarm.closed_how,
        closed_words=alarm.closed_words,
    )


def _steps(alarm_ids: Sequence[int]) -> dict[int, list[AlarmStepLine]]:
    """What happened to each alarm; three statements, however many alarms."""
    wanted = select(AlarmStep).where(AlarmStep.alarm_id.in_(alarm_ids)).order_by(AlarmStep.id)
    rows = list(db.session.scalars(wanted))
    names = {person_id: one.name for person_id, one in people.briefs({row.responder_id for row in rows}).items()}
    places = territory.names({row.place_code for row in rows if row.place_code})
    found: dict[int, list[AlarmStepLine]] = {alarm_id: [] for alarm_id in alarm_ids}
    for row in rows:
        asked, place = names.get(row.responder_id or 0, ""), places.get(row.place_code, "")
        found[row.alarm_id].append(AlarmStepLine(row.at, row.kind, row.level, place, asked, row.actor_name))
    return found
