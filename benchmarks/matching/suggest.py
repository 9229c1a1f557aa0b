"""`python -m benchmarks.matching.suggest`: who could help, among fifty thousand helpers, on both databases.

Measures four layers for the same visits, in turns: the rules (those whom the database lets through, all read), the
engine (search in the database, calendars, rules, ranking), the page, and the part of it with those who are out.
Compares the ranking with that of asking the rules about everybody.  Writes docs/benchmarks/suggestions.{json,md}.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import time_machine
from flask import Flask
from flask.testing import FlaskClient

from benchmarks.matching import suggest_report, suggest_town
from tests.conftest import new_app
from tests.factories import matching as factory
from tests.factories import town
from timebank.access.queries import session_values
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.queries.volunteers import helpers_for
from timebank.matching.queries import around, nearby, squares
from timebank.matching.queries.calendars import candidates
from timebank.matching.queries.suggestions import TOP, suggested
from timebank.matching.queries.visits import VisitNeed, series, visit_need
from timebank.matching.rules.ranking import could, rank

Layer: TypeAlias = Callable[[], Any]
WARM_UP = 10
PLANNED = 100  # visits that are asked for once before anything is measured


def main() -> None:
    """Parses the options, runs, writes the report."""
    options = _options()
    results: dict[str, Any] = {
        "measured": datetime.now(UTC).date().isoformat(),
        "helpers": options.helpers,
        "visits": options.visits,
        **suggest_report.machine(),
    }
    with suggest_town.databases(options.databases, options.town) as urls:
        results["databases"] = {name: _measure(url, options) for name, url in urls.items()}
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "suggestions.json").write_text(json.dumps(results, indent=1) + "\n")
    suggest_report.write(options.out)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching.suggest", description=__doc__)
    parser.add_argument("--helpers", type=int, default=50_000)
    parser.add_argument("--visits", type=int, default=300)
    parser.add_argument("--scans", type=int, default=2, help="how many visits are compared with a full scan")
    parser.add_argument("--databases", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    parser.add_argument("--town", type=Path, help="a folder: the town is built there once and used again the next time")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    return parser.parse_args()


def _measure(url: str, options: argparse.Namespace) -> dict[str, Any]:
    app = new_app(url)
    app.test_client_class = FlaskClient
    with time_machine.travel(factory.NOON_BEFORE), app.app_context():
        _say(f"{db.engine.dialect.name}: {options.helpers} helpers")
        visits = suggest_town.visits_of(options.town, options.helpers, options.visits + WARM_UP)
        broker = town.operator()
        same = [_same_as_a_scan(visit_need(broker, visit)) for visit in visits[: options.scans]]
        return {"same_ranking": all(same), "compared": len(same), **_times(app, visits)}


def _same_as_a_scan(found: VisitNeed) -> bool:
    """Is the ranking that of asking the rules about every helper of the city?"""
    infos = helpers_for(scopes=["3201"], states=around.STATES, exceptions_from=found.occasion.day)
    who = candidates(found, infos, found.occasion.day)
    scan = rank((who.on(info, found, found.occasion.day) for info in who.infos), found.need, squares.WALKING)
    ours = suggested(found, (), top=200, by_series=False)
    return [(one.person_id, one.total) for one in ours.ranked] == [
        (one.helper.id, one.score.total) for one in scan.suitable[:200]
    ]


def _times(app: Flask, visits: list[int]) -> dict[str, Any]:
    client = app.test_client()
    broker = town.operator()
    with client.session_transaction() as session:
        session.update(session_values(town.account_of(broker)))
    _planned(broker, visits)
    taken: dict[str, list[tuple[float, float]]] = {}
    suitable: list[int] = []
    for number, visit in enumerate(visits):
        answers = {name: _clocked(layer) for name, layer in _layers(client, broker, visit).items()}
        if number >= WARM_UP:
            suitable.append(answers["engine"][0].suitable)
            for name, (_, cpu, wall) in answers.items():
                taken.setdefault(name, []).append((cpu, wall))
    return {"suitable_mean": round(sum(suitable) / len(suitable), 1), "layers": _figures(taken)}


def _planned(broker: Actor, visits: list[int]) -> None:
    """Each kind of search has been asked before on the connection, as on a server that has been up for some minutes:
    PostgreSQL plans the first five of each afresh."""
    for visit in visits[:PLANNED]:
        need = visit_need(broker, visit)
        coming = series(need)
        suggested(need, coming, top=TOP, by_series=len(coming) > 1)
        db.session.rollback()


def _layers(client: FlaskClient, broker: Actor, visit: int) -> dict[str, Layer]:
    """What is measured for a visit: rules (all is read), engine (with the database), page, those who are out."""
    db.session.rollback()  # as each request that reads ends: what a connection forgets then is forgotten here too
    need = visit_need(broker, visit)
    coming = series(need)
    who = candidates(need, nearby.reachable(need, [need.occasion.day]), need.occasion.day)

    def rules() -> object:
        found = could((who.on(info, need, need.occasion.day) for info in who.infos), need.need, squares.WALKING)
        return [one.score(need.need, squares.WALKING) for one in found[:TOP]]

    return {
        "rules": rules,
        "engine": lambda: suggested(need, coming, top=10, by_series=len(coming) > 1),
        "page": lambda: client.get(f"/visits/{visit}/helpers"),
        "those out": lambda: client.get(f"/visits/{visit}/helpers/out", headers={"HX-Request": "true"}),
    }


def _clocked(layer: Layer) -> tuple[Any, float, float]:
    """The answer, and seconds of this process and of the clock on the wall."""
    cpu, wall = time.process_time(), time.perf_counter()
    answer = layer()
    return answer, time.process_time() - cpu, time.perf_counter() - wall


def _figures(taken: dict[str, list[tuple[float, float]]]) -> dict[str, dict[str, float]]:
    found = {}
    for name, pairs in taken.items():
        cpu, wall = sorted(pair[0] for pair in pairs), sorted(pair[1] for pair in pairs)
        found[name] = {
            f"{kind}_{label}_ms": round(1000 * values[min(len(values) - 1, int(share * len(values)))], 2)
            for kind, values in (("cpu", cpu), ("wall", wall))
            for label, share in (("p50", 0.5), ("p99", 0.99))
        }
    return found


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")


if __name__ == "__main__":
    main()
