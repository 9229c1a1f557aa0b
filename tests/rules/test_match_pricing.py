"""The searches for a helper's best day agree with the list of all days, whatever the prices are."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.matching.town import Shape, town
from timebank.matching.planner import files, pricing
from timebank.matching.planner.cuts import Cuts
from timebank.matching.planner.flat import Flat, flatten
from timebank.matching.planner.listed import Listed
from timebank.matching.planner.pool import Pool
from timebank.matching.planner.prices import Prices, free
from timebank.matching.planner.pricing import NOTHING, Found, Pricing

BUSY = Shape(busy=0.6, usual=0.2, pairs=0.2, pins=0.1)


def flat(seed: int, shape: Shape = BUSY) -> Flat:
    return flatten([files.instance_of(town(12, 26, seed, shape))], {}, None)


def some_cuts(flat: Flat, dice: np.random.Generator) -> tuple[Cuts, Prices]:
    """Triples of requests and helpers, what minutes count in a week of one day, and what all that costs."""
    cuts = Cuts(flat, Pool(flat))
    rows = [*np.flatnonzero(flat.unit_need == 1).tolist(), *range(cuts.units, cuts.units + flat.size)]
    for _ in range(60):
        one, two, three = sorted(dice.choice(rows, 3, replace=False).tolist())
        cuts.triples.append((one, two, three))
    cuts.of_unit, cuts.of_agent = cuts._tables()
    cuts.weeks.days, cuts.weeks.caps = [np.array([agent]) for agent in range(flat.size)], [1] * flat.size
    cuts.weeks.add([np.sort(dice.uniform(0, 1, (1, cuts.weeks.most + 1))) for _ in range(flat.size)])
    prices = free(flat)
    triple, weekly = dice.uniform(0, 9_000, len(cuts.triples)), dice.uniform(0, 20_000, flat.size)
    return cuts, replace(prices, triple=triple, weekly=weekly)


def profits(flat: Flat, dice: np.random.Generator) -> np.ndarray:
    return flat.options.value - dice.uniform(0, 15_000, len(flat.unit_value))[flat.options.unit]


def best(found: Found) -> list[float]:
    return [round(worth, 3) if worth > NOTHING else None for worth in found.best.tolist()]


@pytest.mark.parametrize("seed", range(6))
def test_labels_and_depth_first_find_the_best_day_of_each_helper(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    day, dice = flat(seed), np.random.default_rng(seed)
    cuts, price = some_cuts(day, dice)
    profit = profits(day, dice)
    floor = np.where(day.agents.musts > 0, -1e8, 0.0)
    listed = Listed(day).best_days(profit, floor, cuts, price, width=5)
    monkeypatch.setattr(pricing, "FIRST_NODES", 0)
    labels = Pricing(day).best_days(profit, floor, cuts, price, width=5)
    every = Pricing(day).best_days(profit, floor, cuts, price, width=5, every_within=0)
    assert best(labels) == best(every) == best(listed)
    assert labels.exact
    assert every.exact


def test_every_day_worth_more_than_asked_for_is_found_once() -> None:
    day, dice = flat(9), np.random.default_rng(9)
    cuts, price = some_cuts(day, dice)
    profit = profits(day, dice)
    floor = np.full(day.size, -1e8)
    found = [
        one.best_days(profit, floor, cuts, price, width=3_000, every_within=1e8) for one in (Pricing(day), Listed(day))
    ]
    sets = [
        sorted((a, *sorted(days)) for a, days in zip(one.agent.tolist(), one.options.tolist(), strict=True))
        for one in found
    ]
    assert sets[0] == sets[1]
    assert len(set(map(tuple, sets[0]))) == len(sets[0])


def test_when_there_are_too_many_days_the_bound_is_still_no_lower_than_the_best_day() -> None:
    day, dice = flat(3, Shape(long=True, busy=0.3)), np.random.default_rng(3)
    cuts, price = some_cuts(day, dice)
    profit, floor = profits(day, dice), np.zeros(day.size)
    compiled = Pricing(day)
    few = compiled.best_days(profit, floor, cuts, price, width=1, most_nodes=3, every_within=0)
    enough = compiled.best_days(profit, floor, cuts, price, width=1)
    assert enough.exact
    assert not few.exact
    assert (few.bound >= enough.best - 1e-6).all()
