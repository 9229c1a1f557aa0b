"""A weekly request tried plainly says what asking every rule about every day says (no database)."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from unittest import mock

from timebank.core import clock
from timebank.exchange.queries.volunteers import HelperInfo
from timebank.exchange.rules.availability import OtherDays, Slot
from timebank.exchange.rules.volunteers import VolunteerKind, VolunteerState
from timebank.matching.queries import series as days
from timebank.matching.queries.candidates import Candidates, Promise
from timebank.matching.queries.visits import Occasion, VisitNeed
from timebank.matching.rules.hard import fitting_start
from timebank.matching.rules.model import Limits, Need, Place

ORIGIN = (32.06, 118.79)
FIRST = date(2026, 9, 21)  # a Monday; the holidays of October and the end of a month lie in the series
HOUR = 60


def _occasions(rng: random.Random) -> list[Occasion]:
    """Up to three visits a week, most of them in one window; sometimes two on a day."""
    offsets = sorted(rng.sample(range(7), rng.choice((1, 1, 2, 3))))
    coming = [FIRST + timedelta(days=week * 7 + day) for week in range(4) for day in offsets]
    if rng.random() < 0.1:
        coming = sorted([*coming, coming[1]])
    found = []
    for number, day in enumerate(coming):
        start = (9 if rng.random() < 0.97 else 14) * HOUR
        found.append(Occasion(number + 1, clock.at(day, start), clock.at(day, start + 60 * rng.choice((1, 2, 3)))))
    return found


def _need(rng: random.Random, first: Occasion) -> Need:
    limits = Limits(rng.choice((None, 100, 240)), rng.choice((None, 360, 600, 2400)))
    return Need(
        recipient_id=1,
        service="chat",
        minutes=rng.choice((30, 60, 120)),
        day=first.day,
        window=first.window,
        place=Place(0.0, 0.0),
        needs_insurance=rng.random() < 0.3,
        limits=limits,
    )


def _helper(rng: random.Random) -> HelperInfo:
    free = [Slot(day, rng.choice((8, 9)) * HOUR, rng.choice((12, 17)) * HOUR) for day in range(7)]
    away = [
        OtherDays(FIRST + timedelta(days=rng.randrange(28)), FIRST + timedelta(days=30), rng.random() < 0.3, 0, 720)
    ]
    return HelperInfo(
        2,
        "甲",
        None,
        None,
        *ORIGIN,
        "320199001",
        VolunteerState.ACTIVE,
        VolunteerKind.INDIVIDUAL,
        rng.choice((None, FIRST + timedelta(days=14), FIRST + timedelta(days=365))),
        1000,
        False,
        rng.choice((180, 300, 600, 2400)),
        rng.random() < 0.7,
        (),
        {"chat": None},
        tuple(free if rng.random() < 0.8 else rng.sample(free, 5)),
        tuple(away if rng.random() < 0.2 else ()),
    )


def _promises(rng: random.Random) -> list[Promise]:
    """Visits from the first of the month on, some of them on days of the series."""
    number = rng.choice((0, 0, 1, 2, 4))
    days_on = [rng.randrange(-20, 35) for _ in range(number)]
    return [
        Promise(
            100 + place,
            clock.at(FIRST + timedelta(days=day), rng.choice((8, 9, 15)) * HOUR),
            90,
            *ORIGIN,
            rng.random() < 0.5,
        )
        for place, day in enumerate(days_on)
    ]


def _case(rng: random.Random) -> tuple[HelperInfo, VisitNeed, Candidates, list[Occasion]]:
    occasions = _occasions(rng)
    need = _need(rng, occasions[0])
    found = VisitNeed(occasions[0], 1, "乙", 1, "320199001", "chat", "Chat", True, True, ORIGIN, need)
    info = _helper(rng)
    return info, found, Candidates((info,), {}, {2: _promises(rng)}, frozenset(), frozenset()), occasions


def test_trying_plainly_says_what_every_rule_says_of_every_day() -> None:
    rng = random.Random(5)
    met: Counter[str] = Counter()
    for _ in range(700):
        info, found, who, occasions = _case(rng)
        start = fitting_start(who.on(info, found, found.occasion.day), found.need, days.WALKING)
        if start is None:
            continue
        dated = days.dated(found, occasions)
        quick = days.series_fit(info, found, who, dated, start.at)
        with mock.patch.object(days, "_plainly", return_value=False):
            whole = days.series_fit(info, found, who, days.dated(found, occasions), start.at)
        assert quick == whole
        met["plain" if days._plainly(info, who, dated, start.at) else "asked"] += 1
        met.update(one.broken.rule for one in whole.missing if one.broken)
    assert min(met[case] for case in ("plain", "asked")) >= 50
    assert {"not_free", "overlaps", "weekly_cap", "daily_cap", "monthly_cap", "not_insured", "away"} <= met.keys(), met
