"""Who helps whom: the suitable in order, the others with every rule that keeps them out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from timebank.matching.rules.hard import broken_rules, fitting_start
from timebank.matching.rules.model import Broken, Helper, Need, Travel
from timebank.matching.rules.score import Score, Weights, order, score, total
from timebank.matching.rules.timing import Start


@dataclass(frozen=True, slots=True)
class Suitable:
    """A helper who could come, and why this one."""

    helper: Helper
    score: Score


@dataclass(frozen=True, slots=True)
class Could:
    """A helper who could come, from when, and the points; the reasons are found for those who are shown."""

    helper: Helper
    start: Start
    total: float
    weights: Weights

    def score(self, need: Need, travel: Travel) -> Score:
        """With its parts and reasons."""
        found = score(self.helper, need, travel, self.weights, self.start)
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Out:
    """A helper who could not, and every rule that says so."""

    helper: Helper
    broken: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """All helpers looked at: suitable ones best first, others with reasons."""

    suitable: tuple[Suitable, ...]
    out: tuple[Out, ...]

    @property
    def out_by_rule(self) -> Mapping[str, int]:
        """How many helpers each rule keeps out, the most frequent first; one helper may count several times."""
        return dict(Counter(broken.rule for one in self.out for broken in one.broken).most_common())


def rank(helpers: Iterable[Helper], need: Need, travel: Travel) -> Ranking:
    """Every helper is either suitable or out (domain.md F19: hard filters first, then the score)."""
    suitable: list[Helper] = []
    out: list[Out] = []
    for helper in helpers:
        broken = broken_rules(helper, need, travel)
        if broken:
            out.append(Out(helper, broken))
        else:
            suitable.append(helper)
    out.sort(key=lambda one: (len(one.broken), one.helper.id))
    return Ranking(in_order(suitable, need, travel), tuple(out))


def in_order(suitable: Sequence[Helper], need: Need, travel: Travel) -> tuple[Suitable, ...]:
    """Helpers whom no rule keeps out, the best first; one who has no start that works is left out."""
    weights = Weights().among(len(suitable))
    scored = ((helper, score(helper, need, travel, weights)) for helper in suitable)
    found = [Suitable(helper, points) for helper, points in scored if points is not None]
    return tuple(sorted(found, key=lambda one: order(one.helper, one.score)))


def could(helpers: Iterable[Helper], need: Need, travel: Travel) -> list[Could]:
    """The suitable in the order of `rank`, without anything that only a reader of reasons asks."""
    fitting = [(helper, start) for helper in helpers if (start := fitting_start(helper, need, travel))]
    weights = Weights().among(len(fitting))
    found = [Could(helper, start, total(helper, need, travel, weights, start), weights) for helper, start in fitting]
    return sorted(found, key=lambda one: (-one.total, one.helper.month_minutes, one.helper.id))
