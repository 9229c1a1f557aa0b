"""Commands of the exchange: `flask schemes install`."""

from __future__ import annotations

import json

import click
from flask.cli import AppGroup

from timebank.core.authority import Actor
from timebank.exchange.service import schemes as service

group = AppGroup("schemes", help="Time banks and their rules.")
commands = [group]


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
