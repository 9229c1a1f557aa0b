"""The print queue of letters ("letters.print"): what waits street by street, what was printed, what stands in a pile.

A notice of a kind that `needs` a permission (assistance) is printed only by who holds it: nobody learns from the
printer that somebody receives assistance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import aliased

from timebank.core import clock, hooks, parameters
from timebank.core.authority import Actor
from timebank.core.db import below, db, in_scope
from timebank.core.errors import NotFound
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.notices.models import LetterRun, LetterWish, Notice, PaperLetter
from timebank.notices.queries.dead import has_died
from timebank.notices.rules import LetterState, Window
from timebank.notices.texts import Message, known_texts, render
from timebank.people import queries as people
from timebank.people.models import Person
from timebank.territory import queries as territory
from timebank.territory.rules import DIGITS, Duty, Level

PERMISSION = "letters.print"
SENDERS = (Duty.DUTY_DESK, Duty.COORDINATOR)  # whose phone stands on the letters of a street


@dataclass(frozen=True, slots=True)
class QueuedLetter:
    """A letter in the queue; `about`: whose notice it is a copy of, "" for one's own."""

    id: int
    person_id: int
    addressee: str
    about: str
    subject: str
    place: str
    street: str
    queued_at: datetime
    has_address: bool


@dataclass(frozen=True, slots=True)
class StreetQueue:
    """How many letters of a street, or of a narrower place to print for, wait; `without_address`: cannot be printed."""

    code: str
    name: str
    letters: int
    without_address: int


@dataclass(frozen=True, slots=True)
class RunLine:
    """A pile that was printed."""

    id: int
    street: str
    letters: int
    large: bool
    printed_at: datetime
    printer: str
    posted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a pile: everything of the day for one addressee, about one person, in the language they read."""

    name: str
    address: str
    place: str
    language: str
    large: bool
    about: str  # a copy: whose messages these are
    messages: list[tuple[datetime, Message]]
    person_ids: tuple[int, ...]  # whose address and messages who prints it sees


@dataclass(frozen=True, slots=True)
class Pile:
    """A printed run with its sender."""

    id: int
    territory_code: str
    sender: str
    phone: str
    printed_on: date
    window: Window
    sheets: list[Sheet]


# Whose notice a letter is the copy of; NULL for one's own.  A copy is a notice of its own, or only a sheet of paper.
_ABOUT = case((PaperLetter.is_copy, func.coalesce(Notice.about_id, Notice.person_id)))


def _printable(actor: Actor) -> list[ColumnElement[bool]]:
    """Letters that the actor may print (the notice joined)."""
    allowed: list[ColumnElement[bool]] = [in_scope(PaperLetter.territory_code, actor.scopes(PERMISSION))]
    for kind, text in known_texts().items():
        if text.needs:
            allowed.append(or_(Notice.kind != kind, in_scope(PaperLetter.territory_code, actor.scopes(text.needs))))
    return allowed


def _waiting(actor: Actor) -> list[ColumnElement[bool]]:
    """Letters in the queue that still make sense."""
    return [*_printable(actor), PaperLetter.state == LetterState.WAITING, ~too_late()]


def too_late() -> ColumnElement[bool]:
    """Letters to somebody who has died, and copies of theirs: out of sight, for a death may be taken back."""
    return or_(has_died(PaperLetter.person_id), has_died(_ABOUT))


def streets(actor: Actor) -> list[StreetQueue]:
    """What waits, street by street; two statements."""
    has_home = (Person.address != "").label("has_home")
    rows = db.session.execute(
        select(PaperLetter.territory_code, has_home, func.count())
        .join(Notice, Notice.id == PaperLetter.notice_id)
        .join(Person, Person.id == PaperLetter.person_id)
        .where(*_waiting(actor))
        .group_by(PaperLetter.territory_code, has_home)
    ).all()
    scopes = actor.scopes(PERMISSION)
    ready: Counter[str] = Counter()
    homeless: Counter[str] = Counter()
    for code, has_address, count in rows:
        (ready if has_address else homeless)[_printed_in(code, scopes)] += count
    names = territory.path_names({*ready, *homeless})
    return [StreetQueue(code, names[code], ready[code], homeless[code]) for code in sorted(names)]


def _printed_in(code: str, scopes: Iterable[str]) -> str:
    """The place whose letters are one pile: the street, or the community or grid that alone is the actor's."""
    street = code[: DIGITS[Level.STREET]]
    return next((one for one in scopes if one.startswith(street) and code.startswith(one)), street)


