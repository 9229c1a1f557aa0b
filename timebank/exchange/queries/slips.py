"""Sheets of paper for a week: what is printed for a recipient or a helper, and the rows to type back from them.

The codes are derived from a secret of the installation, the visit and a round: nothing that opens anything stands in
the database.  Only recipients' sheets carry codes; a helper who knew the code of the strip could confirm alone.

A sheet is in the language of whoever it is for (`Person.reads`), whatever the coordinator's page speaks.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from flask_babel import force_locale
from sqlalchemy import Select, literal, or_, select, tuple_

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import below, db, in_scope
from timebank.core.paging import Page, cut
from timebank.core.types import Moment, blind_index
from timebank.exchange.models.requests import ServiceRequest
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries import schemes
from timebank.exchange.queries.together import ALONE, Company, company_of, helpers_in
from timebank.exchange.queries.visits import VisitLine, lines, polite
from timebank.exchange.rules.slips import code_from, tidy
from timebank.exchange.rules.visits import DONE, PLANNED, VisitState
from timebank.people import queries as people
from timebank.people.models import Person
from timebank.territory import queries as territory
from timebank.territory.rules import DIGITS, Level

PERMISSION = "visits.confirm"  # who may confirm by a call may print what confirms on paper
MOST_SHEETS = 60
TO_ENTER = frozenset({VisitState.SCHEDULED, VisitState.IN_PROGRESS, VisitState.AWAITING_CONFIRMATION})
IN_GRID = (*PLANNED, *DONE, VisitState.NO_SHOW)
ROWS = 50
STRAY_DAYS = 14  # paper is brought within days; far ones would only meet by chance
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class SheetFilter:
    """Whose sheets: `part` recipient or helper; a street or community; a person as typed ("" all); one by number."""

    monday: date
    part: str = "recipient"
    territory: str = ""
    text: str = ""
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A visit on a sheet.  Of the other side only what the task needs (domain.md C7); codes "" on a helper's sheet."""

    visit_id: int
    day: date
    starts_at: datetime
    ends_at: datetime
    service: str
    other: str
    address: str
    door_note: str
    safety_note: str
    wish: str
    helpers: int  # who go there together
    together: tuple[str, ...]  # how the others who said yes are called
    day_code: str
    strip_code: str


@dataclass(frozen=True, slots=True)
class SheetCopy:
    """The sheet for a guardian or agent, in the language they read; no codes."""

    agent_person_id: int
    name: str
    reads: str
    lines: list[SheetLine]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A person's week on paper, in the language they read ("zh", "en").  `copies`: who gets one without codes."""

    person_id: int
    name: str
    member_no: str
    territory_code: str
    place: str
    part: str
    reads: str
    lines: list[SheetLine]
    copies: list[SheetCopy]


@dataclass(frozen=True, slots=True)
class _Names:
    """What sheets are made of; names of kinds of help by language, then by code; names of places by code."""

    people: dict[int, people.PersonBrief]
    requests: dict[int, ServiceRequest]
    services: dict[str, dict[str, str]]
    places: dict[str, str]
    company: dict[int, Company]

    def language(self, person_id: int) -> str:
        """The language a person reads."""
        known = self.people.get(person_id)
        return known.reads if known is not None and known.reads in LANGUAGES else LANGUAGES[0]


@dataclass(frozen=True, slots=True)
class Sheets:
    """The sheets asked for; `more`: there are further people, so choose a smaller place."""

    items: list[Sheet]
    more: bool


@dataclass(frozen=True, slots=True)
class GridRow:
    """A visit to type back.  `open`: still to be entered; `begun`, `ended`: known already, by telephone or button."""

    line: VisitLine
    open: bool
    to_come: bool
    begun: datetime | None
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class Stray:
    """A code that was typed beside one visit and is on the strip of another: both with recipient and time."""

    visit_id: int
    recipient: str
    starts_at: datetime
    of_id: int
    of_recipient: str
    of_starts_at: datetime


def strip_code(visit: Visit) -> str:
    """The code on the strip that the recipient tears off after the visit: it stands for their word."""
    return code_from(blind_index("visit-strip", f"{visit.id}:{visit.code_round}"))


def day_code(visit: Visit) -> str:
    """The code on the recipient's sheet that a helper reads out on the telephone, on the day, at the door."""
    return code_from(blind_index("visit-day", f"{visit.id}:{visit.code_round}"))


def fits(typed: str, code: str) -> bool:
    """Is this the code?  Takes the same time for every wrong one."""
    return secrets.compare_digest(tidy(typed).encode(), code.encode())


