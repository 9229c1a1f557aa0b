"""`flask access create-admin`: how the first administrator of an installation comes into being."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale

from timebank.access import service
from timebank.core.errors import TimebankError
from timebank.core.texts import refusal_text

access = AppGroup("access", help="Accounts.")
commands = [access]


@access.command("create-admin")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it.")
def create_admin(name: str, password_stdin: bool) -> None:
    """Makes the account NAME, an administrator of every territory, who then makes the others on the page Accounts.

    Exit code 2 when the name or the password does not do; nothing is changed then.
    """
    password = _password(password_stdin)
    with current_app.test_request_context(), force_locale("en"):
        try:
            service.create_administrator(name, password)
        except TimebankError as error:
            click.echo(refusal_text(error), err=True)
            sys.exit(2)
    click.echo(f"{name} may sign in now.", err=True)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
