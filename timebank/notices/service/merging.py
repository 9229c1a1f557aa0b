"""Two records turn out to be one person: what waits for the merged one waits for the kept one from then on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, select, update

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
    db.session.execute(update(Notice).where(*mine).values(person_id=kept_id, merged_from=_first(Notice, merged_id)))


def _move_letters(merged_id: int, kept_id: int) -> None:
    waiting = PaperLetter.state == LetterState.WAITING
    has_it = select(PaperLetter.notice_id).where(PaperLetter.person_id == kept_id)
    mine = (PaperLetter.person_id == merged_id, waiting)
    db.session.execute(delete(PaperLetter).where(*mine, PaperLetter.notice_id.in_(has_it)))
    home = people.briefs([kept_id])[kept_id].territory_code
    first = _first(PaperLetter, merged_id)
    moved = {"person_id": kept_id, "merged_from": first, "territory_code": home}
    db.session.execute(update(PaperLetter).where(*mine).values(**moved))


def _first(table: type[Notice | PaperLetter], merged_id: int) -> ColumnElement[int]:
    """Whose it was before the first merge: what was moved already came from further back."""
    return func.coalesce(table.merged_from, merged_id)


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
    """Gives back what still waits; what was printed or sent meanwhile stays with who got it.

    With it comes what came from those who were merged into it before; it stays marked as theirs.
    """
    theirs = people.ids_of(merged_id)
    waits = (Notice.merged_from.in_(theirs), Notice.state == WAITING)
    db.session.execute(update(Notice).where(*waits).values(**_back(Notice, merged_id)))
    home = people.briefs([merged_id])[merged_id].territory_code
    unprinted = (PaperLetter.merged_from.in_(theirs), PaperLetter.state == LetterState.WAITING)
    values = {**_back(PaperLetter, merged_id), "territory_code": home}
    db.session.execute(update(PaperLetter).where(*unprinted).values(values))


def _back(table: type[Notice | PaperLetter], merged_id: int) -> dict[str, Any]:
    further = case((table.merged_from != merged_id, table.merged_from))  # else NULL: it is its own again
    return {"person_id": merged_id, "merged_from": further}
