"""`./run bench matching`: the planner, coordinators' ways and general solvers on the same days, one process each."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.matching import report
from benchmarks.matching.contestants import CONTESTANTS
from benchmarks.matching.town import LONG, PLAIN, RICH, Shape, town
from timebank.matching import checker

SHAPES = {"plain": PLAIN, "rich": RICH, "long": LONG}
SECONDS = {50: 1.0, 200: 10.0, 1000: 60.0, 5000: 300.0}  # of computing that the planner is given


def main() -> None:
    """Parses the options, runs, writes docs/benchmarks/matching.{json,md,svg}."""
    options = _options()
    file = options.out / "matching.json"
    runs: list[dict[str, Any]] = json.loads(file.read_text())["runs"] if options.keep and file.exists() else []
    for size in options.sizes:
        for shape in options.shapes:
            for seed in options.seeds:
                runs += _day(size, shape, seed, options)
    about = {
        "measured": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "load": round(os.getloadavg()[0], 1),
    }
    options.out.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({**about, "runs": runs}, indent=1) + "\n", encoding="utf-8")
    report.write(options.out)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench matching", description=__doc__)
    parser.add_argument("--sizes", nargs="+", default=["50x100", "200x500"], help="helpers x requests")
    parser.add_argument("--shapes", nargs="+", choices=list(SHAPES), default=["plain"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--with", dest="names", nargs="+", choices=list(CONTESTANTS), default=list(CONTESTANTS))
    parser.add_argument("--seconds", type=float, default=10.0, help="for each solver that stops by the clock")
    parser.add_argument("--keep", action="store_true", help="keep the figures of earlier runs")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    return parser.parse_args()


def _day(size: str, shape: str, seed: int, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    helpers, requests = (int(one) for one in size.split("x"))
    day = town(helpers, requests, seed, _shape(shape))
    for name in options.names:
        if shape == "rich" and name != "timebank":
            continue  # the others know neither shared visits nor pins
        seconds = SECONDS.get(helpers, 60.0) if name == "timebank" else options.seconds
        run = _run(name, day, seconds)
        sys.stderr.write(f"{size} {shape} {seed} {name}: {run}\n")
        yield {"size": size, "shape": shape, "seed": seed, "name": name, **run}


def _shape(name: str) -> Shape:
    return SHAPES[name]


def _run(name: str, day: dict[str, Any], seconds: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.json", Path(folder) / "out.json"
        source.write_text(json.dumps(day), encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "benchmarks.matching.contestants",
            name,
            str(source),
            str(target),
            str(seconds),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
        if done.returncode:
            return {"failed": done.stderr.strip().splitlines()[-1][:200]}
        plan = json.loads(target.read_text(encoding="utf-8"))
    verdict = checker.check(day, plan)
    asked = sum(one["weight"] for one in day["requests"])
    return {
        **json.loads(done.stdout.strip().splitlines()[-1]),
        "sound": verdict.sound,
        "objective": verdict.objective,
        "bound": plan["upper_bound"],
        "served": verdict.served,
        "weight_share": round(verdict.weight_served / asked, 4),
    }
