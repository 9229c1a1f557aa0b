"""Who is out, counted by reason and listed page by page with what would bring them in.

Asking every rule about thousands of helpers would take seconds and nobody reads it.  So each helper is counted once,
under the first rule that keeps them out (in the order of `rules.hard.RULES`), standing facts first: calendars are read
only for those whom no standing fact keeps out, and all the reasons only for the page that is shown.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from timebank.core.authority import Actor
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.exchange.models import VolunteerState
from timebank.matching.queries.around import around, further_away
from timebank.matching.queries.calendars import Company, company, with_days
from timebank.matching.queries.candidates import place_of
from timebank.matching.queries.nearby import info
from timebank.matching.queries.suggestions import WALKING, VisitHead, head
from timebank.matching.queries.visits import VisitNeed, visit_need
from timebank.matching.rules.hard import OF_THE_DAY, RULES, STANDING, broken_rules, first_broken, fits
from timebank.matching.rules.model import Broken, Helper
from timebank.people import queries as people

EASIEST = 8
RANKS = {rule.__name__: place for place, rule in enumerate(RULES)}


@dataclass(frozen=True, slots=True)
class OutLine:
    """A helper who is out, with every rule that says so; metres on foot from home, where known."""

    person_id: int
    name: str
    metres: int | None
    broken: tuple[Broken, ...]

    @property
    def hurdles(self) -> tuple[int, int]:
        """How many rules keep the helper out, and for how many of these nothing is known that would help."""
        return len(self.broken), sum(one.remedy is None for one in self.broken)


@dataclass(frozen=True, slots=True)
class Outside:
    """How many are out by which rule (each helper once), and a page of them: whom least keeps out comes first.

    `further`: helpers of the city who live further away than 2 km and than they walk; they are not counted by rule.
    """

    visit: VisitHead
    suitable: int
    further: int
    by_rule: Mapping[str, int]
    page: Page[OutLine]

    @property
    def easiest(self) -> list[OutLine]:
        """Of the page the few with the least in their way: of two with one reason the one whom something would help."""
        return sorted(self.page.items, key=lambda one: one.hurdles)[:EASIEST]

    @property
    def looked_at(self) -> int:
        return self.suitable + self.out

    @property
    def out(self) -> int:
        return sum(self.by_rule.values())


@dataclass(frozen=True, slots=True)
class OutFilter:
    """What the list shows: those whom this rule keeps out first; those of this name."""

    rule: str = ""
    text: str = ""


def outside(
    actor: Actor, visit_id: int, chosen: OutFilter | None = None, *, after: int | None = None, limit: int = PER_PAGE
) -> Outside:
    """Who could not help with a visit and why; ten statements.  `after`: the last person of the page before.

    Needs requests.read where the visit is; raises `NotFound("no_such_visit")`.
    """
    chosen = chosen or OutFilter()
    found = visit_need(actor, visit_id)
    rows = {row.person_id: row for row in around(found)}
    kept_apart = company(found)
    first, metres = _first_rules(found, rows, kept_apart)
    out = {person: rule for person, rule in first.items() if rule is not None}
    counted = Counter(out.values())
    shown = _listed(actor, rows, out, metres, chosen)
    return Outside(
        visit=head(found, ()),
        suitable=len(first) - len(out),
        further=further_away(found, len(rows)),
        by_rule={rule: counted[rule] for rule in RANKS if counted[rule]},
        page=_page(found, [(person, metres[person]) for person in shown], rows, kept_apart, after, limit),
    )


def _first_rules(
    found: VisitNeed, rows: Mapping[int, Row[Any]], company: Company
) -> tuple[dict[int, str | None], dict[int, int | None]]:
    """The first rule that keeps each helper out (None for those who could come), and the metres from home on foot."""
    first: dict[int, str | None] = {}
    metres: dict[int, int | None] = {}
    for person, row in rows.items():
        helper = _standing(row, found, *company)
        broken = first_broken(helper, found.need, WALKING, STANDING)
        first[person] = broken.rule if broken else None
        known = helper.home is not None and found.need.place is not None
        metres[person] = math.ceil(WALKING.walk_m(helper.home, found.need.place)) if known else None  # type: ignore[arg-type]
    passed = [info(row, found.need) for person, row in rows.items() if first[person] is None]
    who = with_days(found, passed, found.occasion.day, company)
    for one in who.infos:
        helper = who.on(one, found, found.occasion.day)
        if not fits(helper, found.need, WALKING):
            broken = first_broken(helper, found.need, WALKING, OF_THE_DAY)
            first[one.person_id] = broken.rule if broken else None
    return first, metres


def _standing(row: Row[Any], found: VisitNeed, household: frozenset[int], apart: frozenset[int]) -> Helper:
    """A helper as far as standing facts go."""
    recipient = frozenset({found.recipient_id})
    spoken = (row.languages or row.person_languages or ()) if found.need.language else ()
    return Helper(
        id=row.person_id,
        active=row.state is VolunteerState.ACTIVE,
        home=place_of(row.lat, row.lon, found.origin),
        sex=None if row.sex is None else str(row.sex),
        languages=frozenset(spoken),
        skills={} if row.service_code is None else {row.service_code: row.trained_on is not None},
        insured_until=row.insured_until,
        max_distance_m=row.max_distance_m,
        caregiver_at_home=row.caregiver_at_home,
        household=recipient if row.person_id in household else frozenset(),
        blocked=recipient if row.person_id in apart else frozenset(),
    )


def _listed(
    actor: Actor,
    rows: Mapping[int, Row[Any]],
    out: Mapping[int, str],
    metres: Mapping[int, int | None],
    chosen: OutFilter,
) -> list[int]:
    """Those the filter leaves: who passes more rules first, then who lives nearer."""
    ids = [person for person, rule in out.items() if not chosen.rule or rule == chosen.rule]
    if text := chosen.text.strip():
        hits = {hit.id for hit in people.search(actor, text, limit=200)}
        ids = [person for person in ids if person in hits or text.casefold() in rows[person].name.casefold()]
    return sorted(ids, key=lambda one: (-RANKS[out[one]], metres[one] is None, metres[one] or 0, one))


def _page(
    found: VisitNeed,
    listed: Sequence[tuple[int, int | None]],
    rows: Mapping[int, Row[Any]],
    company: Company,
    after: int | None,
    limit: int,
) -> Page[OutLine]:
    start = next((place + 1 for place, (person, _) in enumerate(listed) if person == after), 0)
    shown = listed[start : start + limit + 1]
    day = found.occasion.day
    who = with_days(found, [info(rows[person], found.need) for person, _ in shown], day, company)
    known = {one.person_id: broken_rules(who.on(one, found, day), found.need, WALKING) for one in who.infos}
    lines = [OutLine(person, rows[person].name, metres, known[person]) for person, metres in shown]
    return cut(lines, [person for person, _ in shown], limit, len(listed))
