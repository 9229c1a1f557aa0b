"""`flask ledger bench`: how fast the real service posts, beside the cheapest thing that would still be a ledger.

Both ways run in the same processes, in turns of half a second, on the same database: only the ratio travels from one
machine to another.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from timebank.ledger.cli import workers


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured: `clients` processes for `seconds`, over `accounts` accounts; `hot`: one fund pays all."""

    url: str
    clients: int
    seconds: float
    accounts: int
    hot: bool


@click.command()
@click.option("--database-url", "url", required=True, help="A database to measure on; its books gain a test tenant.")
@click.option("--clients", type=click.IntRange(1, 256), default=4, show_default=True)
@click.option("--seconds", type=click.FloatRange(1), default=10.0, show_default=True)
@click.option("--accounts", type=click.IntRange(2), default=1000, show_default=True)
@click.option("--hot", is_flag=True, help="Every transfer is paid by one and the same fund.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def bench(url: str, clients: int, seconds: float, accounts: int, hot: bool, as_json: bool) -> None:
    """Measures posting with real processes against the raw ceiling of the same database."""
    plan = Plan(workers.driver_url(url), clients, seconds, accounts, hot)
    try:
        numbers = workers.prepare(plan.url, plan.accounts)
    except workers.Occupied as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except (SQLAlchemyError, ImportError) as error:
        click.echo(f"No database answers there: {str(error).splitlines()[0]}", err=True)
        sys.exit(2)
    result = _summary(_run(plan, numbers), plan.seconds)
    if as_json:
        click.echo(json.dumps(result))
    else:
        for name, value in result.items():
            click.echo(f"{name:16} {value}")


def _run(plan: Plan, numbers: list[int]) -> list[workers.Tally]:
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(plan.clients)
    pipes: list[tuple[Any, Pipe]] = []
    for number in range(plan.clients):
        mine, theirs = context.Pipe()
        process = context.Process(
            target=workers.work, args=(theirs, gate, plan.url, numbers, plan.seconds, plan.hot, number)
        )
        process.start()
        theirs.close()  # so that a process that dies is noticed
        pipes.append((process, mine))
    tallies = [pipe.recv() for _, pipe in pipes]
    for process, _ in pipes:
        process.join()
    return tallies


def _summary(tallies: list[workers.Tally], seconds: float) -> dict[str, float | int | None]:
    waits = sorted(wait for tally in tallies for wait in tally.waits)
    posted, raw = sum(len(tally.waits) for tally in tallies), sum(tally.raw for tally in tallies)
    service_time = max((tally.service_seconds for tally in tallies), default=0.0)
    raw_time = max((tally.raw_seconds for tally in tallies), default=0.0)
    per_second = posted / service_time if service_time else 0.0
    raw_per_second = raw / raw_time if raw_time else 0.0
    return {
        "transfers": posted,
        "seconds": round(service_time, 3),
        "per_second": round(per_second, 1),
        "p50_ms": _percentile(waits, 0.50),
        "p99_ms": _percentile(waits, 0.99),
        "refused": sum(tally.refused for tally in tallies),
        "raw_per_second": round(raw_per_second, 1),
        "ratio_to_raw": round(per_second / raw_per_second, 4) if raw_per_second else None,
    }


def _percentile(waits: list[float], share: float) -> float | None:
    return round(waits[min(len(waits) - 1, int(len(waits) * share))] * 1000, 3) if waits else None
