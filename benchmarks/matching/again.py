"""`python -m benchmarks.matching.again`: planning again after one dropout, beside plain insertion.

Draws rich days, plans them, lets helpers with visits drop out one at a time, and plans again in three ways: plain
insertion, the planner with every promise kept, and with promises that may move at their price.  Measured: the share of
the lost weight that stays lost, processor seconds, promises moved, pins moved.  Writes again.json and the table in
matching.md.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.matching.insertion import inserted
from benchmarks.matching.town import RICH, town
from timebank.matching import checker, planner
from timebank.matching.planner import files

Doc = dict[str, Any]
WAYS = {"plain insertion": None, "planned again, promises kept": True, "planned again, promises may move": False}


def main() -> None:
    """Parses the options, runs, writes."""
    options = _options()
    helpers, requests = (int(one) for one in options.size.split("x"))
    events: list[Doc] = []
    for seed in options.seeds:
        day = town(helpers, requests, seed, RICH)
        plan = files.plan_document(planner.plan(files.instance_of(day), seconds=options.seconds))
        dice = random.Random(seed)  # noqa: S311 - nothing is secret here
        busy = sorted({name for visit in plan["visits"] for name in visit["helpers"]})
        for gone in dice.sample(busy, min(options.events, len(busy))):
            events += [{"seed": seed, "gone": gone, **one} for one in _event(day, plan, gone)]
            sys.stderr.write(f"{seed} {gone}: {events[-3:]}\n")
    about = {"measured": datetime.now(UTC).date().isoformat(), "load": round(os.getloadavg()[0], 1)}
    file = options.out / "again.json"
    file.write_text(json.dumps({**about, "size": options.size, "events": events}, indent=1) + "\n", encoding="utf-8")
    write(options.out)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching.again", description=__doc__)
    parser.add_argument("--size", default="1000x3000", help="helpers x requests")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--events", type=int, default=30, help="dropouts a day")
    parser.add_argument("--seconds", type=float, default=30.0, help="for the first plan")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    return parser.parse_args()


def without(day: Doc, gone: str) -> Doc:
    """The day after a helper dropped out: pins and habits that named the helper are gone too."""
    requests = [
        {
            **one,
            "pinned": None if gone in (one["pinned"] or ()) else one["pinned"],
            "usual_helper": None if one["usual_helper"] == gone else one["usual_helper"],
        }
        for one in day["requests"]
    ]
    return {**day, "helpers": [one for one in day["helpers"] if one["id"] != gone], "requests": requests}


def _event(day: Doc, plan: Doc, gone: str) -> list[Doc]:
    now = without(day, gone)
    before = {visit["request"]: visit for visit in plan["visits"]}
    found = []
    for way, keep in WAYS.items():
        clock = time.process_time()
        visits = inserted(now, plan["visits"], gone) if keep is None else _planned(now, plan, keep)
        used = time.process_time() - clock
        found.append({"way": way, "cpu_seconds": round(used, 3), **_figures(now, before, visits, gone)})
    return found


def _planned(now: Doc, plan: Doc, keep: bool) -> list[Doc]:
    may_move = planner.KEEP_ALL if keep else planner.MOVE_ALL
    again = planner.replan(files.instance_of(now), files.plan_of(plan), may_move=may_move)
    visits: list[Doc] = files.plan_document(again)["visits"]
    return visits


def _figures(now: Doc, before: dict[str, Doc], visits: list[Doc], gone: str) -> Doc:
    after = {visit["request"]: visit for visit in visits}
    weight = {one["id"]: one["weight"] for one in now["requests"]}
    pinned = {one["id"] for one in now["requests"] if one["pinned"]}
    promised = [name for name, visit in before.items() if gone not in visit["helpers"]]
    moved = [name for name in promised if _other(before[name], after.get(name))]
    left = [{"request": name, "reason": "all_taken"} for name in weight if name not in after]
    plan = {"format": "timebank-plan/1", "visits": visits, "unserved": left, "objective": 0, "upper_bound": None}
    broken = [one for one in checker.check(now, plan).violations if one.rule != "objective"]
    return {
        "at_stake": sum(weight[name] for name, visit in before.items() if gone in visit["helpers"]),
        "lost": sum(weight[name] for name in before) - sum(weight[name] for name in after),
        "moved": len(moved),
        "pins_moved": len([name for name in moved if name in pinned]),
        "broken": [str(one) for one in broken],
    }


def _other(before: Doc, after: Doc | None) -> bool:
    return after is None or (set(before["helpers"]), before["start"]) != (set(after["helpers"]), after["start"])


def write(folder: Path) -> None:
    """Writes the table into matching.md between its marks."""
    results = json.loads((folder / "again.json").read_text(encoding="utf-8"))
    page = folder / "matching.md"
    before, rest = page.read_text(encoding="utf-8").split("<!-- again -->\n")
    after = rest.split("<!-- again end -->\n")[1]
    page.write_text(f"{before}<!-- again -->\n{_table(results)}<!-- again end -->\n{after}", encoding="utf-8")


def _table(results: Doc) -> str:
    events = results["events"]
    plain = sum(one["lost"] for one in events if one["way"] == "plain insertion")
    heads = (
        "way,weight lost of that at stake,beside plain insertion,promises moved,pins moved,CPU s: median,p95,longest"
    )
    lines = [
        f"{len(events) // len(WAYS)} dropouts at {results['size']} (rich), measured {results['measured']}.",
        "",
        f"| {' | '.join(heads.split(','))} |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for way in WAYS:
        mine = [one for one in events if one["way"] == way]
        lost, stake = (sum(one[key] for one in mine) for key in ("lost", "at_stake"))
        used = sorted(one["cpu_seconds"] for one in mine)
        cells = [
            way, f"{lost} of {stake}", f"{100 * lost / max(1, plain):.0f} %",
            f"{sum(one['moved'] for one in mine) / len(mine):.1f} a dropout",
            str(sum(one["pins_moved"] for one in mine)),
            f"{median(used):.2f}", f"{used[min(len(used) - 1, int(0.95 * len(used)))]:.2f}", f"{used[-1]:.2f}",
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
