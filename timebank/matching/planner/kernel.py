"""Pricing: the best days of helpers at given prices (compiled by numba, held on disk between runs).

Starts are full quarter hours, so an option and its start say everything about the clock.  Two searches look at one
helper's day: `labels` keeps of partial days only those that no other makes superfluous and so finds the best day,
exactly, also where days are long; `depth_first` goes best bound first and finds every day worth more than asked for.
Arguments are named tuples of arrays, which numba takes apart when it compiles.

The searches are long functions: their arrays live through all of them, and pieces would be put together again by the
compiler.  All of it is one file because the code held on disk is compiled anew only when its own file has changed.
"""

from __future__ import annotations

import math
from collections import namedtuple

import numpy as np
from numba import njit

QUARTER = 900
BIG = 1e9  # what containing a pinned visit is worth in the search
NEVER = -1e18
DEPTH = 16  # visits in a day at most
ENDS = -1  # as the next unit: the day ends here

Helpers = namedtuple("Helpers", "place x y start end minutes visits musts first")
Options = namedtuple("Options", "unit first last seconds minutes place x y must")
Busy = namedtuple("Busy", "first place x y start end")

# Local numbers of what is worth a look (``loc``): profits, first start (quarters from ``t0``; no helper is there
# earlier), seconds, unit (local number), minutes in steps (``size``).  Between i and j: seconds of ``walk``, quarters
# from start to start (``lag``).  For busy stretch b: the last start before it (``until[b]``; the last row: home in
# time), the first start after it and the walk from home through the stretches to there (``opens[b + 1]``,
# ``via[b + 1]``), what is taken off that walk when one comes from option i before stretch b (``less[b]``), the way from
# i home through all from b on (``back[b]``).  ``stretch``: by start, which stretch comes next.  ``cut``: some options
# were left out; ``possible``: the stretches alone can be kept.
Day = namedtuple(
    "Day",
    "loc profit first seconds unit size walk lag home until opens via less back stretch t0 span rest step cut possible",
)


@njit(cache=True, nogil=True, inline="always")
def _way(same, x1, y1, x2, y2, rule):
    if same:
        return np.int64(rule[3])
    return np.int64(rule[2] + math.ceil(rule[0] * math.hypot(x1 - x2, y1 - y2) / rule[1]))


@njit(cache=True, nogil=True)
def _worth_a_look(a, helpers, options, profit, least, most_options):
    lo, hi = helpers.first[a], helpers.first[a + 1]
    loc = np.empty(hi - lo, np.int64)
    k = 0
    for o in range(lo, hi):
        if profit[o] > least or options.must[o] > 0:
            loc[k] = o
            k += 1
    loc = loc[:k]
    if k <= most_options:
        return loc, False
    worth = np.empty(k, np.float64)
    for i in range(k):
        worth[i] = -profit[loc[i]] - (BIG if options.must[loc[i]] > 0 else 0.0)
    by = np.argsort(worth, kind="mergesort")[:most_options]
    by.sort()
    return loc[by], True


@njit(cache=True, nogil=True)
def _step(loc, minutes, most):
    """The minutes in which a day's minutes are counted: what all lengths share, not too fine."""
    unit = np.int64(0)
    for o in loc:
        m = minutes[o]
        while m != 0:
            unit, m = m, unit % m
    if unit < 15 and most > unit * 48:
        unit = np.int64(15)
    return max(unit, 1)


