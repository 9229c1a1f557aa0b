"""The alarm about a visit that nobody has begun: raised once, passed on, closed with a word of what happened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import and_, or_, select

from timebank.access import queries as access
from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db, transaction
from timebank.core.errors import NotFound, Refused
from timebank.exchange.models.alarms import AlarmStep, VisitAlarm
from timebank.exchange.models.visits import Visit, VisitState
from timebank.exchange.queries import alarms as queries
from timebank.exchange.queries import schemes
from timebank.exchange.rules.alarms import (
    WATCHED,
    AlarmLevel,
    AlarmStepKind,
    CloseAlarm,
    Happened,
    Holder,
    Moot,
    Rung,
    is_missed,
    ladder,
    moot,
    next_rung,
)
from timebank.exchange.service import steps
from timebank.notices.service import tell
from timebank.people import queries as people
from timebank.territory import queries as territory

MEMOS: dict[str, str] = {
    "raised": "警报:到时间没有人签到 / alarm: nobody checked in",
    Happened.FORGOT: "按时到了,忘记签到 / came in time and forgot to check in",
    Happened.CAME_LATE: "来晚了 / came late",
    Happened.HELPER_ABSENT: "志愿者没有来 / the helper did not come",
    Happened.RECIPIENT_ABSENT: "服务对象不在 / the recipient was not there",
    Happened.NOT_WANTED: "服务对象当天不需要 / the recipient did not want it that day",
    Happened.EMERGENCY: "紧急情况,已处理 / an emergency, help was called",
    Happened.OTHER: "其他 / something else",
    Moot.CANCELLED: "上门服务已取消 / the visit was cancelled",
    Moot.MOVED: "上门服务已改时间 / the visit has another time",
    Moot.FREED: "正在另找志愿者 / another helper is looked for",
    Moot.NO_SHOW: "已记录谁没有到 / it was written down who was not there",
}
FEWEST_LETTERS, MOST_LETTERS = 5, 250


def missed_visits() -> list[int]:
    """Planned visits that went past their start by tb.missed_after_minutes and have no alarm yet, earliest first."""
    now = clock.now()
    known = and_(VisitAlarm.visit_id == Visit.id, VisitAlarm.missed_at == Visit.starts_at)
    rows = db.session.execute(
        select(Visit.id, Visit.scheme_id, Visit.starts_at)
        .outerjoin(VisitAlarm, known)
        .where(Visit.state == VisitState.SCHEDULED, VisitAlarm.id.is_(None))
        .where(Visit.starts_at <= now, Visit.starts_at > now - WATCHED)
        .order_by(Visit.starts_at, Visit.id)
        .limit(1000)
    ).all()
    minutes = {
        scheme_id: _number(scheme_id, "tb.missed_after_minutes") for scheme_id in {row.scheme_id for row in rows}
    }
    return [row.id for row in rows if is_missed(row.starts_at, now, minutes[row.scheme_id])]


def unanswered() -> list[int]:
    """Open alarms to pass on: nobody closed them in tb.missed_escalate_minutes."""
    due = VisitAlarm.escalate_at <= clock.now()
    wanted = select(VisitAlarm.id).where(VisitAlarm.closed_at.is_(None), due).order_by(VisitAlarm.escalate_at)
    return list(db.session.scalars(wanted.limit(1000)))


def moot_alarms() -> list[int]:
    """Open alarms whose visit was cancelled, moved, given back or written down as not having taken place."""
    watched = (VisitState.SCHEDULED, VisitState.IN_PROGRESS)
    rows = db.session.execute(
        select(VisitAlarm.id, VisitAlarm.missed_at, Visit.state, Visit.starts_at)
        .join(Visit, Visit.id == VisitAlarm.visit_id)
        .where(VisitAlarm.closed_at.is_(None))
        .where(or_(Visit.state.not_in(watched), Visit.starts_at != VisitAlarm.missed_at))
        .order_by(VisitAlarm.id)
        .limit(1000)
    ).all()
    return [row.id for row in rows if moot(row.state, row.starts_at, row.missed_at)]


def _number(scheme_id: int, key: str) -> int:
    return schemes.parameters(scheme_id, clock.today()).number(key)


@command
def raise_alarm(actor: Actor, visit_id: int, *, key: str | None = None) -> int | None:
    """Asks whoever answers for the visit's grid or community to look; answers with the alarm, None where none is due.

    Everything is looked at again with the visit locked, so a check-in of the same moment wins and no start of a visit
    is told twice.
    """
    visit = steps.visit_for_change(visit_id)
    missed = _number(visit.scheme_id, "tb.missed_after_minutes")
    if visit.state is not VisitState.SCHEDULED or not is_missed(visit.starts_at, clock.now(), missed):
        return None
    known = select(VisitAlarm.id).where(VisitAlarm.visit_id == visit.id, VisitAlarm.missed_at == visit.starts_at)
    if (alarm_id := db.session.scalar(known)) is not None:
        return alarm_id
    rung = next_rung(_rungs(visit), None, ())
    alarm = VisitAlarm(
        visit_id=visit.id, missed_at=visit.starts_at, territory_code=visit.territory_code, level=AlarmLevel.NOBODY
    )
    db.session.add(alarm)
    _ask(actor, visit, alarm, rung, AlarmStepKind.RAISED)
    steps.note(actor, visit, None, MEMOS["raised"])
    audit.record(actor, "raise.alarm", "visit", visit.id, visit.territory_code, alarm=alarm.id)
    return alarm.id


@command
def pass_on(actor: Actor, alarm_id: int, *, key: str | None = None) -> int:
    """Asks the next level (street, district) when nobody has answered; at the top the alarm stays where it is.

    A visit that has begun meanwhile is not passed on.  Answers with the alarm's id.
    """
    alarm = _alarm_for_change(alarm_id)
    visit = db.session.get_one(Visit, alarm.visit_id)
    if alarm.closed_at is not None or alarm.escalate_at is None or alarm.escalate_at > clock.now():
        return alarm.id
    if visit.state is not VisitState.SCHEDULED:
        alarm.escalate_at = None
        return alarm.id
    rung = next_rung(_rungs(visit), alarm.level, _asked(alarm))
    if rung is None:
        alarm.escalate_at = None
        return alarm.id
    _ask(actor, visit, alarm, rung, AlarmStepKind.PASSED_ON)
    audit.record(actor, "escalate.alarm", "visit", visit.id, visit.territory_code, alarm=alarm.id)
    return alarm.id


@command
def close_moot(actor: Actor, alarm_id: int, *, key: str | None = None) -> int:
    """Ends an alarm whose visit was cancelled or has another time, with that as its reason; answers with its id."""
    alarm = _alarm_for_change(alarm_id)
    visit = steps.visit_for_change(alarm.visit_id)
    why = moot(visit.state, visit.starts_at, alarm.missed_at)
    if alarm.closed_at is None and why is not None:
        _close(actor, visit, alarm, why, "")
    return alarm.id


@command
def close_alarm(actor: Actor, close: CloseAlarm, *, key: str | None = None) -> int:
    """Says what happened ("alarms.answer" for the place, or somebody who was asked); answers with the alarm's id.

    It stands in the visit's history from then on.  Raises `NotFound("no_such_alarm")`, `Refused`: alarm_words_missing,
    alarm_closed.
    """
    alarm = _alarm_for_change(close.alarm_id)
    if not actor.is_self(alarm.responder_id) and not queries.was_asked(actor, alarm.id):
        if not actor.may("alarms.read", alarm.territory_code):
            raise NotFound("no_such_alarm")
        actor.require("alarms.answer", alarm.territory_code)
    words = close.words.strip()
    if not FEWEST_LETTERS <= len(words) <= MOST_LETTERS:
        raise Refused("alarm_words_missing", field="words", fewest=FEWEST_LETTERS, most=MOST_LETTERS)
    if alarm.closed_at is not None:
        raise Refused("alarm_closed")
    _close(actor, steps.visit_for_change(alarm.visit_id), alarm, close.happened, words)
    return alarm.id


@transaction
def show_phones(actor: Actor, alarm_id: int) -> queries.AlarmPhones:
    """The numbers of both sides of the visit for who answers the alarm, written down as looked at.

    Raises `NotFound("no_such_alarm")` also for an alarm that is closed.
    """
    found = queries.alarm(actor, alarm_id)
    if found.line.closed_at is not None or not found.may_answer:
        raise NotFound("no_such_alarm")
    for person_id in (found.line.recipient_id, found.line.helper_id):
        if person_id is not None:
            audit.saw(actor, person_id, ["phone"], f"missed visit {found.line.visit_id}")
    helper = people.phone_of(found.line.helper_id) if found.line.helper_id else None
    return queries.AlarmPhones(people.phone_of(found.line.recipient_id) or "", helper or "")


def _alarm_for_change(alarm_id: int) -> VisitAlarm:
    row = db.session.scalar(select(VisitAlarm).where(VisitAlarm.id == alarm_id).with_for_update())
    if row is None:
        raise NotFound("no_such_alarm")
    return row


def _rungs(visit: Visit) -> list[Rung]:
    holders = territory.answerable(visit.territory_code, clock.today())
    takes_part = {visit.recipient_id, visit.volunteer_id or 0}
    return ladder((Holder(one.territory_code, one.person_id, one.duty.value) for one in holders), takes_part)


def _asked(alarm: VisitAlarm) -> set[int]:
    rows = db.session.scalars(select(AlarmStep.responder_id).where(AlarmStep.alarm_id == alarm.id))
    return {person_id for person_id in rows if person_id is not None}


def _ask(actor: Actor, visit: Visit, alarm: VisitAlarm, rung: Rung | None, kind: AlarmStepKind) -> None:
    """Names the responder, starts the clock of the next level and tells who has to look."""
    wait = timedelta(minutes=_number(visit.scheme_id, "tb.missed_escalate_minutes"))
    alarm.level = rung.level if rung else AlarmLevel.NOBODY
    alarm.responder_id = rung.person_id if rung else None
    alarm.escalate_at = clock.now() + wait
    db.session.flush()
    _step(actor, alarm, kind, rung.territory_code if rung else "")
    for person_id in [rung.person_id] if rung else _stand_ins(visit):
        once = f"alarm:{alarm.id}:{alarm.level.value}:{person_id}"
        what = "visit_missed" if kind is AlarmStepKind.RAISED else "visit_missed_still"
        tell(person_id, what, path=f"/alarms/{alarm.id}", once=once, **steps.facts_of(visit))


def _stand_ins(visit: Visit) -> Iterable[int]:
    """Where no place names anybody: everybody whose role lets them answer."""
    accounts = access.accounts_with("alarms.answer", visit.territory_code)
    return sorted({one.person_id for one in accounts if one.person_id is not None})


def _step(actor: Actor, alarm: VisitAlarm, kind: AlarmStepKind, place: str) -> None:
    asked = None if kind is AlarmStepKind.CLOSED else alarm.responder_id
    db.session.add(
        AlarmStep(
            alarm_id=alarm.id,
            kind=kind,
            level=alarm.level,
            place_code=place,
            responder_id=asked,
            actor_name=actor.name[:80],
        )
    )


def _close(actor: Actor, visit: Visit, alarm: VisitAlarm, how: Happened | Moot, words: str) -> None:
    alarm.closed_at, alarm.closed_by = clock.now(), actor.account_id
    alarm.closed_how, alarm.closed_words, alarm.escalate_at = how.value, words, None
    _step(actor, alarm, AlarmStepKind.CLOSED, "")
    if words:  # what a cancellation or another time is already tells in the history
        steps.note(actor, visit, None, f"{MEMOS[how]}: {words}")
    audit.record(actor, "close.alarm", "visit", visit.id, visit.territory_code, alarm=alarm.id, happened=how.value)
