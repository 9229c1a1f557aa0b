"""Letters on paper: queued for people without a phone, printed street by street, posted."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, update

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db, transaction
from timebank.core.errors import NotFound, Refused
from timebank.notices.models import LetterRun, Notice, PaperLetter
from timebank.notices.queries import letters as queries
from timebank.notices.rules import LetterState
from timebank.notices.service import copies
from timebank.people import queries as people

MOST_IN_A_RUN = 200


@transaction
def queue(notice_id: int) -> int:
    """Puts a notice and the copies of it into the print queue; a second time changes nothing.  The number of letters.

    Copies go to guardians, and to chosen agents where the person consented (`people.queries.copies_for`), unless they
    were told the same themselves.  A notice that is a copy itself has no further copies; of the dead there are none.
    """
    notice = db.session.get_one(Notice, notice_id, with_for_update=True)
    if db.session.scalar(select(PaperLetter.id).where(PaperLetter.notice_id == notice_id).limit(1)) is not None:
        return 0
    agents = [] if notice.about_id else _agents(notice)
    known = people.briefs([notice.person_id, notice.about_id, *agents])
    if any(known[one].deceased_on for one in (notice.person_id, notice.about_id) if one):
        return 0
    rows = [_letter(notice, known[notice.person_id], bool(notice.about_id))]
    rows += [_letter(notice, known[one], True) for one in agents if known[one].deceased_on is None]
    db.session.add_all(rows)
    return len(rows)


def _letter(notice: Notice, to: people.PersonBrief, is_copy: bool) -> PaperLetter:
    return PaperLetter(notice_id=notice.id, person_id=to.id, is_copy=is_copy, territory_code=to.territory_code)


def _agents(notice: Notice) -> list[int]:
    """Who acts for the person and was not told the same themselves."""
    agents = [agent.agent_person_id for agent in people.copies_for([notice.person_id]).get(notice.person_id, ())]
    told = _told_themselves(notice, agents)
    return [one for one in agents if one not in told]


def _told_themselves(notice: Notice, agents: Iterable[int]) -> set[int]:
    """Agents who have the same notice of their own, under whatever number."""
    numbers = {number: one for one in agents for number in people.ids_of(one)}
    same = select(Notice).where(
        Notice.person_id.in_(list(numbers)), Notice.kind == notice.kind, Notice.path == notice.path
    )
    return {numbers[row.person_id] for row in db.session.scalars(same) if row.facts == notice.facts}


@command
def print_letters(actor: Actor, street: str, large: bool = False, *, key: str | None = None) -> int:
    """Takes the letters that wait in a place (at most 200 at a time) as one pile; answers with the run.

    Letters without an address stay in the queue; copies that are not due any more leave it.
    Raises `Refused("no_letters")`, `NotAllowed` ("letters.print").
    """
    actor.require("letters.print", street)
    waiting = queries.to_print(actor, street, MOST_IN_A_RUN)
    gone = copies.drop_letters(actor, waiting)
    numbers = [one for one in waiting if one not in gone]
    if not numbers:
        raise Refused("no_letters")
    run = LetterRun(territory_code=street, large=large, printed_by=actor.account_id, printer_name=actor.name[:80])
    db.session.add(run)
    db.session.flush()
    taken = db.session.execute(
        update(PaperLetter)
        .where(PaperLetter.id.in_(numbers), PaperLetter.state == LetterState.WAITING)
        .values(state=LetterState.PRINTED, run_id=run.id)
    )
    if taken.rowcount == 0:  # type: ignore[attr-defined]
        raise Refused("no_letters")
    audit.record(actor, "print.letters", "letter_run", run.id, street, letters=taken.rowcount)  # type: ignore[attr-defined]
    return run.id


@transaction
def open_pile(actor: Actor, run_id: int) -> queries.Pile:
    """The pile as it is printed: it holds addresses and messages, so each person's log says who opened it (C8.18).

    Raises `NotFound("no_such_run")`.
    """
    pile = queries.pile(actor, run_id)
    audit.record(actor, "read.letters", "letter_run", pile.id, pile.territory_code)
    for person_id in sorted({one for sheet in pile.sheets for one in sheet.person_ids}):
        audit.saw(actor, person_id, ["letters"], f"letters_printed: {pile.id}")
    return pile


@command
def mark_posted(actor: Actor, run_id: int, *, key: str | None = None) -> int:
    """The pile was posted or carried round; answers with the run.  Raises `NotFound("no_such_run")`."""
    run = _run_for_change(actor, run_id)
    if run.posted_at is None:
        run.posted_at, run.posted_by = clock.now(), actor.account_id
        _leave_out_the_dead(run_id)
        printed = (PaperLetter.run_id == run_id, PaperLetter.state == LetterState.PRINTED)
        db.session.execute(update(PaperLetter).where(*printed).values(state=LetterState.POSTED))
        audit.record(actor, "post.letters", "letter_run", run.id, run.territory_code)
    return run.id


def _leave_out_the_dead(run_id: int) -> None:
    """Who died since the pile was printed is not written to: their letters and copies wait, out of sight."""
    late = select(PaperLetter.id).join(Notice, Notice.id == PaperLetter.notice_id)
    late = late.where(PaperLetter.run_id == run_id, PaperLetter.state == LetterState.PRINTED, queries.too_late())
    numbers = list(db.session.scalars(late))
    back = update(PaperLetter).where(PaperLetter.id.in_(numbers))
    db.session.execute(back.values(state=LetterState.WAITING, run_id=None))


@command
def print_once_more(actor: Actor, run_id: int, reason: str, *, key: str | None = None) -> int:
    """The pile was spoilt before it was posted: its letters wait again; answers with the run.

    Raises `NotFound("no_such_run")`, `Refused`: letters_posted, letter_reason_missing.
    """
    run = _run_for_change(actor, run_id)
    if not reason.strip():
        raise Refused("letter_reason_missing", field="reason")
    if run.posted_at is not None:
        raise Refused("letters_posted")
    _queue_again(run_id)
    audit.record(actor, "spoil.letters", "letter_run", run.id, run.territory_code, reason=reason.strip()[:200])
    return run.id


def _queue_again(run_id: int) -> None:
    """Letters of a pile wait again, where their addressees live by now."""
    printed = select(PaperLetter).where(PaperLetter.run_id == run_id, PaperLetter.state == LetterState.PRINTED)
    rows = list(db.session.scalars(printed))
    known = people.briefs({row.person_id for row in rows})
    for row in rows:
        row.state, row.run_id, row.territory_code = LetterState.WAITING, None, known[row.person_id].territory_code


@transaction
def move_house(person_id: int, territory_code: str) -> None:
    """Letters that wait are printed where somebody lives now; what is printed stays with its pile."""
    theirs = (PaperLetter.person_id.in_(people.ids_of(person_id)), PaperLetter.state == LetterState.WAITING)
    db.session.execute(update(PaperLetter).where(*theirs).values(territory_code=territory_code))


@command
def drop_letter(actor: Actor, letter_id: int, reason: str, *, key: str | None = None) -> int:
    """A letter that need not be sent (told by telephone, out of date); answers with its number.

    Raises `NotFound("no_such_letter")`, `Refused`: letter_not_waiting, letter_reason_missing.
    """
    if queries.letter(actor, letter_id) is None:
        raise NotFound("no_such_letter")
    row = db.session.get_one(PaperLetter, letter_id, with_for_update=True)
    if not reason.strip():
        raise Refused("letter_reason_missing", field="reason")
    if row.state is not LetterState.WAITING:
        raise Refused("letter_not_waiting")
    row.state, row.reason = LetterState.DROPPED, reason.strip()[:200]
    audit.record(actor, "drop.letter", "notice", row.notice_id, row.territory_code, reason=row.reason)
    return row.id


def _run_for_change(actor: Actor, run_id: int) -> LetterRun:
    run = db.session.get(LetterRun, run_id, with_for_update=True)
    if run is None or not queries.handles(actor, run_id):
        raise NotFound("no_such_run")
    return run
