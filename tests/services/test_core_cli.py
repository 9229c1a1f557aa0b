"""Commands on a database that does not answer: one sentence, exit code 2, no traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.conftest import new_app
from timebank.core.cli import UPGRADE, speak_plainly
from timebank.core.db import db

SILENT = {
    "sqlite": "sqlite:////nowhere/at/all/timebank.db",
    "postgresql": "postgresql+psycopg://nobody@127.0.0.1:1/nothing?connect_timeout=2",
}
JOB = "expire_offers"
# plan files, make a key, check a file: they ask no database
WITHOUT_DATABASE = {("match",), ("ledger", "new-seal-key"), ("ledger", "check-proof")}
PEOPLE = "name,phone,community_code\n王秀英,13812345678,320113001007\n"


def our_commands(app: Flask) -> list[tuple[str, ...]]:
    """Every command that the domains add, as the words one types."""

    def below(command: click.Command, words: tuple[str, ...]) -> list[tuple[str, ...]]:
        if isinstance(command, click.Group):
            return [found for name, one in command.commands.items() for found in below(one, (*words, name))]
        return [words]

    from timebank.app import modules

    groups = [group for module in modules("cli") for group in module.commands]
    found = [words for group in groups for words in below(group, (str(group.name),))]
    return [words for words in found if not {words, words[:1]} & WITHOUT_DATABASE]


def arguments(words: tuple[str, ...], folder: Path) -> list[str]:
    """What a command needs before it asks the database."""
    (folder / "people.csv").write_text(PEOPLE)
    given: dict[tuple[str, ...], list[str]] = {
        ("territory", "import"): [str(folder)],
        ("people", "import"): [str(folder / "people.csv")],
        ("access", "create-admin"): ["root", "--password-stdin"],
        ("ledger", "close"): ["--tenant", "3201", "--month", "2026-10"],
        ("ledger", "closings"): ["--tenant", "3201"],
        ("ledger", "export"): ["--format", "csv", str(folder / "out.csv")],
        ("ledger", "prove"): [str(UUID(int=1))],
        ("ledger", "bench"): ["--database-url", SILENT["postgresql"], "--seconds", "1"],
        ("jobs", "once"): [JOB],
    }
    return given.get(words, [])


@pytest.mark.parametrize("kind", SILENT)
def test_every_command_says_in_one_sentence_that_the_database_does_not_answer(tmp_path: Path, kind: str) -> None:
    app = new_app(SILENT[kind])
    for words in our_commands(app):
        done = app.test_cli_runner().invoke(args=[*words, *arguments(words, tmp_path)], input="plum-blossom-7\n")
        told = done.stderr.strip()
        assert (done.exit_code, done.stdout) == (2, ""), f"{words}: {done.output}"
        assert told.startswith(("The database cannot be reached", "No database answers there")), f"{words}: {told}"
        assert "\n" not in told, f"{words}: {told}"
    assert not list(tmp_path.glob("out*"))


def test_a_database_without_tables_is_told_to_be_upgraded(databases: Callable[[str], Any], database_url: str) -> None:
    kind = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    with databases(kind).empty() as url:
        app = new_app(url)
        done = app.test_cli_runner().invoke(args=["ledger", "verify"])
        with app.app_context():
            db.engine.dispose()
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.strip() == UPGRADE


def test_a_fault_of_ours_keeps_its_traceback(app: Flask) -> None:
    def broken() -> None:
        db.session.execute(text("SELECT nothing FROM person"))

    command = speak_plainly(click.Command("broken", callback=broken))
    with pytest.raises(DBAPIError):
        command.main([], standalone_mode=False)


def test_a_command_is_guarded_once(app: Flask) -> None:
    command = speak_plainly(click.Command("plain", callback=lambda: None))
    once = command.callback
    assert speak_plainly(command).callback is once
