"""What helpers have said about their days, what they have promised, and what was before: for those few who matter."""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, TypeAlias

from timebank.core import clock
from timebank.core.db import db
from timebank.exchange.models import VisitState
from timebank.exchange.queries.volunteers import HelperInfo
from timebank.exchange.rules.availability import OtherDays, Slot
from timebank.matching.queries import calendars_rows as rows
from timebank.matching.queries.bare import Bare, Rows, day_of, moment_of
from timebank.matching.queries.candidates import STRANGER, Candidates, Past, Promise
from timebank.matching.queries.nearby import Reached
from timebank.matching.queries.visits import VisitNeed

Helpers: TypeAlias = HelperInfo | Reached
Company: TypeAlias = tuple[frozenset[int], frozenset[int]]
AT_ONCE = 1_000  # names in one list: plans for longer lists are bad
_STANDING = attrgetter(*(one.name for one in fields(HelperInfo)[:-2]))  # all but the calendar
PLANNED = (VisitState.SCHEDULED, VisitState.IN_PROGRESS)


def candidates(found: VisitNeed, infos: Sequence[Helpers], last_day: date) -> Candidates:
    """The helpers with calendars, promises up to `last_day`, past and company: one statement for up to a thousand."""
    ids = [info.person_id for info in infos]
    known = _Known(found.recipient_id)
    for some in _parts(ids) or [[]]:
        known.take(_rows(rows.everything_of, found, some, last_day))
    return Candidates(known.dated(infos), known.past(ids), known.promises, *known.company())


def with_days(found: VisitNeed, infos: Sequence[HelperInfo], last_day: date, company: Company) -> Candidates:
    """What the hard rules ask, and no more: calendars and promises.  One statement for up to a thousand."""
    known = _Known(found.recipient_id)
    for some in _parts([info.person_id for info in infos]):
        known.take(_rows(rows.days_of, found, some, last_day))
    return Candidates(known.dated(infos), {}, known.promises, *company)


def company(found: VisitNeed) -> Company:
    """Who lives with the recipient, and who is not sent there again; one statement, as `people.queries.household_ids`
    and `exchange.queries.apart.apart_from` for one person."""
    known = _Known(found.recipient_id)
    values = {"recipient": found.recipient_id, "today": clock.today()}
    connection = db.session.connection()
    known.take(_bare(rows.company_of, connection.dialect.name).rows(connection, values))
    return known.company()


def _parts(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]


def _rows(statement: Any, found: VisitNeed, ids: Sequence[int], last_day: date) -> Rows:
    """What was promised counts from the first of the month or from Monday, whichever came first."""
    connection = db.session.connection()
    dialect = connection.dialect.name
    day = found.occasion.day
    monday, first = day - timedelta(days=day.weekday()), day.replace(day=1)
    values = {
        "ids": list(ids) if dialect == "postgresql" else json.dumps(ids),
        "weekdays": 1 << day.weekday() if last_day == day else 0b1111111,
        "first": day,
        "last": last_day,
        "since": clock.at(min(monday, first), 0),
        "later": clock.at(max(monday, first), 0),
        "midnight": clock.at(day, 0),
        "until": clock.at(max(_month_end(last_day), last_day + timedelta(days=8)), 0),
        "visit": found.occasion.visit_id,
        "recipient": found.recipient_id,
        "today": clock.today(),
    }
    return _bare(statement, dialect).rows(connection, values)


@functools.cache
def _bare(statement: Any, dialect: str) -> Bare:
    return Bare(statement(dialect), dialect)


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


@dataclass(slots=True)
class _Known:
    """What the rows say, by helper."""

    recipient: int
    slots: dict[int, list[Slot]] = field(default_factory=lambda: defaultdict(list))
    others: dict[int, list[OtherDays]] = field(default_factory=lambda: defaultdict(list))
    promises: dict[int, list[Promise]] = field(default_factory=lambda: defaultdict(list))
    ratings: dict[int, float] = field(default_factory=dict)
    before: dict[int, int] = field(default_factory=dict)
    asked: dict[int, tuple[int, str]] = field(default_factory=dict)  # number and state of the last offer
    homes: list[tuple[int, int, bool]] = field(default_factory=list)
    apart: set[int] = field(default_factory=set)

    def take(self, found: Iterable[Any]) -> None:
        slots = self.slots
        for row in found:
            if row[0] == rows.SLOT:  # most of them
                slots[row[1]].append(Slot(row[2], row[3], row[4]))
            else:
                _TAKE[row[0]](self, *row[1:])

    def dated(self, infos: Sequence[Helpers]) -> tuple[HelperInfo, ...]:
        """The helpers with their calendars."""
        return tuple([self._dated(info) for info in infos])

    def _dated(self, info: Helpers) -> HelperInfo:
        person = info.person_id
        # as `dataclasses.replace`, in half the time; `free_stretches` joins slots that touch
        slots: Any = self.slots.get(person, ())
        facts = info.facts if isinstance(info, Reached) else _STANDING(info)
        values: list[Any] = [*facts, tuple(slots), tuple(self.others.get(person, ()))]
        return HelperInfo(*values)

    def past(self, ids: Sequence[int]) -> dict[int, Past]:
        before, ratings, asked = self.before, self.ratings, self.asked
        known = before.keys() | ratings.keys() | asked.keys()
        return {
            one: Past(before.get(one, 0), ratings.get(one), asked.get(one, (0, None))[1]) if one in known else STRANGER
            for one in ids
        }

    def company(self) -> Company:
        own, home = {self.recipient}, set[int]()
        for person, kept, mine in self.homes:
            (own if mine else home).update((person, kept))
        return frozenset(home - own), frozenset(self.apart)


def _other(known: _Known, person: int, free: int, start: int, end: int, first: date, last: date, *_: Any) -> None:
    known.others[person].append(OtherDays(day_of(first), day_of(last), bool(free), start, end))


def _done(known: _Known, person: int, visits: int, minutes: int, *rest: Any) -> None:
    known.promises[person].append(Promise(0, moment_of(rest[3]), int(minutes), None, None, False, visits))


def _promised(known: _Known, person: int, visit: int, minutes: int, *rest: Any) -> None:
    _, _, _, at, lat, lon, state = rest
    known.promises[person].append(Promise(visit, moment_of(at), int(minutes), lat, lon, state in PLANNED))


def _rated(known: _Known, person: int, stars: int, number: int, *_: Any) -> None:
    known.ratings[person] = int(stars) / number


def _before(known: _Known, person: int, visits: int, *_: Any) -> None:
    known.before[person] = visits


def _asked(known: _Known, person: int, offer: int, *rest: Any) -> None:
    if offer >= known.asked.get(person, (0, ""))[0]:
        known.asked[person] = offer, rest[-1]


def _home(known: _Known, person: int, kept: int, mine: int, *_: Any) -> None:
    known.homes.append((person, kept, bool(mine)))


def _apart(known: _Known, _person: int, kept: int, *_: Any) -> None:
    known.apart.add(kept)


_TAKE: dict[int, Any] = {
    rows.OTHER: _other,
    rows.DONE: _done,
    rows.PROMISED: _promised,
    rows.RATED: _rated,
    rows.BEFORE: _before,
    rows.ASKED: _asked,
    rows.HOME: _home,
    rows.APART: _apart,
}