def waiting(actor: Actor) -> tuple[int, int]:
    """(letters to print, piles to post) for the first page; one statement."""
    queued = select(func.count()).select_from(PaperLetter).join(Notice, Notice.id == PaperLetter.notice_id)
    piles = select(func.count()).select_from(LetterRun).where(*_runs(actor), LetterRun.posted_at.is_(None))
    row = db.session.execute(select(queued.where(*_waiting(actor)).scalar_subquery(), piles.scalar_subquery())).one()
    return int(row[0]), int(row[1])


def _in_pile(actor: Actor) -> list[ColumnElement[bool]]:
    """Letters that are in a pile: those of the dead are taken out until it is posted."""
    return [*_printable(actor), or_(PaperLetter.state == LetterState.POSTED, ~too_late())]


def _runs(actor: Actor) -> list[ColumnElement[bool]]:
    """Piles of the actor's places that hold a letter the actor may print (a spoilt one gave its letters back)."""
    held = select(PaperLetter.id).join(Notice, Notice.id == PaperLetter.notice_id)
    held = held.where(PaperLetter.run_id == LetterRun.id, *_in_pile(actor))
    return [in_scope(LetterRun.territory_code, actor.scopes(PERMISSION)), held.exists()]


def handles(actor: Actor, run_id: int) -> bool:
    """May the actor see a pile, post it and take it back?"""
    return db.session.scalar(select(LetterRun.id).where(LetterRun.id == run_id, *_runs(actor))) is not None


def queued(actor: Actor, street: str = "", *, after: str | None = None, limit: int = PER_PAGE) -> Page[QueuedLetter]:
    """The letters that wait, the oldest first; the cursor is the number of a letter."""
    addressee, about = aliased(Person), aliased(Person)
    wanted = (
        select(PaperLetter, Notice, addressee, about.name)
        .join(Notice, Notice.id == PaperLetter.notice_id)
        .join(addressee, addressee.id == PaperLetter.person_id)
        .outerjoin(about, about.id == _ABOUT)
        .where(*_waiting(actor), below(PaperLetter.territory_code, street))
        .order_by(PaperLetter.id)
        .limit(limit + 1)
    )
    if after and after.isdecimal():
        wanted = wanted.where(PaperLetter.id > int(after))
    rows = db.session.execute(wanted).all()
    scopes = actor.scopes(PERMISSION)
    places = territory.local_names({letter.territory_code for letter, *_ in rows}, scopes)
    items = [
        QueuedLetter(
            letter.id,
            letter.person_id,
            person.name,
            name or "",
            render(notice.kind, notice.facts).subject,
            places[letter.territory_code],
            _printed_in(letter.territory_code, scopes),
            letter.queued_at,
            bool(person.address),
        )
        for letter, notice, person, name in rows
    ]
    return cut(items, [item.id for item in items], limit)


def letter(actor: Actor, letter_id: int) -> QueuedLetter | None:
    """A letter that waits, if the actor may print it."""
    found = queued(actor, after=str(letter_id - 1), limit=1).items
    return found[0] if found and found[0].id == letter_id else None


def to_print(actor: Actor, street: str, most: int) -> list[int]:
    """The letters of a place that wait and have an address, the oldest first."""
    rows = db.session.scalars(
        select(PaperLetter.id)
        .join(Notice, Notice.id == PaperLetter.notice_id)
        .join(Person, Person.id == PaperLetter.person_id)
        .where(*_waiting(actor), below(PaperLetter.territory_code, street), Person.address != "")
        .order_by(PaperLetter.id)
        .limit(most)
    )
    return list(rows)


