"""Reading notices: a person's own, and the outbox for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.notices.models import Notice
from timebank.notices.queries.dead import too_late_for
from timebank.notices.texts import Message, known_texts, render
from timebank.people import queries as people
from timebank.people.models import Person

STATES = ("waiting", "sent", "failed", "dropped")


@dataclass(frozen=True, slots=True)
class Inbox:
    """A notice on the page of the person it is for, in the language of the page; `about`: whom it is a copy for."""

    id: int
    subject: str
    body: str
    path: str
    created_at: datetime
    is_read: bool
    about: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A notice as staff see it; `about`: of whose message it is a copy, "" for one's own."""

    id: int
    person_id: int
    person_name: str
    subject: str
    state: str
    channel: str
    attempts: int
    error: str
    created_at: datetime
    send_after: datetime
    sent_at: datetime | None
    about: str


def unread(person_id: int) -> int:
    """How many notices a person has not opened (the badge).  One statement."""
    return db.session.scalar(_count(_own(person_id), Notice.read_at.is_(None), shown())) or 0


def _count(*conditions: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(Notice).where(*conditions)


def _own(person_id: int) -> ColumnElement[bool]:
    kept = select(func.coalesce(Person.merged_into_id, Person.id)).where(Person.id == person_id).scalar_subquery()
    merged = select(Person.id).where(Person.merged_into_id == kept)
    return or_(Notice.person_id == person_id, Notice.person_id == kept, Notice.person_id.in_(merged))


def shown() -> ColumnElement[bool]:
    """Notices whose time has come (one that waits for a second attempt was shown before), but no copies of the dead.

    A copy that was dropped (its reader may not have it any more) is not shown.
    """
    due = and_(Notice.send_after <= clock.now(), ~too_late_for())
    return and_(Notice.state != "dropped", or_(Notice.attempts > 0, Notice.state != "waiting", due))


def inbox(person_id: int, after: str = "", limit: int = PER_PAGE) -> Page[Inbox]:
    """A person's notices, unread first, then the newest; `after` is the cursor of the page before.  One statement."""
    was_read = Notice.read_at.is_not(None)
    wanted = select(Notice, Person.name).outerjoin(Person, Person.id == Notice.about_id)
    wanted = wanted.where(_own(person_id), shown()).order_by(was_read, Notice.id.desc()).limit(limit + 1)
    part, _, last = after.partition("-")
    if last.isdecimal():
        same = and_(Notice.read_at.is_(None) if part == "new" else was_read, Notice.id < int(last))
        wanted = wanted.where(or_(same, was_read) if part == "new" else same)
    items = [_inbox(row, name or "") for row, name in db.session.execute(wanted)]
    return cut(items, [f"{'read' if item.is_read else 'new'}-{item.id}" for item in items], limit)


def _inbox(row: Notice, about: str) -> Inbox:
    words = render(row.kind, row.facts)
    return Inbox(row.id, words.subject, words.body, row.path, row.created_at, row.read_at is not None, about)


def outbox(
    actor: Actor, *, state: str = "", person_id: int | None = None, after: str = "", limit: int = PER_PAGE
) -> Page[Outgoing]:
    """Notices to people in the actor's territory (`notices.read`), the newest first.

    A kind whose text `needs` a permission is shown only where the actor holds it: nobody learns from the outbox that
    somebody receives assistance.
    """
    about = aliased(Person)
    wanted = (
        select(Notice, Person.name, about.name)
        .join(Person, Person.id == Notice.person_id)
        .outerjoin(about, about.id == Notice.about_id)
        .where(visible(actor))
        .order_by(Notice.id.desc())
        .limit(limit + 1)
    )
    if state in STATES:
        wanted = wanted.where(Notice.state == state)
    if person_id is not None:
        wanted = wanted.where(Notice.person_id.in_(people.ids_of(person_id)))
    if after.isdecimal():
        wanted = wanted.where(Notice.id < int(after))
    items = [
        _outgoing(row, name, render(row.kind, row.facts), of or "") for row, name, of in db.session.execute(wanted)
    ]
    return cut(items, [item.id for item in items], limit)


def visible(actor: Actor) -> ColumnElement[bool]:
    """The notices that the actor may see in the outbox (the person joined)."""
    needs = {kind: text.needs for kind, text in known_texts().items() if text.needs}
    allowed = [in_scope(Person.territory_code, actor.scopes("notices.read"))]
    for permission in set(needs.values()):
        kinds = [kind for kind, needed in needs.items() if needed == permission]
        allowed.append(or_(Notice.kind.not_in(kinds), in_scope(Person.territory_code, actor.scopes(permission))))
    return and_(*allowed)


def territory_of(actor: Actor, notice_id: int) -> str | None:
    """Where the reader of a notice lives; None for a notice that the actor may not see in the outbox."""
    return db.session.scalar(
        select(Person.territory_code)
        .join(Notice, Notice.person_id == Person.id)
        .where(Notice.id == notice_id, visible(actor))
    )


def waiting_and_failed(actor: Actor) -> dict[str, int]:
    """How many notices of the actor's territory wait and how many have failed.  One statement."""
    rows = db.session.execute(
        select(Notice.state, func.count())
        .join(Person, Person.id == Notice.person_id)
        .where(visible(actor), Notice.state.in_(("waiting", "failed")), ~too_late_for())
        .group_by(Notice.state)
    )
    return {row[0]: row[1] for row in rows}


def _outgoing(row: Notice, name: str, words: Message, about: str) -> Outgoing:
    return Outgoing(
        row.id,
        row.person_id,
        name,
        words.subject,
        row.state,
        row.channel,
        row.attempts,
        row.error,
        row.created_at,
        row.send_after,
        row.sent_at,
        about,
    )
