"""Visits of several helpers at once, as the planner sees them: one request that needs so many, or nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from timebank.matching.queries.days import Day, Waiting
from timebank.matching.rules.instance import Ask
from timebank.matching.rules.model import Stretch

Party = Sequence[Waiting]
Before = Mapping[int, tuple[int, datetime, bool]]


def parties(day: Day) -> dict[str, Party]:
    """The waiting visits by the name the planner gives them; those of one occasion that need a helper are together.

    A promised one whose helper can come stands alone: the others of its occasion have its start.
    """
    found: dict[int | UUID, list[Waiting]] = {}
    for visit in day.waiting:
        alone = visit.together is None or (visit.promise is not None and visit.promise[0] in day.helpers)
        found.setdefault(visit.visit_id if alone or visit.together is None else visit.together, []).append(visit)
    return {str(party[0].visit_id): party for party in found.values()}


def asked(party: Party) -> Ask:
    """What the planner is asked for: as many helpers as the party has visits, at a start that all of them allow."""
    first, windows = party[0], [one.need.window for one in party]
    window = Stretch(max(one.start for one in windows), min(one.end for one in windows))
    weight = sum(one.weight for one in party)
    return Ask(first.visit_id, replace(first.need, window=window), weight, first.usual, len(party))


def laid_out(party: Party, helpers: Sequence[int], before: Before) -> list[tuple[Waiting, int]]:
    """Who makes which visit of the party: what a helper had, they keep."""
    left, kept = list(helpers), {}
    for visit in party:
        had = known(visit, before)
        if had in left:
            left.remove(had)
            kept[visit.visit_id] = had
    return [(visit, kept[visit.visit_id] if visit.visit_id in kept else left.pop(0)) for visit in party]


def known(visit: Waiting, before: Before) -> int:
    """Who was planned or promised before; 0 for nobody."""
    return visit.promise[0] if visit.promise is not None else before.get(visit.visit_id, (0, None, False))[0]


def parted(waiting: Mapping[str, Party], broken: Sequence[int]) -> set[int]:
    """The visits of parties one of which cannot be: then nobody of them goes."""
    gone = set(broken)
    return {one.visit_id for party in waiting.values() if any(v.visit_id in gone for v in party) for one in party}
