"""The figures of the planner's benchmark as a page and a picture."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from statistics import mean
from typing import Any

Runs = list[dict[str, Any]]


def write(folder: Path) -> None:
    """Writes the table into matching.md (between its marks) and matching.svg from matching.json."""
    results = json.loads((folder / "matching.json").read_text(encoding="utf-8"))
    page = folder / "matching.md"
    before, rest = page.read_text(encoding="utf-8").split("<!-- figures -->\n")[:2]
    after = rest.split("<!-- end -->\n")[1]
    about = f"Measured {results['measured']} on {results['machine']}, load {results['load']} at the end.\n\n"
    table = about + _table(results["runs"])
    page.write_text(f"{before}<!-- figures -->\n{table}<!-- end -->\n{after}", encoding="utf-8")
    _picture(results["runs"], folder / "matching.svg")


def _groups(runs: Runs) -> dict[tuple[str, str, str], Runs]:
    """Runs by size, shape and name, the last of each seed."""
    last = {(one["size"], one["shape"], one["name"], one["seed"]): one for one in runs}
    found: dict[tuple[str, str, str], Runs] = defaultdict(list)
    for (size, shape, name, _), one in last.items():
        if "objective" in one:
            found[size, shape, name].append(one)
    return found


def _bounds(runs: Runs) -> dict[tuple[str, str, int], float]:
    known: dict[tuple[str, str, int], float] = {}
    for one in runs:
        if one.get("bound") is not None:
            day = (one["size"], one["shape"], one["seed"])
            known[day] = min(one["bound"], known.get(day, one["bound"]))
    return known


def _gap(one: dict[str, Any], bounds: dict[tuple[str, str, int], float]) -> float:
    bound = bounds[one["size"], one["shape"], one["seed"]]
    return 100 * (bound - one["objective"]) / bound


def _table(runs: Runs) -> str:
    bounds = _bounds(runs)
    lines = [
        "| day | way | days | weight served | visits | gap, mean | gap, worst | CPU s | MB |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for (size, shape, name), group in _groups(runs).items():
        gaps = [_gap(one, bounds) for one in group]
        cells = [
            f"{size} {shape}", name, str(len(group)), f"{mean(one['weight_share'] for one in group):.3f}",
            f"{mean(one['served'] for one in group):.0f}", f"{mean(gaps):.2f} %", f"{max(gaps):.2f} %",
            f"{mean(one['cpu_seconds'] for one in group):.1f}", str(max(one["megabytes"] for one in group)),
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _picture(runs: Runs, path: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    bounds = _bounds(runs)
    figure, axes = plt.subplots(figsize=(8, 4.5))
    names = sorted({one["name"] for one in runs})
    for name in names:
        mine = [one for one in runs if one["name"] == name and "objective" in one and one["shape"] == "plain"]
        x = [max(0.01, one["cpu_seconds"]) for one in mine]
        axes.scatter(x, [max(0.001, _gap(one, bounds)) for one in mine], label=name)
    axes.set(xscale="log", yscale="log", xlabel="processor seconds", ylabel="gap to the proven bound, %")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path)
