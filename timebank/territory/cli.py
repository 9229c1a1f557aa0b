"""`flask territory import`: the published division files from the command line (formats.md §2)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from timebank.core.authority import Actor
from timebank.core.errors import TimebankError
from timebank.core.texts import refusal_text
from timebank.territory.service import import_divisions

territory = AppGroup("territory", help="Cities, districts, streets, communities, grids.")
commands = [territory]


@territory.command("import")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one line of JSON.")
def import_command(directory: Path, as_json: bool) -> None:
    """Reads provinces.csv, cities.csv, areas.csv, streets.csv and villages.csv of DIRECTORY; adds and renames only."""
    try:
        counts = import_divisions(Actor.system("territory import", channel="cli"), directory)
    except TimebankError as error:
        click.echo(refusal_text(error), err=True)
        sys.exit(2)
    words = json.dumps(counts) if as_json else ", ".join(f"{name} {count}" for name, count in counts.items())
    click.echo(words)
