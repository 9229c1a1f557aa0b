"""`python -m benchmarks.matching.suggest`: who could help, among fifty thousand helpers, on both databases.

Measures four layers for the same visits, in turns: the rules (those whom the database lets through, all read), the
engine (search in the database, calendars, rules, ranking), the page, and the part of it with those who are out.
Compares the ranking with that of asking the rules about everybody.  Writes docs/benchmarks/suggestions.{json,md}.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from benchmarks.matching import suggest_report
from tests.conftest import build_schema, new_app
from tests.factories import crowd, town
from tests.factories import matching as factory
from tests.servers import OWNER, PostgresServer
from timebank.access.queries import session_values
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models import ServiceRequest, Visit
from timebank.exchange.queries.volunteers import helpers_for
from timebank.matching.queries import nearby
from timebank.matching.queries.calendars import candidates
from timebank.matching.queries.suggestions import suggested
from timebank.matching.queries.visits import VisitNeed, series, visit_need
from timebank.matching.rules.hard import fits
from timebank.matching.rules.ranking import in_order, rank
from timebank.people.models import Person

DURABLE = ("listen_addresses=", "shared_buffers=512MB", "max_connections=20")
Layer: TypeAlias = Callable[[], Any]
WARM_UP = 10
SERIES = 8  # one visit of so many is of a weekly request


def main() -> None:
    """Parses the options, runs, writes the report."""
    options = _options()
    results: dict[str, Any] = {
        "measured": datetime.now(UTC).date().isoformat(),
        "helpers": options.helpers,
        "visits": options.visits,
        **suggest_report.machine(),
    }
    with _databases(options.databases) as urls:
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
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    return parser.parse_args()


@contextmanager
def _databases(wanted: list[str]) -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="timebank-bench-", dir="/var/tmp") as folder:
        urls, server = {}, None
        try:
            if "sqlite" in wanted:
                urls["sqlite"] = f"sqlite:///{folder}/town.db"
            if "postgresql" in wanted:
                server = PostgresServer(DURABLE)
                socket = server.start()
                with psycopg.connect(host=socket, dbname="postgres", user=OWNER, autocommit=True) as connection:
                    connection.execute(b"CREATE DATABASE town TEMPLATE template0")
                urls["postgresql"] = f"postgresql+psycopg://{OWNER}@/town?host={socket}"
            yield urls
        finally:
            if server:
                server.stop()


def _measure(url: str, options: argparse.Namespace) -> dict[str, Any]:
    app = new_app(url)
    app.test_client_class = FlaskClient
    with time_machine.travel(factory.NOON_BEFORE), app.app_context():
        build_schema(db.engine)
        town.town()
        _say(f"{db.engine.dialect.name}: {options.helpers} helpers")
        city = crowd.build(crowd.Crowd(helpers=options.helpers, recipients=options.helpers // 3))
        visits = _visits(city, options.visits + WARM_UP)
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        broker = town.operator()
        same = [_same_as_a_scan(visit_need(broker, visit)) for visit in visits[: options.scans]]
        return {"same_ranking": all(same), "compared": len(same), **_times(app, visits)}


def _visits(city: crowd.City, number: int) -> list[int]:
    """Open visits of all kinds of help at people's homes, some of them weekly."""
    rng = random.Random(7)  # noqa: S311 - the same visits every time
    made = []
    for place, recipient in enumerate(rng.sample(city.recipients, number)):
        window = rng.choice(((8, 9), (9, 12), (14, 16)))
        weeks = 4 if place % SERIES == 0 else 1
        visit_id = factory.visit(recipient, service=rng.choice(city.services), window=window, weeks=weeks)
        person = db.session.get_one(Person, recipient)
        request_id = db.session.get_one(Visit, visit_id).request_id
        for visit in db.session.query(Visit).filter_by(request_id=request_id):
            visit.territory_code = person.territory_code
        request = db.session.get_one(ServiceRequest, request_id)
        request.lat, request.lon = person.lat, person.lon
        made.append(visit_id)
    db.session.commit()
    return made


def _same_as_a_scan(found: VisitNeed) -> bool:
    """Is the ranking that of asking the rules about every helper of the city?"""
    infos = helpers_for(scopes=["3201"], states=nearby.STATES, exceptions_from=found.occasion.day)
    who = candidates(found, infos, found.occasion.day)
    scan = rank((who.on(info, found, found.occasion.day) for info in who.infos), found.need, nearby.WALKING)
    ours = suggested(found, (), top=200, by_series=False)
    return [(one.person_id, one.total) for one in ours.ranked] == [
        (one.helper.id, one.score.total) for one in scan.suitable[:200]
    ]


def _times(app: Flask, visits: list[int]) -> dict[str, Any]:
    client = app.test_client()
    broker = town.operator()
    with client.session_transaction() as session:
        session.update(session_values(town.account_of(broker)))
    taken: dict[str, list[tuple[float, float]]] = {}
    suitable: list[int] = []
    for number, visit in enumerate(visits):
        answers = {name: _clocked(layer) for name, layer in _layers(client, broker, visit).items()}
        if number >= WARM_UP:
            suitable.append(answers["engine"][0].suitable)
            for name, (_, cpu, wall) in answers.items():
                taken.setdefault(name, []).append((cpu, wall))
    return {"suitable_mean": round(sum(suitable) / len(suitable), 1), "layers": _figures(taken)}


def _layers(client: FlaskClient, broker: Actor, visit: int) -> dict[str, Layer]:
    """What is measured for a visit: rules (all is read), engine (with the database), page, those who are out."""
    need = visit_need(broker, visit)
    coming = series(need)
    who = candidates(need, nearby.reachable(need, [need.occasion.day]), need.occasion.day)

    def rules() -> object:
        helpers = (who.on(info, need, need.occasion.day) for info in who.infos)
        suitable = [one for one in helpers if fits(one, need.need, nearby.WALKING)]
        return in_order(suitable, need.need, nearby.WALKING)

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
