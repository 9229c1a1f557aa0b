"""What every command of the command line shares: a database that does not answer is a sentence, not a traceback.

Exit code 2 (wrong use or unreadable input); results keep standard output, the sentence goes to standard error.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from timebank.core.errors import DiskFull

UPGRADE = "The database has not all its tables yet: flask --app wsgi db upgrade"
NO_TABLE = "42P01"  # PostgreSQL: undefined_table
NOT_NOW = ("08", "28", "53", "57P0", "3D")  # connection, authorisation, resources, shutting down, no such database
MARK = "_speaks_plainly"


def speak_plainly(command: click.Command) -> click.Command:
    """The same command; where the database cannot be reached it ends with one sentence and exit code 2.

    Goes down into groups.  A command that was treated before is left as it is.
    """
    if isinstance(command, click.Group):
        for one in command.commands.values():
            speak_plainly(one)
    if command.callback is not None and not hasattr(command.callback, MARK):
        command.callback = _guarded(command.callback)
    return command


def _guarded(callback: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(callback)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return callback(*args, **kwargs)
        except DiskFull as full:
            click.echo(f"The database's disk is full or does not work, nothing was changed: {full.__cause__}", err=True)
            sys.exit(2)
        except DBAPIError as error:
            words = sentence(error)
            if words is None:
                raise
            click.echo(words, err=True)
            sys.exit(2)

    setattr(run, MARK, True)
    return run


def sentence(error: DBAPIError) -> str | None:
    """What to tell about a database that cannot be used at all; None where the fault is another one (ours)."""
    first = " ".join(str(error.orig).split())
    state = getattr(error.orig, "sqlstate", None)
    if state == NO_TABLE or first.startswith("no such table"):
        return UPGRADE
    if error.connection_invalidated or _unreachable(error, first, state):
        return f"The database cannot be reached, nothing was changed: {first}"
    return None


def _unreachable(error: DBAPIError, words: str, state: str | None) -> bool:
    kind = type(error.orig).__name__
    if type(error.orig).__module__.startswith("sqlite3"):
        return words.startswith(("unable to open", "file is not a database"))
    return state.startswith(NOT_NOW) if state else kind in ("OperationalError", "ConnectionTimeout", "InterfaceError")
