"""Pricing: the best days of one helper at given prices, exactly (compiled by numba, held on disk between runs).

A day is an ordered set of options.  Starts are full quarter hours, so an option and its start say everything about the
clock; what is relaxed in the completion bound is only that a visit may not come twice and the number of visits.
The search goes depth first, best bound first, and leaves a branch that cannot beat what is wanted.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

QUARTER = 900
DEPTH = 16  # visits in a day at most
BIG = 1e9  # what containing a pinned visit is worth in the search


@njit(cache=True, nogil=True, inline="always")
def _walk(same, x1, y1, x2, y2, detour, speed, fixed, here):
    if same:
        return here
    return fixed + math.ceil(detour * math.hypot(x1 - x2, y1 - y2) / speed)


@njit(cache=True, nogil=True)
def price(  # noqa: C901, PLR0912, PLR0915 - one helper's arrays live through all of it
    agents_from, agents_to, order, a_place, a_x, a_y, a_start, a_end, a_minutes, a_visits, a_musts, a_first,
    b_first, b_place, b_x, b_y, b_start, b_end,
    o_unit, o_first, o_last, o_seconds, o_minutes, o_place, o_x, o_y, o_must,
    detour, speed, fixed, here,
    cu_first, cu_which, ca_first, ca_which, penalty,
    profit, floor, width, most_options, most_nodes,
    best, bound, count, col_value, col_walk, col_size, col_options, col_starts,
):  # fmt: skip
    """Prices agents ``order[agents_from:agents_to]``.

    ``profit``: by option; ``floor``: by agent, only days worth more are kept (profits less walking and taxes), and only
    ``width`` of them.  Writes by agent: ``best`` found, ``bound`` on any day of it (exact where nothing was cut),
    and the days: value, walking, options and starts.  -1e18 where the agent has no day at all.
    """
    for n in range(agents_from, agents_to):
        a = order[n]
        count[a] = 0
        best[a] = -1e18
        bound[a] = -1e18
        lo, hi = a_first[a], a_first[a + 1]
        musts = a_musts[a]
        nb = b_first[a + 1] - b_first[a]
        # the options worth a look
        loc = np.empty(hi - lo, np.int64)
        k = 0
        cut = False
        for o in range(lo, hi):
            if profit[o] > 0 or o_must[o] > 0:
                loc[k] = o
                k += 1
        if k == 0:
            continue
        if k > most_options:
            worth = np.empty(k, np.float64)
            for i in range(k):
                worth[i] = -profit[loc[i]] - (BIG if o_must[loc[i]] > 0 else 0.0)
            by = np.argsort(worth, kind="mergesort")[:most_options]
            by.sort()
            loc = loc[by]
            k = most_options
            cut = True
        # ways
        walk = np.empty((k, k), np.int64)
        home = np.empty(k, np.int64)
        away = np.empty((nb + 1, k), np.int64)
        pr = np.empty(k, np.float64)
        fi = np.empty(k, np.int64)
        la = np.empty(k, np.int64)
        se = np.empty(k, np.int64)
        un = np.empty(k, np.int64)
        mi = np.empty(k, np.int64)
        ra = np.empty(k, np.int64)
        t0 = np.int64(1 << 60)
        t1 = np.int64(0)
        unit = np.int64(0)
        for i in range(k):
            o = loc[i]
            m = o_minutes[o]
            while m != 0:
                unit, m = m, unit % m
        if unit < 15 and a_minutes[a] > unit * 48:
            unit = 15
        rest = a_minutes[a] // unit
        for i in range(k):
            o = loc[i]
            pr[i] = profit[o] + (BIG if o_must[o] > 0 else 0.0)
            fi[i] = o_first[o] // QUARTER
            la[i] = o_last[o] // QUARTER
            se[i] = o_seconds[o]
            un[i] = o_unit[o]
            mi[i] = o_minutes[o]
            ra[i] = o_minutes[o] // unit
            t0 = min(t0, fi[i])
            t1 = max(t1, la[i])
            home[i] = _walk(o_place[o] == a_place[a], o_x[o], o_y[o], a_x[a], a_y[a], detour, speed, fixed, here)
            for b in range(nb):
                q = b_first[a] + b
                away[b, i] = _walk(o_place[o] == b_place[q], o_x[o], o_y[o], b_x[q], b_y[q], detour, speed, fixed, here)
            for j in range(k):
                p = loc[j]
                walk[i, j] = _walk(o_place[o] == o_place[p], o_x[o], o_y[o], o_x[p], o_y[p], detour, speed, fixed, here)
        # the walk along the busy stretches: tail[b] from stretch b on to home, chain[b] from home through b
        tail = np.zeros(nb + 1, np.int64)
        chain = np.zeros(nb + 1, np.int64)
        possible = True
        for b in range(nb):
            q = b_first[a] + b
            if b == 0:
                w = _walk(b_place[q] == a_place[a], b_x[q], b_y[q], a_x[a], a_y[a], detour, speed, fixed, here)
                chain[0] = w
                if a_start[a] + w > b_start[q]:
                    possible = False
            else:
                w = _walk(
                    b_place[q] == b_place[q - 1], b_x[q], b_y[q], b_x[q - 1], b_y[q - 1], detour, speed, fixed, here
                )
                chain[b] = chain[b - 1] + w
                if b_end[q - 1] + w > b_start[q]:
                    possible = False
        for r in range(nb):
            b = nb - 1 - r
            q = b_first[a] + b
            if b == nb - 1:
                w = _walk(b_place[q] == a_place[a], b_x[q], b_y[q], a_x[a], a_y[a], detour, speed, fixed, here)
                if b_end[q] + w > a_end[a]:
                    possible = False
            else:
                w = chain[b + 1] - chain[b]
            tail[b] = w + tail[b + 1]
        if not possible:
            continue
        # completion bound: more[i, t, r] from starting i at t with r minutes left after it (walking home included)
        span = t1 - t0 + 1
        more = np.full((k, span, rest + 1), -1e18)
        for back in range(span):
            t = t1 - back
            for i in range(k):
                if t < fi[i] or t > la[i]:
                    continue
                begin = t * QUARTER
                end = begin + se[i]
                seg = 0
                while seg < nb and b_end[b_first[a] + seg] <= begin:
                    seg += 1
                if seg < nb:
                    if end + away[seg, i] > b_start[b_first[a] + seg]:
                        continue
                    done = -float(away[seg, i] + tail[seg])
                else:
                    if end + home[i] > a_end[a]:
                        continue
                    done = -float(home[i])
                # a start inside a busy stretch or before the way from it is over is never reached: no need to look
                for r in range(rest + 1):
                    more[i, t - t0, r] = done
                for via in range(seg, nb + 1):
                    for j in range(k):
                        if un[j] == un[i] or ra[j] > rest:
                            continue
                        if via == seg:
                            w = walk[i, j]
                            arrive = end + w
                        else:
                            w = away[seg, i] + chain[via - 1] - chain[seg] + away[via - 1, j]
                            arrive = b_end[b_first[a] + via - 1] + away[via - 1, j]
                        s = max(fi[j], (arrive + QUARTER - 1) // QUARTER)
                        if s > la[j]:
                            continue
                        if via < nb and s * QUARTER + se[j] + away[via, j] > b_start[b_first[a] + via]:
                            continue
                        gain = pr[j] - w
                        for r in range(ra[j], rest + 1):
                            v = gain + more[j, s - t0, r - ra[j]]
                            more[i, t - t0, r] = max(more[i, t - t0, r], v)
        # depth first
        must = musts * BIG
        goal = floor[a] + must
        keep_v = np.empty(width, np.float64)
        keep_h = np.empty(width, np.int64)
        kept = 0
        nodes = 0
        top = -1e18
        kids = np.empty((DEPTH + 1, k * (nb + 1)), np.int64)
        kid_t = np.empty((DEPTH + 1, k * (nb + 1)), np.int64)
        kid_b = np.empty((DEPTH + 1, k * (nb + 1)), np.float64)
        kid_v = np.empty((DEPTH + 1, k * (nb + 1)), np.float64)
        number = np.zeros(DEPTH + 1, np.int64)
        at = np.zeros(DEPTH + 1, np.int64)
        path = np.empty(DEPTH + 1, np.int64)
        when = np.empty(DEPTH + 1, np.int64)
        left = np.empty(DEPTH + 1, np.int64)
        left_r = np.empty(DEPTH + 1, np.int64)
        tax = np.zeros(DEPTH + 1, np.float64)
        named = np.zeros(len(penalty), np.int64)
        for c in range(ca_first[a], ca_first[a + 1]):
            named[ca_which[c]] = 1
        depth = 0
        limit = min(a_visits[a], DEPTH)
        expand = True
        left[0] = a_minutes[a]
        left_r[0] = rest
        hit = False
        value = 0.0
        while True:
            if expand:
                expand = False
                number[depth] = 0
                at[depth] = 0
                seg = 0
                end = a_start[a]
                i = -1
                if depth > 0:
                    i = path[depth - 1]
                    end = when[depth - 1] * QUARTER + se[i]
                    while seg < nb and b_end[b_first[a] + seg] <= when[depth - 1] * QUARTER:
                        seg += 1
                if depth < limit:
                    for via in range(seg, nb + 1):
                        for j in range(k):
                            if mi[j] > left[depth]:
                                continue
                            if via == seg:
                                w = walk[i, j] if depth > 0 else home[j]
                                arrive = end + w
                            elif depth > 0:
                                w = away[seg, i] + chain[via - 1] - chain[seg] + away[via - 1, j]
                                arrive = b_end[b_first[a] + via - 1] + away[via - 1, j]
                            else:
                                w = chain[via - 1] + away[via - 1, j]
                                arrive = b_end[b_first[a] + via - 1] + away[via - 1, j]
                            s = max(fi[j], (arrive + QUARTER - 1) // QUARTER)
                            if s > la[j]:
                                continue
                            if via < nb and s * QUARTER + se[j] + away[via, j] > b_start[b_first[a] + via]:
                                continue
                            b = value + pr[j] - w + more[j, s - t0, left_r[depth] - ra[j]]
                            if b <= goal:
                                continue
                            twice = False
                            for d in range(depth):
                                if un[path[d]] == un[j]:
                                    twice = True
                                    break
                            if twice:
                                continue
                            taken = 0.0
                            for c in range(cu_first[un[j]], cu_first[un[j] + 1]):
                                if named[cu_which[c]] == 1:
                                    taken += penalty[cu_which[c]]
                            b -= taken
                            if b <= goal:
                                continue
                            # insertion: best bound first
                            c = number[depth]
                            while c > 0 and kid_b[depth, c - 1] < b:
                                kids[depth, c] = kids[depth, c - 1]
                                kid_t[depth, c] = kid_t[depth, c - 1]
                                kid_b[depth, c] = kid_b[depth, c - 1]
                                kid_v[depth, c] = kid_v[depth, c - 1]
                                c -= 1
                            kids[depth, c] = j
                            kid_t[depth, c] = s
                            kid_b[depth, c] = b
                            kid_v[depth, c] = value + pr[j] - w - taken
                            number[depth] += 1
            if at[depth] >= number[depth] or kid_b[depth, at[depth]] <= goal:
                if depth == 0:
                    break
                depth -= 1
                j = path[depth]
                for c in range(cu_first[un[j]], cu_first[un[j] + 1]):
                    named[cu_which[c]] -= 1
                continue
            c = at[depth]
            at[depth] += 1
            nodes += 1
            if nodes > most_nodes:
                hit = True
                at[depth] -= 1
                break
            j = kids[depth, c]
            path[depth] = j
            when[depth] = kid_t[depth, c]
            value = kid_v[depth, c]
            tax[depth + 1] = tax[depth]
            for c in range(cu_first[un[j]], cu_first[un[j] + 1]):
                if named[cu_which[c]] == 1:
                    tax[depth + 1] += penalty[cu_which[c]]
                named[cu_which[c]] += 1
            left[depth + 1] = left[depth] - mi[j]
            left_r[depth + 1] = left_r[depth] - ra[j]
            depth += 1
            # the day that ends here
            begin = when[depth - 1] * QUARTER
            seg = 0
            while seg < nb and b_end[b_first[a] + seg] <= begin:
                seg += 1
            total = value - (away[seg, j] + tail[seg] if seg < nb else home[j])
            enough = True
            if musts > 0:
                m = 0
                for d in range(depth):
                    m += 1 if o_must[loc[path[d]]] > 0 else 0
                enough = m == musts
            if enough and total > goal:
                top = max(top, total - must)
                h = np.int64(0)
                for d in range(depth):
                    h ^= (loc[path[d]] + 1) * np.int64(2654435761) * (loc[path[d]] + 7)
                slot = -1
                for q in range(kept):
                    if keep_h[q] == h:
                        slot = q
                        break
                if slot >= 0 and keep_v[slot] >= total:
                    slot = -2
                elif slot < 0:
                    if kept < width:
                        slot = kept
                        kept += 1
                    else:
                        slot = 0
                        for q in range(1, kept):
                            if keep_v[q] < keep_v[slot]:
                                slot = q
                if slot >= 0:
                    keep_v[slot] = total
                    keep_h[slot] = h
                    col_value[a, slot] = total - must
                    col_size[a, slot] = depth
                    gains = 0.0
                    for d in range(depth):
                        col_options[a, slot, d] = loc[path[d]]
                        col_starts[a, slot, d] = when[d] * QUARTER
                        gains += pr[path[d]]
                    col_walk[a, slot] = round(gains - tax[depth] - total)
                    if kept == width:
                        low = keep_v[0]
                        for q in range(1, kept):
                            low = min(low, keep_v[q])
                        goal = max(goal, low)
            expand = True
        count[a] = kept
        best[a] = top
        limit_value = top
        if hit:
            limit_value = top + 1e-3
            for d in range(depth + 1):
                if at[d] < number[d]:
                    limit_value = max(limit_value, kid_b[d, at[d]] - must)
        if a_visits[a] > DEPTH and number[0] > 0:
            limit_value = max(limit_value, kid_b[0, 0] - must)
        if cut:
            limit_value = 1e18
        bound[a] = limit_value
