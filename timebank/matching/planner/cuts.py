"""Inequalities that every whole plan keeps and fractions break: they bring the bound down to where plans are.

A *triple* are three rows of which each is filled at most once (requests for one helper, agents): at most one day fills
two of them (Chvátal's rank one, known as subset rows in routing).  A *link* says of a shared visit that one helper does
not come more often than the visit takes place.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from timebank.matching.planner.flat import Flat, Floats, Ints
from timebank.matching.planner.pool import Pool
from timebank.matching.planner.weeks import WeekCuts

BROKEN = 0.02  # by how much a fraction breaks what is added
MOST = 150  # added at once
OFTEN = 6  # triples at once that name the same row


@dataclass(frozen=True)
class Table:
    """For each unit (agent): the triples that name it, at ``first[n]:first[n + 1]``."""

    first: Ints
    which: Ints


class Cuts:
    """The triples and links of a search.  A row of a triple is a unit, or an agent behind the units."""

    def __init__(self, flat: Flat, pool: Pool) -> None:
        self.flat, self.pool = flat, pool
        self.units = len(flat.unit_value)
        self.triples: list[tuple[int, int, int]] = []
        self.links: list[int] = []  # options
        self.weeks = WeekCuts(flat)
        self.rows = 0  # triples, links and cuts on weeks, in the order they were added
        self.triple_places: list[int] = []
        self.link_places: list[int] = []
        self.week_places: list[int] = []
        self.place_of_triple: Ints = np.zeros(0, np.int64)
        self.place_of_week: Ints = np.zeros(0, np.int64)
        self.place_of_link: Ints = np.full(len(flat.options.unit) + 1, -1, dtype=np.int64)
        self._known: set[tuple[int, int, int]] = set()
        self.of_unit, self.of_agent = self._tables()
        self._unit = np.append(flat.options.unit, self.units)

    def _tables(self) -> tuple[Table, Table]:
        rows = np.array(self.triples, dtype=np.int64).reshape(-1, 3)
        node, cut = rows.ravel(), np.repeat(np.arange(len(rows)), 3)
        order = np.argsort(node, kind="stable")
        node, cut = node[order], cut[order]
        units = np.searchsorted(node, np.arange(self.units + 1))
        agents = np.searchsorted(node, self.units + np.arange(self.flat.size + 1))
        return Table(units, cut), Table(agents, cut)

    def filled(self, agent: Ints, options: Ints) -> tuple[Ints, Ints]:
        """Columns and triples of which they fill two rows or more, as pairs."""
        if not self.triples:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        unit = self._unit[options]
        column = np.repeat(np.arange(len(agent)), options.shape[1])
        used = unit.ravel() < self.units
        parts = [_named(self.of_unit, column[used], unit.ravel()[used])]
        parts.append(_named(self.of_agent, np.arange(len(agent)), agent))
        column, cut = (np.concatenate([part[n] for part in parts]) for n in (0, 1))
        keys, times = np.unique(column * len(self.triples) + cut, return_counts=True)
        twice = keys[times > 1]
        return twice // len(self.triples), twice % len(self.triples)

    def penalty(self, agent: Ints, options: Ints, price: Floats) -> Floats:
        """What the triples take off the worth of columns."""
        column, cut = self.filled(agent, options)
        taken: Floats = np.bincount(column, weights=price[cut], minlength=len(agent)).astype(np.float64)
        return taken

    def separate(self, shares: Floats, open_: Floats) -> None:
        """Adds triples and links that a solution breaks most: ``shares`` of the columns, ``open_`` of shared rows."""
        part = np.flatnonzero((shares > 1e-6) & (shares < 1 - 1e-6))
        triples = self._triples(part, shares)
        links = self._links(shares, open_)
        self.triple_places += range(self.rows, self.rows + len(triples))
        self.link_places += range(self.rows + len(triples), self.rows + len(triples) + len(links))
        self.rows += len(triples) + len(links)
        known = slice(0, len(shares))
        weeks = self.weeks.separate(self.pool.agent[known], self.pool.options[known], shares)
        self.week_places += range(self.rows, self.rows + weeks)
        self.rows += weeks
        self.place_of_week = np.array(self.week_places, dtype=np.int64)
        self.triples += triples
        self._known.update(triples)
        self.links += links
        self.place_of_triple = np.array(self.triple_places, dtype=np.int64)
        self.place_of_link[self.links] = self.link_places
        self.of_unit, self.of_agent = self._tables()

    def _links(self, shares: Floats, open_: Floats) -> list[int]:
        """Whole columns count too: a helper may come to half a visit with all of a day."""
        part = np.flatnonzero(shares > 1e-6)
        options = self.pool.options[part]
        total = np.zeros(self.pool.nothing + 1)
        np.add.at(total, options, np.broadcast_to(shares[part][:, None], options.shape))
        row = self.flat.options.row
        shared = np.flatnonzero((self.flat.rows.need[row] > 1) & (total[:-1] > open_[row] + BROKEN))
        known = set(self.links)
        return [option for option in shared.tolist() if option not in known]

    def _triples(self, part: Ints, shares: Floats) -> list[tuple[int, int, int]]:
        together: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        three: dict[tuple[int, int, int], float] = defaultdict(float)
        single = self.flat.unit_need == 1
        for column in part.tolist():
            nodes = [unit for unit in self._unit[self.pool.options[column]].tolist() if unit < self.units]
            nodes = [*sorted(unit for unit in nodes if single[unit]), self.units + int(self.pool.agent[column])]
            share = float(shares[column])
            for n, one in enumerate(nodes):
                for m in range(n + 1, len(nodes)):
                    together[one][nodes[m]] += share
                    for k in range(m + 1, len(nodes)):
                        three[one, nodes[m], nodes[k]] += share
        return self._most_broken(together, three)

    def _most_broken(
        self, together: dict[int, dict[int, float]], three: dict[tuple[int, int, int], float]
    ) -> list[tuple[int, int, int]]:
        found: list[tuple[float, tuple[int, int, int]]] = []
        for one, others in together.items():
            names = sorted(others)
            for n, second in enumerate(names):
                beside = together.get(second, {})
                for third in names[n + 1 :]:
                    if third in beside:
                        triple = (one, second, third)
                        total = others[second] + others[third] + beside[third] - 2 * three.get(triple, 0.0)
                        if total > 1 + BROKEN and triple not in self._known:
                            found.append((-total, triple))
        return self._spread(sorted(found))

    @staticmethod
    def _spread(found: list[tuple[float, tuple[int, int, int]]]) -> list[tuple[int, int, int]]:
        """The most broken ones, none of their rows too often."""
        often: dict[int, int] = defaultdict(int)
        kept: list[tuple[int, int, int]] = []
        for _, triple in found:
            if len(kept) >= MOST:
                break
            if all(often[node] < OFTEN for node in triple):
                kept.append(triple)
                for node in triple:
                    often[node] += 1
        return kept


def _named(table: Table, column: Ints, node: Ints) -> tuple[Ints, Ints]:
    """Columns with the triples that name their nodes."""
    count = table.first[node + 1] - table.first[node]
    column = np.repeat(column, count)
    start = np.repeat(table.first[node], count)
    step = np.arange(len(column)) - np.repeat(np.cumsum(count) - count, count)
    return column, table.which[start + step]