@njit(cache=True, nogil=True)
def day_of(a, helpers, options, busy, rule, profit, least, most_options):
    """The day of agent ``a``."""
    loc, cut = _worth_a_look(a, helpers, options, profit, least, most_options)
    k = len(loc)
    step = _step(loc, options.minutes, helpers.minutes[a])
    worth, first, last = np.empty(k, np.float64), np.empty(k, np.int64), np.empty(k, np.int64)
    seconds, unit, size = np.empty(k, np.int64), np.empty(k, np.int64), np.empty(k, np.int64)
    walk, lag, home = np.empty((k, k), np.int64), np.empty((k, k), np.int64), np.empty(k, np.int64)
    t0, t1, units = np.int64(1 << 40), np.int64(0), np.int64(-1)
    for i in range(k):
        o = loc[i]
        worth[i] = profit[o] + (BIG if options.must[o] > 0 else 0.0)
        first[i], last[i] = options.first[o] // QUARTER, options.last[o] // QUARTER
        seconds[i], size[i] = options.seconds[o], options.minutes[o] // step
        if i == 0 or options.unit[o] != options.unit[loc[i - 1]]:
            units += 1
        unit[i] = units
        t0, t1 = min(t0, first[i]), max(t1, last[i])
        x, y, place = options.x[o], options.y[o], options.place[o]
        home[i] = _way(place == helpers.place[a], x, y, helpers.x[a], helpers.y[a], rule)
        for j in range(k):
            p = loc[j]
            walk[i, j] = _way(place == options.place[p], x, y, options.x[p], options.y[p], rule)
            lag[i, j] = (options.seconds[o] + walk[i, j] + QUARTER - 1) // QUARTER
    for i in range(k):
        first[i] -= t0
        last[i] -= t0
    until, opens, via, less, back, possible = _around(a, loc, last, first, home, t0, helpers, options, busy, rule)
    span = max(0, t1 - t0 + 1)
    stretch = np.zeros(span, np.int64)
    for t in range(len(stretch)):
        while stretch[t] < len(until) - 1 and busy.end[busy.first[a] + stretch[t]] <= (t + t0) * QUARTER:
            stretch[t] += 1
    return Day(
        loc, worth, first, seconds, unit, size, walk, lag, home, until, opens, via, less, back, stretch,
        t0, span, helpers.minutes[a] // step, step, cut, possible,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _along(a, helpers, busy, rule):
    """The walk along the busy stretches, from each home and from home through each, and whether they can be kept."""
    b0 = busy.first[a]
    nb = busy.first[a + 1] - b0
    tail, chain = np.zeros(nb + 1, np.int64), np.zeros(nb + 1, np.int64)
    x, y, place, now = helpers.x[a], helpers.y[a], helpers.place[a], helpers.start[a]
    possible = True
    for b in range(nb):
        q = b0 + b
        w = _way(place == busy.place[q], x, y, busy.x[q], busy.y[q], rule)
        possible = possible and now + w <= busy.start[q]
        chain[b] = w + (chain[b - 1] if b > 0 else 0)
        x, y, place, now = busy.x[q], busy.y[q], busy.place[q], busy.end[q]
    if nb > 0:
        w = _way(place == helpers.place[a], x, y, helpers.x[a], helpers.y[a], rule)
        possible = possible and now + w <= helpers.end[a]
        for b in range(nb):
            tail[b] = w + chain[nb - 1] - chain[b]
    return tail, chain, possible


@njit(cache=True, nogil=True)
def _around(a, loc, last, first, home, t0, helpers, options, busy, rule):
    """What busy stretches do to starts and ways."""
    k, b0 = len(loc), busy.first[a]
    nb = busy.first[a + 1] - b0
    tail, chain, possible = _along(a, helpers, busy, rule)
    until, opens = np.empty((nb + 1, k), np.int64), np.zeros((nb + 1, k), np.int64)
    via, less, back = np.zeros((nb + 1, k), np.int64), np.zeros((nb + 1, k), np.int64), np.empty((nb + 1, k), np.int64)
    for i in range(k):
        o = loc[i]
        until[nb, i], back[nb, i], opens[0, i] = last[i], home[i], first[i]
        for b in range(nb):
            q = b0 + b
            w = _way(options.place[o] == busy.place[q], options.x[o], options.y[o], busy.x[q], busy.y[q], rule)
            until[b, i] = min(last[i], (busy.start[q] - w - options.seconds[o]) // QUARTER - t0)
            back[b, i] = w + tail[b]
            less[b, i] = chain[b] - w
            opens[b + 1, i] = max(first[i], (busy.end[q] + w + QUARTER - 1) // QUARTER - t0)
            via[b + 1, i] = chain[b] + w
    return until, opens, via, less, back, possible


@njit(cache=True, nogil=True)
def completion(a, day, toll):  # noqa: C901, PLR0912 - see above
    """What may still come after a start: ``best[i, t, r]`` from option i starting at t with r steps of minutes left,
    the unit that comes ``after`` it there, and the ``second`` best with another unit after it.

    Relaxed: a visit may come twice, though not with only one between; and visits are not counted.
    """
    first, unit, size, walk, lag = day.first, day.unit, day.size, day.walk, day.lag
    until, opens, via, less, back, profit = day.until, day.opens, day.via, day.less, day.back, day.profit
    k, span, rest, nb = len(first), day.span, day.rest, len(until) - 1
    best = np.full((k, span, rest + 1), NEVER)
    second = np.full((k, span, rest + 1), NEVER)
    after = np.full((k, span, rest + 1), ENDS, np.int32)
    cost = np.empty(rest + 1, np.float64)  # where steps are rounded down, so is the cost
    for r in range(rest + 1):
        cost[r] = toll.cost[a, (rest - r) * day.step // toll.step]
    for reverse in range(span):
        t = span - 1 - reverse
        b = day.stretch[t]
        for i in range(k):
            if t < first[i] or t > until[b, i]:
                continue  # a start inside a busy stretch is never reached
            for r in range(rest + 1):
                best[i, t, r] = -back[b, i] - cost[r]
            for through in range(b, nb + 1):
                for j in range(k):
                    if unit[j] == unit[i]:
                        continue
                    if through == b:
                        s, gain = max(first[j], t + lag[i, j]), profit[j] - walk[i, j]
                    else:
                        s, gain = opens[through, j], profit[j] - (via[through, j] - less[b, i])
                    if s > until[through, j]:
                        continue
                    for r in range(size[j], rest + 1):
                        r2 = r - size[j]
                        v = gain + (best[j, s, r2] if after[j, s, r2] != unit[i] else second[j, s, r2])
                        if v > best[i, t, r]:
                            if after[i, t, r] != unit[j]:
                                second[i, t, r] = best[i, t, r]
                                after[i, t, r] = unit[j]
                            best[i, t, r] = v
                        elif v > second[i, t, r] and after[i, t, r] != unit[j]:
                            second[i, t, r] = v
    return best, second, after


# -- days to keep: the best ones, each set of options once -----------------------------------------------------------

Kept = namedtuple("Kept", "worth mark number table")
MANY = 500  # more are found again by a table of marks, and none gives way to a better one


@njit(cache=True, nogil=True)
def new_kept(width):
    """None yet, ``width`` at most."""
    size = 1
    while width > MANY and size < 4 * width:
        size *= 2
    return Kept(np.empty(width, np.float64), np.empty(width, np.int64), np.zeros(1, np.int64), np.zeros(size, np.int64))


@njit(cache=True, nogil=True, inline="always")
def mark_of(option):
    """What an option adds (xor) to the mark of its set."""
    return (option + 1) * np.int64(2654435761) * (option + 7)


@njit(cache=True, nogil=True)
def slot_for(kept, mark, worth):
    """Where a day is to be kept; -1: it is there already and no worse, or all that are kept are better."""
    number = kept.number[0]
    if len(kept.worth) > MANY:
        slot, at = _looked_up(kept, mark)
    else:
        slot, at = -1, 0
        for q in range(number):
            if kept.mark[q] == mark:
                slot = q
                break
    if slot < 0 and number < len(kept.worth):
        slot = number
        kept.number[0] += 1
        kept.table[at] = slot + 1
    elif slot < 0:
        if len(kept.worth) > MANY:
            return -1
        slot = np.argmin(kept.worth)
        if kept.worth[slot] >= worth:
            return -1
    elif kept.worth[slot] >= worth:
        return -1
    kept.worth[slot] = worth
    kept.mark[slot] = mark
    return slot


@njit(cache=True, nogil=True)
def _looked_up(kept, mark):
    """The slot of a mark (-1: none), and where it stands, or is to stand, in the table."""
    last = len(kept.table) - 1
    at = (mark ^ (mark >> 17)) & last
    while kept.table[at]:
        if kept.mark[kept.table[at] - 1] == mark:
            return kept.table[at] - 1, at
        at = (at + 1) & last
    return -1, at


@njit(cache=True, nogil=True, inline="always")
def wanted(kept):
    """What a day must be worth more than, to be kept."""
    if kept.number[0] < len(kept.worth):
        return NEVER
    return kept.worth.min()


# -- labels ----------------------------------------------------------------------------------------------------------

BITS = 60  # of a word of a set

# By label: last option, start, busy stretch that comes next, the label before, minutes left (also in steps), visits,
# worth, walking, bound on any day that begins so, mark of its options, sets of units (``seen``) and of triples with
# exactly ``one`` and with ``two`` rows filled; the next label of the same start, and of the same option.
Labels = namedtuple(
    "Labels", "last start stretch before left steps visits worth walk bound mark seen one two next_start next_last"
)
# Triples that can matter to this helper: of each unit (``first``, ``which``), what each costs, those that name him.
Local = namedtuple("Local", "first which penalty here")


@njit(cache=True, nogil=True)
def _local(a, day, options, triples):  # noqa: C901, PLR0912 - see above
    """Triples of which this helper's days could fill two rows."""
    units = day.unit[-1] + 1
    count = np.zeros(len(triples.penalty), np.int64)
    names = np.empty(units, np.int64)
    for i in range(len(day.loc)):
        names[day.unit[i]] = options.unit[day.loc[i]]
    for u in range(units):
        for c in range(triples.unit_first[names[u]], triples.unit_first[names[u] + 1]):
            count[triples.unit_which[c]] += 1
    for c in range(triples.agent_first[a], triples.agent_first[a + 1]):
        count[triples.agent_which[c]] += 1
    number = np.full(len(count), -1, np.int64)
    size = 0
    for c in range(len(count)):
        if count[c] > 1 and triples.penalty[c] > 0:
            number[c] = size
            size += 1
    penalty = np.empty(size, np.float64)
    for c in range(len(count)):
        if number[c] >= 0:
            penalty[number[c]] = triples.penalty[c]
    first = np.zeros(units + 1, np.int64)
    which = np.empty(3 * size, np.int64)
    n = 0
    for u in range(units):
        for c in range(triples.unit_first[names[u]], triples.unit_first[names[u] + 1]):
            if number[triples.unit_which[c]] >= 0:
                which[n] = number[triples.unit_which[c]]
                n += 1
        first[u + 1] = n
    here = np.zeros(size // BITS + 1, np.int64)
    for c in range(triples.agent_first[a], triples.agent_first[a + 1]):
        m = number[triples.agent_which[c]]
        if m >= 0:
            here[m // BITS] |= np.int64(1) << (m % BITS)
    return Local(first, which, penalty, here)


@njit(cache=True, nogil=True)
def _new(most, units, triples):
    size, words = units // BITS + 1, triples // BITS + 1
    return Labels(
        np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64),
        np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.float64),
        np.empty(most, np.int64), np.empty(most, np.float64), np.empty(most, np.int64),
        np.empty((most, size), np.int64), np.empty((most, words), np.int64), np.empty((most, words), np.int64),
        np.empty(most, np.int64), np.empty(most, np.int64),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _reach(day, i, t, found):
    """Units that could be served somewhere behind option ``i`` at start ``t``."""
    first, unit, lag, until, opens = day.first, day.unit, day.lag, day.until, day.opens
    found[:] = 0
    b = day.stretch[t]
    for through in range(b, len(until)):
        for j in range(len(first)):
            s = max(first[j], t + lag[i, j]) if through == b else opens[through, j]
            if s <= until[through, j]:
                found[unit[j] // BITS] |= np.int64(1) << (unit[j] % BITS)


@njit(cache=True, nogil=True)
def _superfluous(p, labels, reach, head, penalty):
    """Whether a label kept already makes label ``p`` superfluous."""
    q = head[labels.last[p]]
    while q >= 0:
        more = labels.worth[q] - labels.worth[p]
        if (
            more >= 0
            and labels.left[q] >= labels.left[p]
            and labels.visits[q] <= labels.visits[p]
            and labels.stretch[q] == labels.stretch[p]
        ):
            inside = True
            for word in range(labels.seen.shape[1]):
                if labels.seen[q, word] & reach[word] & ~labels.seen[p, word]:
                    inside = False
                    break
            if inside and more >= _may_cost(p, q, labels, penalty, more):
                return True
        q = labels.next_last[q]
    return False


@njit(cache=True, nogil=True)
def _may_cost(p, q, labels, penalty, enough):
    """What triples may take off label ``q`` in future, and not off ``p`` (more than ``enough`` is enough)."""
    cost = 0.0
    if len(penalty) == 0:
        return cost
    for word in range(labels.one.shape[1]):
        bits = labels.one[q, word] & ~labels.one[p, word]
        c = word * BITS
        while bits and cost <= enough:
            if bits & 1:
                cost += penalty[c]
            bits >>= 1
            c += 1
    return cost


@njit(cache=True, nogil=True)
def labels(a, day, more, helpers, options, triples, wish, out):  # noqa: C901, PLR0912, PLR0915 - see above
    """The best day of agent ``a`` and some others; where labels were too many, the bound says what may be lost."""
    best, second, after = more
    local = _local(a, day, options, triples)
    loc, profit, first, unit, size, walk, lag = day.loc, day.profit, day.first, day.unit, day.size, day.walk, day.lag
    until, opens, via, less, back, minutes = day.until, day.opens, day.via, day.less, day.back, options.minutes
    c_first, c_which, penalty = local.first, local.which, local.penalty
    most, k, nb = wish.most_nodes, len(loc), len(until) - 1
    musts = helpers.musts[a]
    must = musts * BIG
    goal = max(wish.floor[a], out.best[a]) + must
    limit = min(helpers.visits[a], DEPTH)
    found = _new(most, day.unit[-1] + 1, len(local.penalty))
    words = found.seen.shape[1]
    of_start, of_last = np.full(day.span, -1, np.int64), np.full(k, -1, np.int64)
    reach = np.zeros((k, day.span, words), np.int64)
    reached = np.zeros((k, day.span), np.bool_)
    kept = new_kept(wish.width)
    kept_label = np.empty(wish.width, np.int64)
    nothing = np.zeros(words, np.int64)
    none = np.zeros(len(local.here), np.int64)
    number, top, lost = 0, NEVER, NEVER
    for t in range(-1, day.span):
        queue = _queue(of_start[t], found) if t >= 0 else np.full(1, -1, np.int64)
        for p in queue:
            if p >= 0:
                if found.bound[p] <= goal:
                    continue
                i = found.last[p]
                if not reached[i, t]:
                    reached[i, t] = True
                    _reach(day, i, t, reach[i, t])
                if _superfluous(p, found, reach[i, t], of_last, local.penalty):
                    continue
                found.next_last[p] = of_last[i]
                of_last[i] = p
                b, visits = found.stretch[p], found.visits[p]
                left, steps, worth, walked = found.left[p], found.steps[p], found.worth[p], found.walk[p]
                mark, seen, one, two = found.mark[p], found.seen[p], found.one[p], found.two[p]
            else:
                i, b, visits, left, steps = -1, 0, 0, helpers.minutes[a], day.rest
                worth, walked, mark, seen, one, two = 0.0, 0, np.int64(0), nothing, local.here, none
            if visits >= limit:
                if limit < helpers.visits[a]:
                    lost = max(lost, found.bound[p])
                continue
            for through in range(b, nb + 1):
                for j in range(k):
                    u = unit[j]
                    word, bit = u // BITS, np.int64(1) << (u % BITS)
                    if seen[word] & bit or minutes[loc[j]] > left:
                        continue
                    if through > b:
                        s, w = opens[through, j], via[through, j] - (less[b, i] if i >= 0 else 0)
                    elif i >= 0:
                        s, w = max(first[j], t + lag[i, j]), walk[i, j]
                    else:
                        s, w = first[j], day.home[j]
                    if s > until[through, j]:
                        continue
                    r = steps - size[j]
                    next_unit = after[j, s, r]
                    again = next_unit >= 0 and seen[next_unit // BITS] & (np.int64(1) << (next_unit % BITS)) != 0
                    value = worth + profit[j] - w
                    rest = second[j, s, r] if again else best[j, s, r]
                    if value + rest <= goal:
                        continue
                    for c in range(c_first[u], c_first[u + 1]):
                        m = c_which[c]
                        if one[m // BITS] & (np.int64(1) << (m % BITS)):
                            value -= penalty[m]
                    if value + rest <= goal:
                        continue
                    if number >= most:
                        lost = max(lost, value + rest)
                        continue
                    q = number
                    number += 1
                    found.last[q], found.start[q], found.before[q] = j, s, p
                    found.stretch[q] = day.stretch[s]
                    found.left[q], found.steps[q], found.visits[q] = left - minutes[loc[j]], r, visits + 1
                    found.worth[q], found.walk[q], found.bound[q] = value, walked + w, value + rest
                    found.mark[q] = mark ^ mark_of(loc[j])
                    for v in range(words):
                        found.seen[q, v] = seen[v]
                    found.seen[q, word] |= bit
                    for v in range(len(none)):
                        found.one[q, v], found.two[q, v] = one[v], two[v]
                    for c in range(c_first[u], c_first[u + 1]):
                        m = c_which[c]
                        v, this = m // BITS, np.int64(1) << (m % BITS)
                        if found.one[q, v] & this:
                            found.one[q, v] &= ~this
                            found.two[q, v] |= this
                        elif not found.two[q, v] & this:
                            found.one[q, v] |= this
                    found.next_start[q] = of_start[s]
                    of_start[s] = q
                    used = helpers.minutes[a] - found.left[q]
                    total = value - back[found.stretch[q], j] - wish.toll.cost[a, used // wish.toll.step]
                    if total > goal and (musts == 0 or _musts_before(q, found, day, options) == musts):
                        top = max(top, total - must)
                        slot = slot_for(kept, found.mark[q], total)
                        if slot >= 0:
                            kept_label[slot] = q
                            goal = max(goal, wanted(kept))
    if kept.number[0]:
        out.count[a] = kept.number[0]
        out.best[a] = top
    out.bound[a] = max(out.best[a], lost - must)
    for slot in range(kept.number[0]):
        _write(a, slot, kept_label[slot], kept.worth[slot] - must, found, day, out)


@njit(cache=True, nogil=True)
def _queue(first, labels):
    """Labels of a start, the most worthy first."""
    size, p = 0, first
    while p >= 0:
        size, p = size + 1, labels.next_start[p]
    found, worth = np.empty(size, np.int64), np.empty(size, np.float64)
    p = first
    for n in range(size):
        found[n], worth[n] = p, -labels.worth[p]
        p = labels.next_start[p]
    return found[np.argsort(worth, kind="mergesort")]


@njit(cache=True, nogil=True)
def _musts_before(p, labels, day, options):
    found = 0
    while p >= 0:
        found += 1 if options.must[day.loc[labels.last[p]]] > 0 else 0
        p = labels.before[p]
    return found


@njit(cache=True, nogil=True)
def _write(a, slot, p, worth, labels, day, out):
    size = labels.visits[p]
    out.worth[a, slot] = worth
    out.size[a, slot] = size
    out.walk[a, slot] = labels.walk[p] + day.back[labels.stretch[p], labels.last[p]]
    for n in range(size - 1, -1, -1):
        out.options[a, slot, n] = day.loc[labels.last[p]]
        out.starts[a, slot, n] = (labels.start[p] + day.t0) * QUARTER
        p = labels.before[p]


# -- all searches ----------------------------------------------------------------------------------------------------

# By agent: the best worth found, a bound on any day, how many days were kept and these: worth, walking, number of
# visits, options and starts.
Out = namedtuple("Out", "best bound count worth walk size options starts")
# ``least``: options worth no more are not looked at; ``floor``: by agent, only days worth more are kept, ``width`` of
# them; ``most_options`` and ``most_nodes`` looked at.  Unless ``every`` such day is wanted, the search goes over to
# labels after ``first_nodes``.
Wish = namedtuple("Wish", "profit least floor width most_options first_nodes most_nodes every toll")
# What a day costs by its minutes (in steps of so many), by agent; never less for more minutes.
Toll = namedtuple("Toll", "step cost")
# For each unit and agent the triples that name it (``first``, ``which``), and what filling two rows of each costs.
Triples = namedtuple("Triples", "unit_first unit_which agent_first agent_which penalty")


@njit(cache=True, nogil=True)
def price(order, helpers, options, busy, rule, triples, wish, out):
    """Prices the agents of ``order``: best -1e18 where an agent has no day at all."""
    for a in order:
        out.count[a] = 0
        out.best[a] = NEVER
        out.bound[a] = NEVER
        day = day_of(a, helpers, options, busy, rule, wish.profit, wish.least, wish.most_options)
        if len(day.loc) == 0 or not day.possible:
            continue
        more = completion(a, day, wish.toll)
        depth_first(a, day, more, helpers, options, triples, wish, out)
        if day.cut:
            out.bound[a] = -NEVER
        elif not wish.every and out.bound[a] > out.best[a]:
            labels(a, day, more, helpers, options, triples, wish, out)


@njit(cache=True, nogil=True)
def depth_first(a, day, more, helpers, options, triples, wish, out):  # noqa: C901, PLR0912, PLR0915 - see above
    """Every day worth more than the floor; where there are too many, the bound says how good the rest might be."""
    best, second, after = more
    loc, profit, first, unit, size, walk, lag = day.loc, day.profit, day.first, day.unit, day.size, day.walk, day.lag
    until, opens, via, less, back, minutes = day.until, day.opens, day.via, day.less, day.back, options.minutes
    unit_first, unit_which, penalty, globe = triples.unit_first, triples.unit_which, triples.penalty, options.unit
    k, nb = len(loc), len(until) - 1
    musts = helpers.musts[a]
    must = musts * BIG
    goal = wish.floor[a] + must
    kept = new_kept(wish.width)
    limit = min(helpers.visits[a], DEPTH)
    most_nodes = wish.most_nodes if wish.every else wish.first_nodes
    kids = np.empty((limit + 1, k * (nb + 1)), np.int64)
    kid_t = np.empty((limit + 1, k * (nb + 1)), np.int64)
    kid_b = np.empty((limit + 1, k * (nb + 1)), np.float64)
    kid_v = np.empty((limit + 1, k * (nb + 1)), np.float64)
    kid_w = np.empty((limit + 1, k * (nb + 1)), np.int64)
    number, at = np.zeros(limit + 1, np.int64), np.zeros(limit + 1, np.int64)
    path, when = np.empty(limit + 1, np.int64), np.empty(limit + 1, np.int64)
    left, left_r = np.empty(limit + 1, np.int64), np.empty(limit + 1, np.int64)
    worth, walked = np.zeros(limit + 1, np.float64), np.zeros(limit + 1, np.int64)
    visited = np.zeros(k + 1, np.bool_)
    named = np.zeros(len(triples.penalty), np.int64)
    for c in range(triples.agent_first[a], triples.agent_first[a + 1]):
        named[triples.agent_which[c]] = 1
    left[0], left_r[0] = helpers.minutes[a], day.rest
    depth, nodes, top, expand, hit = 0, 0, NEVER, True, False
    while True:
        if expand:
            expand = False
            number[depth], at[depth] = 0, 0
            i, b, t = -1, 0, 0
            if depth > 0:
                i, t = path[depth - 1], when[depth - 1]
                b = day.stretch[t]
            for through in range(b, nb + 1 if depth < limit else b):
                for j in range(k):
                    if visited[unit[j]] or minutes[loc[j]] > left[depth]:
                        continue
                    if through > b:
                        s, w = opens[through, j], via[through, j] - (less[b, i] if i >= 0 else 0)
                    elif i >= 0:
                        s, w = max(first[j], t + lag[i, j]), walk[i, j]
                    else:
                        s, w = first[j], day.home[j]
                    if s > until[through, j]:
                        continue
                    r = left_r[depth] - size[j]
                    again = after[j, s, r] >= 0 and visited[after[j, s, r]]
                    rest = second[j, s, r] if again else best[j, s, r]
                    bound = worth[depth] + profit[j] - w + rest
                    if bound <= goal:
                        continue
                    taken = 0.0
                    name = globe[loc[j]]
                    for c in range(unit_first[name], unit_first[name + 1]):
                        if named[unit_which[c]] == 1:
                            taken += penalty[unit_which[c]]
                    if bound - taken <= goal:
                        continue
                    c = number[depth]  # insertion: best bound first
                    while c > 0 and kid_b[depth, c - 1] < bound - taken:
                        kids[depth, c], kid_t[depth, c] = kids[depth, c - 1], kid_t[depth, c - 1]
                        kid_b[depth, c], kid_v[depth, c] = kid_b[depth, c - 1], kid_v[depth, c - 1]
                        kid_w[depth, c] = kid_w[depth, c - 1]
                        c -= 1
                    kids[depth, c], kid_t[depth, c], kid_w[depth, c] = j, s, w
                    kid_b[depth, c] = bound - taken
                    kid_v[depth, c] = worth[depth] + profit[j] - w - taken
                    number[depth] += 1
        if at[depth] >= number[depth] or kid_b[depth, at[depth]] <= goal:
            if depth == 0:
                break
            depth -= 1
            j = path[depth]
            visited[unit[j]] = False
            name = globe[loc[j]]
            for c in range(unit_first[name], unit_first[name + 1]):
                named[unit_which[c]] -= 1
            continue
        if nodes >= most_nodes or (wish.width > MANY and kept.number[0] == wish.width):
            hit = True
            break
        nodes += 1
        c = at[depth]
        at[depth] += 1
        j = kids[depth, c]
        path[depth], when[depth] = j, kid_t[depth, c]
        visited[unit[j]] = True
        name = globe[loc[j]]
        for c2 in range(unit_first[name], unit_first[name + 1]):
            named[unit_which[c2]] += 1
        left[depth + 1] = left[depth] - minutes[loc[j]]
        left_r[depth + 1] = left_r[depth] - size[j]
        worth[depth + 1], walked[depth + 1] = kid_v[depth, c], walked[depth] + kid_w[depth, c]
        depth += 1
        # the day that ends here
        homeward = back[day.stretch[when[depth - 1]], j]
        total = worth[depth] - homeward - wish.toll.cost[a, (helpers.minutes[a] - left[depth]) // wish.toll.step]
        if total > goal and _musts(day, options, path, depth) == musts:
            top = max(top, total - must)
            mark = np.int64(0)
            for d in range(depth):
                mark ^= mark_of(loc[path[d]])
            slot = slot_for(kept, mark, total)
            if slot >= 0:
                out.worth[a, slot] = total - must
                out.size[a, slot] = depth
                out.walk[a, slot] = walked[depth] + homeward
                for d in range(depth):
                    out.options[a, slot, d] = loc[path[d]]
                    out.starts[a, slot, d] = (when[d] + day.t0) * QUARTER
                goal = max(goal, wanted(kept))
        expand = True
    out.count[a] = kept.number[0]
    out.best[a] = top
    bound = top
    if hit:
        bound = top + 1e-3
        for d in range(depth + 1):
            if at[d] < number[d]:
                bound = max(bound, kid_b[d, at[d]] - must)
    if helpers.visits[a] > DEPTH and number[0] > 0:
        bound = max(bound, kid_b[0, 0] - must)
    out.bound[a] = bound


@njit(cache=True, nogil=True)
def _musts(day, options, path, depth):
    found = 0
    for d in range(depth):
        found += 1 if options.must[day.loc[path[d]]] > 0 else 0
    return found
