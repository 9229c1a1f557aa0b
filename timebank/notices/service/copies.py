"""Copies that wait: what changed since they were written counts, too (an ended guardianship, a withdrawn consent)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select, update

from timebank.core import audit
from timebank.core.authority import Actor
from timebank.core.db import db, transaction
from timebank.notices.models import Notice, PaperLetter
from timebank.notices.rules import LetterState
from timebank.people import queries as people

ENDED = "不再可以收到副本 / may no longer get copies"
CLOCK = Actor.system("clock")


def ended(copies: Iterable[tuple[int, int, int]]) -> set[int]:
    """Of (number of the copy, who gets it, whose it is): those to somebody who may not have it any more."""
    rows = list(copies)
    if not rows:
        return set()
    kept = people.resolve_all({to for _, to, _ in rows})
    due = people.copies_for({of for *_, of in rows})
    gets = {of: {one.agent_person_id for one in agents} for of, agents in due.items()}
    return {number for number, to, of in rows if kept[to] not in gets.get(of, ())}


@transaction
def drop_notices(numbers: Iterable[int]) -> None:
    """Copies of notices that are not sent any more, with the reason and the state that say so."""
    waits = (Notice.id.in_(set(numbers)), Notice.state == "waiting")
    db.session.execute(update(Notice).where(*waits).values(state="dropped", error=ENDED))


def drop_letters(actor: Actor, among: Iterable[int] | None = None) -> set[int]:
    """Takes copies that are not due any more out of the print queue (`among` these letters); answers with them."""
    of = func.coalesce(Notice.about_id, Notice.person_id)
    waits = select(PaperLetter.id, PaperLetter.person_id, of).join(Notice, Notice.id == PaperLetter.notice_id)
    waits = waits.where(PaperLetter.is_copy, PaperLetter.state == LetterState.WAITING)
    if among is not None:
        waits = waits.where(PaperLetter.id.in_(set(among)))
    gone = ended((number, to, whose) for number, to, whose in db.session.execute(waits))
    still = select(PaperLetter).where(PaperLetter.id.in_(gone), PaperLetter.state == LetterState.WAITING)
    for row in db.session.scalars(still.order_by(PaperLetter.id).with_for_update()):
        row.state, row.reason = LetterState.DROPPED, ENDED
        audit.record(actor, "drop.letter", "notice", row.notice_id, row.territory_code, reason=ENDED)
    return gone


@transaction
def clear_queue() -> str:
    """Takes such copies out of all queues, also where nobody prints (the job `clear_copies`)."""
    return f"{len(drop_letters(CLOCK))} taken out"
