"""The group of commands, and what they share.  Exit codes: 0 done, 1 the answer is no, 2 unreadable or wrong use."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from timebank.matching.planner.fields import BadFile

T = TypeVar("T")
match = click.Group("match", help="Who helps whom: plans of a day from files.")  # files only: no database is asked
FILE = click.Path(dir_okay=False, path_type=Path)


def stop(words: str, code: int = 2) -> NoReturn:
    """Ends with a sentence on standard error."""
    click.echo(words, err=True)
    sys.exit(code)


def readable(read: Callable[[Path], T], path: Path) -> T:
    """What a file says; a file that cannot be read ends the command with a sentence and 2."""
    try:
        return read(path)
    except BadFile as error:
        words = str(error)
        stop(words if words.startswith(str(path)) else f"{path}: {words}")
    except OSError as error:
        stop(f"{path}: {error.strerror}")


def tell(answer: dict[str, Any]) -> None:
    """One JSON object on one line of standard output."""
    click.echo(json.dumps(answer, ensure_ascii=False))
