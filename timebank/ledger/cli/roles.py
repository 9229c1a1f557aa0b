"""`flask db grant NAME`: what the application's role in PostgreSQL may do."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy import text

from timebank.core.db import roles
from timebank.ledger.roles import tables


@click.command("grant")
@click.argument("name")
@with_appcontext
def grant(name: str) -> None:
    """Lets the role NAME run the application and no more.  Run it as the owner after each `db upgrade`."""
    with roles.owner_engine().begin() as connection:
        if connection.dialect.name != "postgresql":
            raise click.ClickException("SQLite has no roles; nothing to do.")
        if name == connection.scalar(text("SELECT current_user")):
            raise click.ClickException(f"{name} is the owner's own role. Name the application's role.")
        roles.grant(connection, name, tables())
    click.echo(f"{name} may run the application; the books and records it may only add to.")
