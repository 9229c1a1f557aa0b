"""`flask demo`: writes the town, and says how to sign in."""

from __future__ import annotations

import sys
import time

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from timebank.demo import build as builder
from timebank.demo import cast


@click.command("demo")
@click.option("--scale", default=1.0, show_default=True, help="Size: 1 is about 330 people, 0.1 a tenth of them.")
@click.option("--seed", default=1, show_default=True, help="The same seed on the same day gives the same town.")
@click.option("--if-empty", is_flag=True, help="Do nothing when the database holds people already.")
@click.option("--show", is_flag=True, help="Print the sign-ins.")
@with_appcontext
def demo(scale: float, seed: int, if_empty: bool, show: bool) -> None:
    """Writes a believable neighbourhood: real places, invented people, three months of life.

    Exit code 1 when the database holds people already (unless --if-empty or --show is given).
    """
    if builder.is_empty():
        _build(scale, seed)
    elif not (if_empty or show):
        click.echo("The database holds people already; the demo writes only into an empty one.", err=True)
        sys.exit(1)
    if show:
        _show()


def _build(scale: float, seed: int) -> None:
    began = time.monotonic()
    with click.progressbar(length=100, label="Demo town", file=sys.stderr) as bar:

        def progress(done: int, of: int, words: str) -> None:
            bar.update(max(0, done - bar.pos))

        town = builder.build(scale, seed, progress)
    seconds = time.monotonic() - began
    click.echo(f"{len(town.residents)} people, {len(town.helpers)} active volunteers, {seconds:.0f} s", err=True)


def _show() -> None:
    with force_locale("en"):
        click.echo(
            f"Sign-ins of the demo (password for all: {cast.PASSWORD}; PIN at the desk and at the door: {cast.PIN})"
        )
        for one in cast.SIGN_INS:
            click.echo(f"  {one.name:<14}{one.what}")


commands = [demo]