def _week(chosen: SheetFilter) -> Select[Visit]:
    return select(Visit).where(
        below(Visit.territory_code, chosen.territory),
        Visit.volunteer_id.is_not(None),
        Visit.starts_at >= clock.at(chosen.monday, 0),
        Visit.starts_at < clock.at(chosen.monday + timedelta(days=7), 0),
    )


def _of_person(actor: Actor, wanted: Select[Visit], chosen: SheetFilter, *, both: bool = False) -> Select[Visit]:
    """Only visits of the person typed, or of the one with this number."""
    if chosen.person_id is not None:
        ids = list(people.ids_of(chosen.person_id))
    elif chosen.text.strip():
        ids = [hit.id for hit in people.search(actor, chosen.text, permission=PERMISSION, limit=50)]
    else:
        return wanted
    helps, helped = Visit.volunteer_id.in_(ids), Visit.recipient_id.in_(ids)
    return wanted.where(or_(helps, helped) if both else helps if chosen.part == "helper" else helped)


def sheets(actor: Actor, chosen: SheetFilter) -> Sheets:
    """The sheets of a week, by place and name, at most 60; at most fourteen statements.  Needs "visits.confirm" there.

    Only visits that are planned and not over: what has been is entered, not printed.  People are counted, not visits:
    whoever has a sheet has all of their week on it.
    """
    wanted = _of_person(actor, _week(chosen), chosen).where(
        in_scope(Visit.territory_code, actor.scopes(PERMISSION)), Visit.state.in_(PLANNED)
    )
    whose = Visit.volunteer_id if chosen.part == "helper" else Visit.recipient_id
    found = select(Person.id).where(Person.id.in_(wanted.with_only_columns(whose)))
    order = list(
        db.session.scalars(found.order_by(Person.territory_code, Person.name, Person.id).limit(MOST_SHEETS + 1))
    )
    by_person: dict[int, list[Visit]] = {one: [] for one in order[:MOST_SHEETS]}
    for row in db.session.scalars(wanted.where(whose.in_(by_person)).order_by(Visit.starts_at, Visit.id)):
        by_person[_whose(row, chosen.part)].append(row)
    return Sheets(_made(actor, chosen, by_person), len(order) > MOST_SHEETS)


def _whose(visit: Visit, part: str) -> int:
    return (visit.volunteer_id or 0) if part == "helper" else visit.recipient_id


def _made(actor: Actor, chosen: SheetFilter, of: dict[int, list[Visit]]) -> list[Sheet]:
    """The sheets of these people, in this order."""
    copies = people.copies_for(of) if chosen.part == "recipient" else {}
    agents = {agent.agent_person_id for few in copies.values() for agent in few}
    names = _names(actor, of, agents)
    return [
        Sheet(
            person_id=one,
            name=names.people[one].name,
            member_no=names.people[one].member_no,
            territory_code=names.people[one].territory_code,
            place=names.places.get(names.people[one].territory_code, ""),
            part=chosen.part,
            reads=names.language(one),
            lines=_lines(rows, chosen.part, names, names.language(one)),
            copies=[_copy(agent, rows, names) for agent in copies.get(one, [])],
        )
        for one, rows in of.items()
    ]


def _copy(agent: people.AgentInfo, rows: list[Visit], names: _Names) -> SheetCopy:
    language = names.language(agent.agent_person_id)
    lines_of = [replace(line, day_code="", strip_code="") for line in _lines(rows, "recipient", names, language)]
    return SheetCopy(agent.agent_person_id, agent.name, language, lines_of)


def _names(actor: Actor, of: dict[int, list[Visit]], agents: set[int]) -> _Names:
    """One statement for each language that somebody here reads, and four; five where helpers go together."""
    shown = [row for rows in of.values() for row in rows]
    asked = {row.request_id for row in shown if row.request_id}
    wishes = db.session.scalars(select(ServiceRequest).where(ServiceRequest.id.in_(asked)))
    both = {one for row in shown for one in (row.recipient_id, row.volunteer_id or 0)}
    company = company_of(shown)
    known = people.briefs(both | agents | set(of) | helpers_in(company))
    places = territory.local_names({known[one].territory_code for one in of}, actor.scopes(PERMISSION))
    names = _Names(known, {request.id: request for request in wishes}, {}, places, company)
    for language in sorted({names.language(one) for one in (*of, *agents)}):
        with force_locale(language):
            names.services[language] = schemes.service_names({row.service_code for row in shown})
    return names


