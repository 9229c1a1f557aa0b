"""The figures as a table and as a picture."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

OURS = ("timebank post()", "timebank post(), one process")
RAW = "raw ceiling"
NAIVE = "naive ORM, a process each"
HORDAK = "django-hordak"


def machine() -> dict[str, object]:
    """What it was measured on."""
    return {
        "measured": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "load_at_start": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "sqlalchemy": version("sqlalchemy"),
    }


def write(folder: Path) -> None:
    """Writes ledger.md and ledger.svg from ledger.json."""
    results = json.loads((folder / "ledger.json").read_text())
    (folder / "ledger.md").write_text(_page(results), encoding="utf-8")
    if results.get("races"):
        _picture(results["races"], folder / "ledger.svg")


def _page(results: dict[str, Any]) -> str:
    about = (
        f"Measured {results['measured']} on {results['machine']}, Python {results['python']}, "
        f"load {results['load_at_start']} at the start. All ways post in turns within one run; what travels from one "
        "machine to another are the ratios, not the rates. Both databases are durable (`fsync`, `synchronous=FULL`)."
    )
    parts = [
        "# How fast the ledger posts",
        "Written by `./run bench ledger`; the figures themselves are in `ledger.json`.",
        about,
        "![Transfers per second](ledger.svg)",
        *_goals(results),
    ]
    parts += [_race(one) for one in results.get("races", [])]
    if results.get("growth"):
        parts.append(_growth(results["growth"]))
    return "\n\n".join(parts) + "\n"


def _race(one: dict[str, Any]) -> str:
    raw = one["ways"][RAW]["per_second"]
    kind = "one fund pays all" if one["hot"] else "uniform"
    lines = [
        f"## {one['database']}, {one['clients']} clients, {kind}",
        "",
        "| way | transfers/s | ratio to raw | p50 ms | p99 ms |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, figures in one["ways"].items():
        rate = figures["per_second"]
        ratio = f"{rate / raw:.2f}"
        lines.append(f"| {name} | {rate:,.0f} | {ratio} | {figures['p50_ms']} | {figures['p99_ms']} |")
    return "\n".join(lines)


def _growth(found: list[dict[str, Any]]) -> str:
    lines = [
        "## A ledger that has grown",
        "",
        "| database | entries | balance | first page | deep page | verified/s | posted/s | ratio | findings |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in found:
        times = [
            f"{one['milliseconds'][name][1]} ms (×{one['ratios'][name]:.2f})"
            for name in ("balance", "first_page", "deep_page")
        ]
        ratio = one["verified_per_second"] / one["posted_per_second"]
        lines.append(
            f"| {one['database']} | {one['entries']:,} | {' | '.join(times)} | {one['verified_per_second']:,.0f} "
            f"| {one['posted_per_second']:,.0f} | {ratio:.0f} | {one['findings']} |"
        )
    return "\n".join([*lines, "", "×: against a ledger of 80,000 entries (its pages are as full), asked in turns."])


def _goals(results: dict[str, Any]) -> list[str]:
    """What was aimed at, beside what was reached."""
    rates = {
        (one["database"], one["clients"], one["hot"], name): figures["per_second"]
        for one in results.get("races", [])
        for name, figures in one["ways"].items()
    }

    def ratio(above: tuple[Any, ...], below: tuple[Any, ...]) -> str:
        return f"{rates[above] / rates[below]:.2f}" if rates.get(below) and above in rates else "not measured"

    def aim(words: str, reached: str) -> str:
        return f"| {words} | {reached} |"

    ours, threads = ("postgresql", 8, False, OURS[0]), ("sqlite", 8, False, OURS[1])
    naive, hot = ("sqlite", 8, False, NAIVE), ("postgresql", 8, True, OURS[0])
    lines = [
        "| aim | reached |",
        "|---|---|",
        aim("PostgreSQL, 8 clients: at least 0.5 of raw", ratio(ours, ("postgresql", 8, False, RAW))),
        aim("PostgreSQL, 8 clients: at least 4 × django-hordak", ratio(ours, ("postgresql", 8, False, HORDAK))),
        aim("PostgreSQL, 8 clients: one fund pays all, at least 0.9 of uniform", ratio(hot, ours)),
        aim("SQLite, 8 posters in one process: at least 4 × naive processes", ratio(threads, naive)),
    ]
    for one in results.get("growth", []):
        found, name = one["ratios"], f"{one['database']}, {one['entries']:,} entries"
        verified = one["verified_per_second"] / one["posted_per_second"]
        lines += [
            aim(f"{name}: balance at most 1.3 × the small ledger", f"{found['balance']:.2f}"),
            aim(f"{name}: first page at most 1.3 ×", f"{found['first_page']:.2f}"),
            aim(f"{name}: deep page at most 2 ×", f"{found['deep_page']:.2f}"),
            aim(f"{name}: verifying at least 50 × as fast as posting", f"{verified:.0f}"),
        ]
    return ["\n".join(lines)]


def _picture(races: list[dict[str, Any]], file: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    pyplot.rcParams["svg.hashsalt"] = "timebank"
    databases = list(dict.fromkeys(one["database"] for one in races))
    figure, axes = pyplot.subplots(len(databases), 2, figsize=(11, 4.2 * len(databases)), squeeze=False)
    for row, database in zip(axes, databases, strict=True):
        for axis, hot in zip(row, (False, True), strict=True):
            here = [one for one in races if one["database"] == database and one["hot"] == hot]
            _curves(axis, here, f"{database}, {'one fund pays all' if hot else 'uniform'}")
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})


def _curves(axis: Any, here: list[dict[str, Any]], title: str) -> None:
    for name in here[0]["ways"]:
        clients = [one["clients"] for one in here]
        rates = [one["ways"][name]["per_second"] for one in here]
        bold = 2.6 if name in OURS else 1.2
        axis.plot(clients, rates, marker="o", linewidth=bold, label=name)
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    axis.set_xticks([one["clients"] for one in here], [str(one["clients"]) for one in here])
    axis.set(title=title, xlabel="clients", ylabel="transfers per second")
    axis.grid(alpha=0.3)
    axis.legend(fontsize=8)
