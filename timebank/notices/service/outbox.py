"""Writing notices.  `tell` is called inside the transaction of what happened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db, transaction
from timebank.core.errors import NotFound
from timebank.notices import queries
from timebank.notices.models import Notice
from timebank.people import queries as people


@transaction
def tell(
    person_id: int,
    kind: str,
    *,
    path: str = "",
    once: str | None = None,
    after: datetime | None = None,
    about: int | None = None,
    **facts: str | int,
) -> None:
    """Puts a notice into the outbox.  With `once`, a notice with that key is written only the first time.

    `path` is the page to open, `after` the moment before which it is neither sent nor shown; `about`: whom it was
    written to, where this is the copy for who acts for them.
    """
    notice = Notice(
        person_id=person_id,
        about_id=about,
        kind=kind,
        facts=facts,
        path=path,
        once_key=once,
        send_after=after or clock.now(),
    )
    if once is None:
        db.session.add(notice)
    elif not db.session.scalar(select(Notice.id).where(Notice.once_key == once)):
        _add_unless_told(notice)


def _add_unless_told(notice: Notice) -> None:
    """Two jobs may say the same thing at the same moment: the second one's row is given up, not its transaction."""
    try:
        with db.session.begin_nested():
            db.session.add(notice)
    except IntegrityError:
        if not db.session.scalar(select(Notice.id).where(Notice.once_key == notice.once_key)):
            raise


@command
def mark_read(actor: Actor, notice_id: int, *, key: str | None = None) -> str:
    """The reader has opened a notice; returns the page it leads to.  Raises `NotFound` for somebody else's."""
    row = db.session.get(Notice, notice_id)
    if row is None or actor.person_id is None or row.person_id not in people.ids_of(actor.person_id):
        raise NotFound("notice_unknown")
    row.read_at = row.read_at or clock.now()
    return row.path


@command
def mark_all_read(actor: Actor, *, key: str | None = None) -> int:
    """The reader has seen everything that is shown; returns how many notices were new."""
    if actor.person_id is None:
        return 0
    mine = Notice.person_id.in_(people.ids_of(actor.person_id))
    changed = db.session.execute(
        update(Notice).where(mine, Notice.read_at.is_(None), queries.shown()).values(read_at=clock.now())
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]


@command
def send_again(actor: Actor, notice_id: int, *, key: str | None = None) -> int:
    """Puts a notice that failed back into the outbox; returns its number.

    Raises `NotFound`, `NotAllowed` (`notices.retry`).
    """
    territory = queries.territory_of(actor, notice_id)
    if territory is None:
        raise NotFound("notice_unknown")
    row = db.session.get_one(Notice, notice_id)
    actor.require("notices.retry", territory)
    if row.state == "failed":
        row.state, row.attempts, row.send_after, row.error = "waiting", 0, clock.now(), ""
        audit.record(actor, "send_again.notice", "notice", row.id, territory)
    return row.id