def _lines(rows: list[Visit], part: str, names: _Names, language: str) -> list[SheetLine]:
    """The visits in the words of a language."""
    with force_locale(language):
        return [_line(row, part, names, names.services[language]) for row in rows]


def _line(row: Visit, part: str, names: _Names, services: dict[str, str]) -> SheetLine:
    recipient, helper = names.people.get(row.recipient_id), names.people.get(row.volunteer_id or 0)
    request = names.requests.get(row.request_id or 0)
    helps, company = part == "helper", names.company.get(row.id, ALONE)
    return SheetLine(
        visit_id=row.id,
        day=clock.civil(row.starts_at).date(),
        starts_at=row.starts_at,
        ends_at=row.ends_at or row.starts_at + timedelta(minutes=row.minutes_planned),
        service=services[row.service_code],
        other=polite(recipient if helps else helper),
        address=((request.address if request else "") or (recipient.address if recipient else "")) if helps else "",
        door_note=recipient.door_note if helps and recipient else "",
        safety_note=recipient.safety_note if helps and recipient else "",
        wish=request.note if request else "",
        helpers=company.helpers,
        together=tuple(polite(names.people.get(one)) for one in company.coming),
        day_code="" if helps else day_code(row),
        strip_code="" if helps else strip_code(row),
    )


# -- typed back --------------------------------------------------------------------------------------------------------


def grid(actor: Actor, chosen: SheetFilter, after: str | None = None, limit: int = ROWS) -> Page[GridRow]:
    """The week's visits in the order in which sheets are printed: place, recipient, time; seven statements."""
    wanted = _of_person(actor, _week(chosen), chosen, both=True).where(
        in_scope(Visit.territory_code, actor.scopes(PERMISSION)), Visit.state.in_(IN_GRID)
    )
    order = (Person.territory_code, Person.name, Person.id, Visit.starts_at, Visit.id)
    wanted = wanted.join(Person, Person.id == Visit.recipient_id)
    place = _place(after)
    if place:
        person, moment, number = place
        before = db.session.get(Person, person)
        code, name = (before.territory_code, before.name) if before else ("", "")
        wanted = wanted.where(tuple_(*order) > tuple_(code, name, person, literal(moment, Moment()), number))
    rows = list(db.session.scalars(wanted.order_by(*order).limit(limit + 1)))
    cursors = [f"{row.recipient_id}|{row.starts_at.isoformat()}|{row.id}" for row in rows]
    return cut(grid_rows(actor, rows), cursors, limit)


def grid_rows(actor: Actor, rows: Sequence[Visit]) -> list[GridRow]:
    """Visits as rows of the grid."""
    now = clock.now()
    return [
        GridRow(
            line=line,
            open=row.state in TO_ENTER and row.starts_at <= now,
            to_come=row.state in PLANNED and row.starts_at > now,
            begun=row.check_in_at,
            ended=row.check_out_at,
        )
        for row, line in zip(rows, lines(rows, actor.scopes(PERMISSION)), strict=True)
    ]


def _place(after: str | None) -> tuple[int, datetime, int] | None:
    parts = (after or "").split("|")
    try:
        person, moment, number = int(parts[0]), datetime.fromisoformat(parts[1]), int(parts[2])
    except (ValueError, IndexError):
        return None
    return (person, moment, number) if moment.tzinfo else None


def stray(actor: Actor, visit_id: int, typed: str) -> Stray | None:
    """The visit whose strip the code is, if it is another one of the same street within two weeks, three statements.

    Only among visits whose sheets the actor may print; those of the same two people come first, then the nearest day.
    """
    here, span = db.session.get_one(Visit, visit_id), timedelta(days=STRAY_DAYS)
    street = here.territory_code[: DIGITS[Level.STREET]]
    wanted = select(Visit).where(
        below(Visit.territory_code, street),
        in_scope(Visit.territory_code, actor.scopes(PERMISSION)),
        Visit.id != here.id,
        Visit.volunteer_id.is_not(None),
        Visit.starts_at.between(here.starts_at - span, here.starts_at + span),
    )

    def farness(other: Visit) -> tuple[bool, timedelta, int]:
        same = other.recipient_id == here.recipient_id or other.volunteer_id == here.volunteer_id
        return not same, abs(other.starts_at - here.starts_at), other.id

    near = sorted(db.session.scalars(wanted), key=farness)
    found = next((one for one in near if fits(typed, strip_code(one))), None)
    if found is None:
        return None
    names = people.briefs({here.recipient_id, found.recipient_id})
    of, to = names[here.recipient_id].name, names[found.recipient_id].name
    return Stray(here.id, of, here.starts_at, found.id, to, found.starts_at)
