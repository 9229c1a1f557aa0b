"""Commands: flask jobs run · flask jobs once NAME · flask jobs list."""

from __future__ import annotations

import logging
import sys

import click
from flask import current_app
from flask.cli import AppGroup

from timebank.core import clock
from timebank.jobs import queries, service
from timebank.jobs.clock import due_names, run_forever

jobs = AppGroup("jobs", help="What runs by the clock.")
commands = [jobs]


@jobs.command("run")
def run() -> None:
    """Run the jobs of all domains until SIGTERM (start one such process; a second one only waits)."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # every tick is no news
    due_names()  # a database that does not answer is said at once, not in the log of every tick
    run_forever(current_app._get_current_object())  # type: ignore[attr-defined]


@jobs.command("once")
@click.argument("name")
def once(name: str) -> None:
    """Run one job now, due or not.  Exit code 1 when it fails, 3 when another process is running it."""
    if name not in service.all_jobs():
        raise click.BadParameter(f"no job {name}; see `flask jobs list`", param_hint="NAME")
    ok = service.run(service.job_named(name), force=True)
    if ok is None:
        click.echo(f"{name}: another process is running it", err=True)
        sys.exit(3)
    found = queries.line(name)
    click.echo(f"{name}: {found.last_summary if found else ''}")
    sys.exit(0 if ok else 1)


@jobs.command("list")
def list_jobs() -> None:
    """List the jobs, when each ran last and how it went."""
    for line in queries.lines():
        when = f"every {line.every_minutes} min" if line.every_minutes else f"daily at {line.daily_at}"
        last = clock.civil(line.last_started_at).strftime("%Y-%m-%d %H:%M") if line.last_started_at else "never"
        how = "running" if line.running else {None: "", True: "ok", False: "failed"}[line.last_ok]
        click.echo(f"{line.name:<28} {when:<16} {last:<17} {how:<8} {line.last_summary}")
