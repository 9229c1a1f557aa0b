"""Two records turn out to be one person: what waits for the merged one waits for the kept one from then on."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from timebank.core.db import db, transaction
from timebank.notices.models import LetterWish, Notice, PaperLetter
from timebank.notices.rules import LetterState
from timebank.people import queries as people

WAITING = "waiting"


@transaction
def merge(kept_id: int, merged_id: int) -> None:
    """Moves notices and letters that wait; what was sent or printed stays as it was.

    A letter of the same notice that waits for the kept one already is not printed twice.
    """
    _move_notices(merged_id, kept_id)
    _move_letters(merged_id, kept_id)
    _take_over_wish(merged_id, kept_id)


def _move_notices(merged_id: int, kept_id: int) -> None:
    mine = (Notice.person_id == merged_id, Notice.state == WAITING)
    db.session.execute(update(Notice).where(*mine).values(person_id=kept_id, merged_from=merged_id))


def _move_letters(merged_id: int, kept_id: int) -> None:
    waiting = PaperLetter.state == LetterState.WAITING
    has_it = select(PaperLetter.notice_id).where(PaperLetter.person_id == kept_id)
    mine = (PaperLetter.person_id == merged_id, waiting)
    db.session.execute(delete(PaperLetter).where(*mine, PaperLetter.notice_id.in_(has_it)))
    home = people.briefs([kept_id])[kept_id].territory_code
    moved = {"person_id": kept_id, "merged_from": merged_id, "territory_code": home}
    db.session.execute(update(PaperLetter).where(*mine).values(**moved))


def _take_over_wish(merged_id: int, kept_id: int) -> None:
    """The kept record's own wish stands; else that of the merged one."""
    theirs = db.session.get(LetterWish, merged_id)
    if theirs is None or db.session.get(LetterWish, kept_id) is not None:
        return
    taken = LetterWish(person_id=kept_id, way=theirs.way, large=theirs.large, set_by=theirs.set_by)
    taken.set_at = theirs.set_at
    db.session.add(taken)


@transaction
def unmerge(merged_id: int) -> None:
    """Gives back what still waits; what was printed or sent meanwhile stays with who got it."""
    back = {"person_id": merged_id, "merged_from": None}
    waits = (Notice.merged_from == merged_id, Notice.state == WAITING)
    db.session.execute(update(Notice).where(*waits).values(**back))
    home = people.briefs([merged_id])[merged_id].territory_code
    unprinted = (PaperLetter.merged_from == merged_id, PaperLetter.state == LetterState.WAITING)
    db.session.execute(update(PaperLetter).where(*unprinted).values(**back, territory_code=home))
