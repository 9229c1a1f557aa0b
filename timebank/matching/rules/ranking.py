"""Who helps whom: the suitable in order, the others with every rule that keeps them out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from timebank.matching.rules.hard import broken_rules
from timebank.matching.rules.model import Broken, Helper, Need, Travel
from timebank.matching.rules.score import Score, order, score


@dataclass(frozen=True, slots=True)
class Suitable:
    """A helper who could come, and why this one."""

    helper: Helper
    score: Score


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
    suitable: list[Suitable] = []
    out: list[Out] = []
    for helper in helpers:
        broken = broken_rules(helper, need, travel)
        found = None if broken else score(helper, need, travel)
        if found is not None:
            suitable.append(Suitable(helper, found))
        else:
            out.append(Out(helper, broken))
    suitable.sort(key=lambda one: order(one.helper, one.score))
    out.sort(key=lambda one: (len(one.broken), one.helper.id))
    return Ranking(tuple(suitable), tuple(out))
