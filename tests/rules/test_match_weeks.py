"""From the linear program of a week to whole days: what goes together, what leaves hours idle, what is found."""

from collections import Counter
from typing import Any

import numpy as np

from benchmarks.matching.town import week
from timebank.matching import planner
from timebank.matching.planner import files, outcome
from timebank.matching.planner.budget import Budget
from timebank.matching.planner.flat import flatten
from timebank.matching.planner.greedy import Greedy
from timebank.matching.planner.listed import Listed
from timebank.matching.planner.master import Solved
from timebank.matching.planner.search import Search
from timebank.matching.planner.taken import Beside, Taken
from timebank.matching.planner.walks import Walker
from timebank.matching.planner.weekdive import dive_week

Doc = dict[str, Any]


def search_of(seed: int, cap: int) -> tuple[Search, Solved]:
    """A week of few helpers, its linear program solved."""
    days = [files.instance_of(day) for day in week(16, 40, seed, length=3)]
    flat = flatten(days, {helper.id: cap for helper in days[0].helpers}, None)
    search = Search(flat, Walker(flat), Listed(flat), Budget(60), 1)
    search.start(Greedy(flat, Walker(flat)).run())
    solved = search.columns()
    assert solved is not None
    return search, solved


def test_whole_days_out_of_the_linear_program_make_a_sound_week_that_is_better_than_the_greedy_one() -> None:
    for seed in (4, 5, 6):
        search, solved = search_of(seed, 180)
        greedy = search.value
        dive_week(search, solved)
        assert greedy < search.value <= search.bound
        plans = outcome.plans(search.flat, search.walker, search.days or [], None, False)
        minutes: Counter[str] = Counter()
        for day, plan in zip(search.flat.days, plans, strict=True):
            assert planner.check(day, plan).sound
            for visit in plan.visits:
                minutes.update(dict.fromkeys(visit.helpers, day.request[visit.request].minutes))
        assert max(minutes.values()) <= 180


def test_days_become_whole_only_with_all_helpers_of_a_shared_visit_and_within_the_hours_of_the_week() -> None:
    search, solved = search_of(4, 180)
    taken = Taken(search)
    chosen = taken.more(solved.columns, set(), 1_000)
    assert chosen
    assert set(chosen) == taken.columns
    assert all(often == search.flat.unit_need[unit] for unit, often in taken.often.items())
    assert (search.flat.unit_need[list(taken.often)] > 1).any()
    assert (taken.left >= 0).all()
    for column in chosen:
        taken.remove(column)
    assert not taken.columns | taken.agents
    assert not taken.often
    assert (taken.left == search.flat.week_minutes).all()


def test_a_day_that_leaves_too_few_hours_for_the_others_leaves_them_idle() -> None:
    search, _ = search_of(4, 180)
    pool, flat = search.pool, search.flat
    minutes = Taken(search).minutes(pool.options[: pool.count])
    first, other = next(
        (one, two)
        for one in range(pool.count)
        for two in np.flatnonzero(flat.week_of[pool.agent[: pool.count]] == flat.week_of[pool.agent[one]]).tolist()
        if pool.agent[one] != pool.agent[two] and minutes[one] and minutes[two]
    )
    both = np.array([first, other])
    shares = np.zeros(pool.count)
    shares[both] = 0.5
    caps = flat.week_minutes
    caps[flat.week_of[pool.agent[first]]] = minutes[first] + minutes[other]
    assert Beside(Taken(search), both, shares).idle(first) == 0
    caps[flat.week_of[pool.agent[first]]] -= 1
    taken = Taken(search)
    assert Beside(taken, both, shares).idle(first) == minutes[other] / 2
    assert taken.add(first)
    assert other in taken.too_long(pool.count)
    assert not taken.add(other)
