"""`flask ledger close`, `ledger closings`: months of the books."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.errors import TimebankError
from timebank.core.texts import refusal_text
from timebank.core.units import minutes_text, moment_text
from timebank.ledger.cli.group import ledger
from timebank.ledger.queries import closings as queries
from timebank.ledger.service.closing import close_month


@ledger.command("close")
@click.option("--tenant", type=int, required=True, help="The city, by its four digits.")
@click.option("--month", required=True, help="2026-10")
@click.option("--note", default="", help="Printed on the closing sheet.")
@click.option("--acknowledge", is_flag=True, help="Close although points are open; they are kept in the note.")
def close(tenant: int, month: str, note: str, acknowledge: bool) -> None:
    """Closes the oldest open month that is over; exit 1 when it is refused."""
    try:
        done = close_month(Actor.system("cli", channel="cli"), tenant, month, note, acknowledge)
    except TimebankError as error:
        click.echo(refusal_text(error), err=True)
        if error.code == "points_open":
            _tell_points(tenant, month)
        sys.exit(1)
    click.echo(f"{done} is closed")


def _tell_points(tenant: int, month: str) -> None:
    for point in queries.before_closing(tenant, month):
        click.echo(f"  {point.text}: {point.count}", err=True)


@ledger.command("closings")
@click.option("--tenant", type=int, required=True, help="The city, by its four digits.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def closings(tenant: int, as_json: bool) -> None:
    """Lists the closed months, newest first, and the one that comes next."""
    found, due = queries.closings(tenant), queries.next_to_close(tenant, clock.today())
    if as_json:
        click.echo(json.dumps({"items": [asdict(one) for one in found], "due": due}, default=str, ensure_ascii=False))
        return
    for one in found:
        figures = f"{one.transfers} transfers, {minutes_text(one.liability)} owed to members, seal {one.seal_n}"
        click.echo(f"{one.month}  {moment_text(one.created_at)}  {one.actor_name}  {figures}  {one.note}".rstrip())
    click.echo(f"next: {due}" if due else "no month that is over is open", err=True)