def runs(actor: Actor, *, after: str | None = None, limit: int = PER_PAGE) -> Page[RunLine]:
    """The piles that were printed, the newest first, with those of their letters that `pile` shows.

    The cursor is the number of a pile.
    """
    wanted = (
        select(LetterRun, func.count(PaperLetter.id))
        .join(PaperLetter, PaperLetter.run_id == LetterRun.id)
        .join(Notice, Notice.id == PaperLetter.notice_id)
        .where(in_scope(LetterRun.territory_code, actor.scopes(PERMISSION)), *_in_pile(actor))
        .group_by(LetterRun.id)
        .order_by(LetterRun.id.desc())
        .limit(limit + 1)
    )
    if after and after.isdecimal():
        wanted = wanted.where(LetterRun.id < int(after))
    rows = db.session.execute(wanted).all()
    names = territory.names({run.territory_code for run, _ in rows})
    items = [
        RunLine(run.id, names[run.territory_code], count, run.large, run.printed_at, run.printer_name, run.posted_at)
        for run, count in rows
    ]
    return cut(items, [item.id for item in items], limit)


def pile(actor: Actor, run_id: int) -> Pile:
    """What a pile says, sheet by sheet, for printing; the same again after a jam.  Raises `NotFound("no_such_run")`."""
    if not handles(actor, run_id):
        raise NotFound("no_such_run")
    run = db.session.get_one(LetterRun, run_id)
    printed_on = clock.civil(run.printed_at).date()
    return Pile(
        run.id,
        run.territory_code,
        territory.path_name(run.territory_code),
        _phone(run.territory_code, printed_on),
        printed_on,
        _window(run.territory_code, printed_on),
        _sheets(actor, run),
    )


def _sheets(actor: Actor, run: LetterRun) -> list[Sheet]:
    rows = db.session.execute(
        select(PaperLetter.person_id, _ABOUT, Notice)
        .join(Notice, Notice.id == PaperLetter.notice_id)
        .where(*_in_pile(actor), PaperLetter.run_id == run.id)
        .order_by(PaperLetter.territory_code, PaperLetter.person_id, func.coalesce(_ABOUT, 0), PaperLetter.id)
    ).all()
    known = people.briefs({one for to, about, _ in rows for one in (to, about)})
    large = _large({known[to].id for to, *_ in rows})
    places = territory.path_names({known[to].territory_code for to, *_ in rows})
    return [
        _sheet(known[to], known.get(about or 0), run.large or known[to].id in large, [row[2] for row in group], places)
        for (to, about), group in groupby(rows, key=lambda row: (row[0], row[1]))
    ]


def _sheet(
    to: people.PersonBrief,
    about: people.PersonBrief | None,
    large: bool,
    notices: list[Notice],
    places: dict[str, str],
) -> Sheet:
    language = to.reads if to.reads in ("zh", "en") else "zh"
    messages = [(notice.created_at, render(notice.kind, notice.facts, language)) for notice in notices]
    name = about.name if about else ""
    seen = (to.id,) if about is None else (to.id, about.id)
    return Sheet(to.name, to.address, places[to.territory_code], language, large, name, messages, seen)


def _large(person_ids: set[int]) -> set[int]:
    wished = select(LetterWish.person_id).where(LetterWish.person_id.in_(person_ids), LetterWish.large)
    return set(db.session.scalars(wished))


def _phone(street: str, on: date) -> str:
    """The phone of the street's desk, or of its coordinator; "" where none is kept."""
    for duty in SENDERS:
        phones = [one.phone for one in territory.responsible(street, duty, on) if one.phone]
        if phones:
            return phones[0]
    return ""


def _window(street: str, on: date) -> Window:
    """Asked by `hooks.ask("parameter_scopes", territory_code=…)`: whose rules hold in a place."""
    values = parameters.values(hooks.ask("parameter_scopes", territory_code=street), on)
    sides = ("left", "top", "width", "height")
    return Window(*(values.number(f"tb.letter_window_{side}") / 10 for side in sides))
