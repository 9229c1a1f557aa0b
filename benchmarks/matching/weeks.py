"""`python -m benchmarks.matching.weeks`: whole weeks with weekly caps on the hours of each helper.

Draws rich days of one district, gives each helper a cap that binds for many, plans the week, has the independent
checker look at every day and adds up the minutes.  Writes weeks.json and the table in matching.md.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.matching.town import week
from timebank.matching import planner
from timebank.matching.planner import budget, files

Doc = dict[str, Any]
CAPS = (420, 600, 900)  # minutes a week
PATIENCE = 12.0  # seconds on the wall for one of computing: what others do on the machine is not to be measured


def main() -> None:
    """Parses the options, runs, writes."""
    options = _options()
    helpers, requests = (int(one) for one in options.size.split("x"))
    file = options.out / "weeks.json"
    weeks = json.loads(file.read_text(encoding="utf-8"))["weeks"] if options.keep and file.exists() else []
    for seed in options.seeds:
        weeks.append({"seed": seed, "caps": list(options.caps), **_week(helpers, requests, seed, options)})
        sys.stderr.write(f"{weeks[-1]}\n")
    about = {
        "measured": datetime.now(UTC).date().isoformat(), "load": round(os.getloadavg()[0], 1),
        "size": options.size, "days": options.days, "seconds": options.seconds,
    }  # fmt: skip
    file.write_text(json.dumps({**about, "weeks": weeks}, indent=1) + "\n", encoding="utf-8")
    write(options.out)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching.weeks", description=__doc__)
    parser.add_argument("--size", default="200x500", help="helpers x requests of a day")
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--caps", nargs="+", type=int, default=CAPS, help="minutes a week, one of them for each helper")
    parser.add_argument("--keep", action="store_true", help="keep the weeks of earlier runs")
    parser.add_argument("--seconds", type=float, default=60.0, help="of computing for a week")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    return parser.parse_args()


def _week(helpers: int, requests: int, seed: int, options: argparse.Namespace) -> Doc:
    days = [files.instance_of(day) for day in week(helpers, requests, seed, length=options.days)]
    dice = random.Random(seed)  # noqa: S311 - nothing is secret here
    caps = {helper.id: dice.choice(options.caps) for helper in days[0].helpers}
    budget.PATIENCE = PATIENCE
    clock = time.process_time()
    plans = planner.plan_week(days, caps, seconds=options.seconds)
    used = time.process_time() - clock
    minutes: Counter[str] = Counter()
    for day, plan in zip(days, plans, strict=True):
        for visit in plan.visits:
            minutes.update(dict.fromkeys(visit.helpers, day.request[visit.request].minutes))
    return {
        "objective": sum(plan.objective for plan in plans),
        "bound": sum(plan.upper_bound or 0 for plan in plans),
        "served": sum(len(plan.visits) for plan in plans),
        "sound": all(planner.check(day, plan).sound for day, plan in zip(days, plans, strict=True))
        and all(minutes[name] <= cap for name, cap in caps.items()),
        "at_the_cap": sum(minutes[name] + 30 > cap for name, cap in caps.items()),
        "helpers": helpers,
        "cpu_seconds": round(used, 1),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def write(folder: Path) -> None:
    """Writes the table into matching.md between its marks."""
    results = json.loads((folder / "weeks.json").read_text(encoding="utf-8"))
    page = folder / "matching.md"
    before, rest = page.read_text(encoding="utf-8").split("<!-- weeks -->\n")
    after = rest.split("<!-- weeks end -->\n")[1]
    about = f"{results['days']} rich days of {results['size']}, {results['seconds']:.0f} seconds of computing"
    lines = [
        f"{about}, measured {results['measured']}.",
        "",
        "| week | caps, minutes | visits | gap | helpers at their cap | CPU s | MB | every rule kept |",
        "|--:|---|--:|--:|--:|--:|--:|---|",
    ]
    for one in results["weeks"]:
        gap = 100 * (one["bound"] - one["objective"]) / one["bound"]
        cells = [
            str(one["seed"]), ", ".join(map(str, one["caps"])), str(one["served"]), f"{gap:.2f} %",
            f"{one['at_the_cap']} of {one['helpers']}",
            f"{one['cpu_seconds']:.0f}", str(one["megabytes"]), "yes" if one["sound"] else "no",
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    table = "\n".join(lines) + "\n"
    page.write_text(f"{before}<!-- weeks -->\n{table}<!-- weeks end -->\n{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
