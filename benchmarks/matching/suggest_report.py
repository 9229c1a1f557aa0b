"""The figures of suggestions as a page."""

from __future__ import annotations

import json
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

LAYERS = {
    "rules": "engine in memory: rules and ranking of those let through",
    "engine": "engine with the database: search, calendars, rules, ranking",
    "page": "page",
    "those out": "those who are out, loaded after the page",
}


def machine() -> dict[str, object]:
    """What it was measured on."""
    return {
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "load_at_start": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "sqlalchemy": version("sqlalchemy"),
    }


def write(folder: Path) -> None:
    """Writes suggestions.md from suggestions.json."""
    results = json.loads((folder / "suggestions.json").read_text())
    (folder / "suggestions.md").write_text(_page(results), encoding="utf-8")


def _page(results: dict[str, Any]) -> str:
    about = (
        f"Measured {results['measured']} on {results['machine']}, Python {results['python']}, SQLAlchemy "
        f"{results['sqlalchemy']}, load {results['load_at_start']} at the start. {results['helpers']:,} helpers in a "
        f"city of communities 700 m apart, {results['visits']} visits of all kinds of help, one in eight of a weekly "
        "request. CPU: of the application's process (on PostgreSQL the server's own work is only in the time on the "
        "wall; on SQLite it is in both). The machine was shared: under such a load the time on the wall is mostly "
        "waiting for others, and CPU time, too, is longer than alone."
    )
    written = "Written by `python -m benchmarks.matching.suggest`; the figures themselves are in `suggestions.json`."
    title = "# How fast the right helpers are found"
    return "\n\n".join([title, written, about, _table(results), _aims(results), "## How", HOW]) + "\n"


def _table(results: dict[str, Any]) -> str:
    lines = [
        "| database | layer | CPU p50 | CPU p99 | wall p50 | wall p99 |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for database, found in results["databases"].items():
        for layer, one in found["layers"].items():
            cells = " | ".join(f"{one[key]} ms" for key in ("cpu_p50_ms", "cpu_p99_ms", "wall_p50_ms", "wall_p99_ms"))
            lines.append(f"| {database} | {LAYERS[layer]} | {cells} |")
    return "\n".join(lines)


def _aims(results: dict[str, Any]) -> str:
    lines = ["| aim | reached |", "|---|---|"]
    for database, found in results["databases"].items():
        for words, layer in AIMS:
            one = found["layers"][layer]
            lines.append(f"| {database}: {words} | {one['cpu_p99_ms']} ms CPU, {one['wall_p99_ms']} ms wall |")
        same = "yes" if found["same_ranking"] else "NO"
        where = "random towns in `tests/services/test_matching_nearby.py`"
        lines.append(f"| {database}: the ranking of a full scan | {same} ({found['compared']} visits here; {where}) |")
    return "\n".join(lines)


AIMS = (
    ("engine in memory, p99 at most 10 ms", "rules"),
    ("engine with the database, p99 at most 10 ms", "engine"),
    ("page, p99 at most 150 ms", "page"),
)
HOW = """- `skill_place` holds home and reach of every helper once for each service they offer, in a narrow table
  kept in step by triggers. Its index begins with the service; then come expressions: who walks up to 600, 1,300, 2,600,
  5,200 metres or further, bands of latitude 550 m wide, longitudes. So each helper is looked for in a square as large
  as they walk, not in one that holds everybody's, and only if they offer what is needed.
- The database narrows by service, distance, free hours, training, insurance and sex; what it lets through is put before
  the same rules as everywhere. It may let through too many, never too few.
- A second statement reads all that is known of those: calendars, promises (what is over is added up), ratings, answers,
  visits before, who lives with the recipient, who is kept apart. Everybody who fits is compared by points; reasons are
  made for those who are shown. Of a weekly request helpers are tried until enough can do all of it, each first plainly:
  free then on each day, below their caps, nothing planned.
- Both statements are run by the driver itself, and on PostgreSQL each connection keeps their plans: the driver throws
  its own away at each ROLLBACK, with which a request that reads ends. So each visit is measured in a new transaction,
  on a connection that has been asked for each kind of search before (the first five of a kind are planned afresh).
- What is left of the engine's time on SQLite: half inside the database (two thirds of that the search), half the rules
  and what they need (a quarter more for a weekly request). On PostgreSQL the server's part is about twice the rest.
- Those who are out are counted on demand: standing facts first, calendars only for whom no standing fact keeps out,
  and every reason only for the lines that are shown.
- `--town FOLDER` keeps the made-up towns: building them takes longer than measuring.
- Why so: `docs/decisions/0016-helpers-are-found-by-service-and-place.md`."""
