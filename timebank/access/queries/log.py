"""What was done, and who saw whose sensitive data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from timebank.access import words
from timebank.access.queries.accounts import person_by_number
from timebank.core import clock
from timebank.core.audit import AuditEvent, SensitiveRead
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.people.models import Person

MOST_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which lines of the log are wanted; `day_from` and `day_to` are civil days, both included."""

    day_from: date | None = None
    day_to: date | None = None
    who: str = ""
    action: str = ""  # part of a code
    actions: tuple[str, ...] = ()  # or these codes
    person_id: int | None = None
    subject: str = ""  # "visit" or "visit:12"


def log_filter(
    day_from: date | None, day_to: date | None, who: str, action: str, subject: str, member_no: str
) -> LogFilter:
    """The filter from what was typed: an action in words or as a code, a person by member number."""
    deed, number = action.strip(), member_no.strip()
    return LogFilter(
        day_from=day_from,
        day_to=day_to,
        who=who.strip(),
        action=deed,
        actions=tuple(words.actions_like(deed)) if deed else (),
        subject=subject.strip(),
        person_id=(person_by_number(number) or 0) if number else None,
    )


@dataclass(frozen=True, slots=True)
class EventLine:
    """Something done by somebody."""

    id: int
    at: datetime
    actor_name: str
    channel: str
    action: str
    subject_type: str
    subject_id: str
    territory_code: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReadLine:
    """Somebody saw sensitive fields of a person."""

    id: int
    at: datetime
    actor_name: str
    person_id: int
    person_name: str
    territory_code: str
    fields: str
    purpose: str


def events(actor: Actor, wanted: LogFilter, after: str = "", limit: int = PER_PAGE) -> Page[EventLine]:
    """What was done in the actor's territory (`audit.read`), the newest first.  One statement."""
    lines = [_event(row) for row in db.session.scalars(_events(actor, wanted, after, limit + 1))]
    return cut(lines, [line.id for line in lines], limit)


def all_events(actor: Actor, wanted: LogFilter) -> Iterator[EventLine]:
    """The same for a file: at most 50,000."""
    for row in db.session.scalars(_events(actor, wanted, "", MOST_ROWS).execution_options(yield_per=1000)):
        yield _event(row)


def _events(actor: Actor, wanted: LogFilter, after: str, limit: int) -> Any:
    found = select(AuditEvent).where(in_scope(AuditEvent.territory_code, actor.scopes("audit.read")))
    kind, _, number = wanted.subject.partition(":")
    if wanted.action:
        part = AuditEvent.action.contains(wanted.action, autoescape=True)
        found = found.where(or_(part, AuditEvent.action.in_(wanted.actions)))
    if kind:
        found = found.where(AuditEvent.subject_type == kind)
    if number:
        found = found.where(AuditEvent.subject_id == number)
    return _common(found, AuditEvent, wanted, after, limit)


def reads(actor: Actor, wanted: LogFilter, after: str = "", limit: int = PER_PAGE) -> Page[ReadLine]:
    """Who saw sensitive data of people in the actor's territory (`audit.read`), the newest first.  One statement."""
    lines = [_read(*row) for row in db.session.execute(_reads(actor, wanted, after, limit + 1))]
    return cut(lines, [line.id for line in lines], limit)


def all_reads(actor: Actor, wanted: LogFilter) -> Iterator[ReadLine]:
    """The same for a file: at most 50,000."""
    for row in db.session.execute(_reads(actor, wanted, "", MOST_ROWS).execution_options(yield_per=1000)):
        yield _read(*row)


def _reads(actor: Actor, wanted: LogFilter, after: str, limit: int) -> Any:
    found = (
        select(SensitiveRead, Person.name, Person.territory_code)
        .join(Person, Person.id == SensitiveRead.person_id)
        .where(in_scope(Person.territory_code, actor.scopes("audit.read")))
    )
    if wanted.person_id is not None:
        found = found.where(SensitiveRead.person_id == wanted.person_id)
    return _common(found, SensitiveRead, wanted, after, limit)


def _common(found: Any, table: type[AuditEvent | SensitiveRead], wanted: LogFilter, after: str, limit: int) -> Any:
    if wanted.day_from:
        found = found.where(table.at >= clock.at(wanted.day_from, 0))
    if wanted.day_to:
        found = found.where(table.at < clock.at(wanted.day_to, 24 * 60))
    if wanted.who:
        found = found.where(table.actor_name.contains(wanted.who, autoescape=True))
    if after.isdecimal():
        found = found.where(table.id < int(after))
    return found.order_by(table.id.desc()).limit(limit)


def _event(row: AuditEvent) -> EventLine:
    return EventLine(
        row.id,
        row.at,
        row.actor_name,
        row.channel,
        row.action,
        row.subject_type,
        row.subject_id,
        row.territory_code,
        dict(row.detail or {}),
    )


def _read(row: SensitiveRead, name: str, territory: str) -> ReadLine:
    return ReadLine(row.id, row.at, row.actor_name, row.person_id, name, territory, row.fields, row.purpose)
