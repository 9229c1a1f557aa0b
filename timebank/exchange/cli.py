"""Commands of the exchange: `flask schemes install`, `flask visits holds`."""

from __future__ import annotations

import json
import sys

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from timebank.core.authority import Actor
from timebank.core.errors import Refused
from timebank.core.texts import refusal_text
from timebank.core.units import moment_text
from timebank.exchange.queries.holds import ShortHold, short_holds
from timebank.exchange.service import holds
from timebank.exchange.service import schemes as service

group = AppGroup("schemes", help="Time banks and their rules.")
visits = AppGroup("visits", help="Visits and what is on hold for them.")
commands = [group, visits]
MENDED = "mended"


@group.command("install")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def install(as_json: bool) -> None:
    """First values of all rules and the catalogue of services; Nanjing's and Yaohua's schemes where their places exist.

    What exists is left as it is, so the command may be repeated.
    """
    made = service.install_all(Actor.system("schemes install", "cli"))
    if as_json:
        click.echo(json.dumps(made))
    else:
        click.echo(", ".join(f"{name}: {count}" for name, count in made.items()), err=True)


@visits.command("holds")
@click.option("--mend", is_flag=True, help="Keep the hours on hold until after the visit; without it, only tell.")
def check_holds(mend: bool) -> None:
    """Visits whose hours are free again before they can be paid: moved later before holds followed (version 1.0).

    May be repeated.  Exit code 1: some are left.
    """
    left = 0
    for found in short_holds():
        said = _mended(found) if mend else "not mended"
        left += said != MENDED
        days = f"on hold until {moment_text(found.ends)}, should be until {moment_text(found.should_end)}"
        click.echo(f"visit {found.visit_id} of {moment_text(found.starts_at)}\t{found.minutes} min\t{days}\t{said}")
    click.echo(f"{left or 'no'} holds end too early", err=True)
    sys.exit(1 if left else 0)


def _mended(found: ShortHold) -> str:
    """Each in a transaction of its own, that one which is refused does not stop the others; answers with what became
    of it."""
    try:
        holds.mend(Actor.system("visits holds", "cli"), found.visit_id)
    except Refused as error:
        if error.code == "hold_ran_out":
            return "the hours were spent since"
        with force_locale("en"):
            return refusal_text(error)
    return MENDED
