"""`./run bench ledger`: all contestants in one run on both databases, and the ledger of ten million entries."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg

from benchmarks.ledger import growth, race, report
from benchmarks.ledger.contestants import taking_part
from tests.servers import OWNER, PostgresServer

DURABLE = (
    *("fsync=on", "synchronous_commit=on", "full_page_writes=on", "listen_addresses="),
    *("max_connections=300", "shared_buffers=1GB", "max_wal_size=8GB", "maintenance_work_mem=512MB"),
)


def main() -> None:
    """Parses the options, runs, writes docs/benchmarks/ledger.{json,md,svg}."""
    options = _options()
    results: dict[str, object] = report.machine()
    with _databases(options.databases) as urls:
        if not options.only_growth:
            results["races"] = list(_races(options, urls))
        if options.entries:
            results["growth"] = [_growth(name, urls[name], options.entries) for name in options.databases]
    options.out.mkdir(parents=True, exist_ok=True)
    file = options.out / "ledger.json"
    known = json.loads(file.read_text()) if file.exists() and options.keep else {}
    file.write_text(json.dumps(known | results, indent=1) + "\n")
    report.write(options.out)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench ledger", description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--databases", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of one turn")
    parser.add_argument("--entries", type=int, default=10_000_000, help="of the large ledger; 0: leave it out")
    parser.add_argument("--only-growth", action="store_true")
    parser.add_argument("--keep", action="store_true", help="keep figures of an earlier run that this one has not")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    return parser.parse_args()


@contextmanager
def _databases(wanted: list[str]) -> Iterator[dict[str, list[str]]]:
    """Three empty databases of each kind: for the race, the small ledger and the large one."""
    with tempfile.TemporaryDirectory(prefix="timebank-bench-", dir="/var/tmp") as folder:
        urls = {"sqlite": [f"sqlite:///{folder}/{name}.db" for name in ("race", "small", "large")]}
        server = None
        try:
            if "postgresql" in wanted:
                server = PostgresServer(DURABLE)
                socket = server.start()
                with psycopg.connect(host=socket, dbname="postgres", user=OWNER, autocommit=True) as connection:
                    for name in ("race", "small", "large"):
                        connection.execute(f"CREATE DATABASE {name}".encode())
                start = f"postgresql+psycopg://{OWNER}@"
                urls["postgresql"] = [f"{start}/{name}?host={socket}" for name in ("race", "small", "large")]
            yield urls
        finally:
            if server:
                server.stop()


def _races(options: argparse.Namespace, urls: dict[str, list[str]]) -> Iterator[dict[str, object]]:
    for database in options.databases:
        contestants = taking_part(database)
        for one in contestants:
            race.prepare(one, urls[database][0], options.accounts)
        race.analyse(urls[database][0])
        for clients in options.clients:
            course = race.Course(clients, options.accounts, options.rounds, options.seconds)
            turns = 2 * options.rounds * len(contestants)
            with click.progressbar(length=turns, label=f"{database}, {clients} clients") as bar:
                shapes = race.race(contestants, urls[database][0], course, lambda bar=bar: bar.update(1))
            yield from (_figures(database, clients, hot, tallies) for hot, tallies in shapes.items())


def _figures(database: str, clients: int, hot: bool, tallies: dict[str, race.Tally]) -> dict[str, object]:
    ways = {
        name: {
            "per_second": round(tally.median, 1),
            "p50_ms": round(tally.wait(0.5), 2),
            "p99_ms": round(tally.wait(0.99), 2),
        }
        for name, tally in tallies.items()
    }
    return {"database": database, "clients": clients, "hot": hot, "ways": ways}


def _growth(database: str, urls: list[str], entries: int) -> dict[str, object]:
    small, large = growth.application(urls[1]), growth.application(urls[2])
    for app, count in ((small, min(growth.SMALL, entries // 2)), (large, entries // 2)):
        with click.progressbar(length=count, label=f"{database}: {2 * count} entries") as bar:
            growth.fill(app, count, bar.update)
    readings = growth.compare(small, large)
    rate = growth.posted_per_second(large, 5.0)
    took, transfers, findings = growth.verified(large)
    return {
        "database": database,
        "entries": entries,
        "findings": findings,
        "posted_per_second": round(rate, 1),
        "verified_per_second": round(transfers / took, 1),
        "verify_seconds": round(took, 1),
        "milliseconds": {name: [round(side * 1000, 3) for side in pair] for name, pair in readings.items()},
        "ratios": {name: round(pair[1] / pair[0], 3) for name, pair in readings.items()},
    }
