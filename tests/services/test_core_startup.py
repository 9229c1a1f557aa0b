"""The server does not start on a database that it cannot trust, and says what to do."""

from __future__ import annotations

import gc
import importlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, NullPool, create_engine, text

from tests.architecture.source import ROOT
from tests.conftest import new_app
from tests.servers import as_owner, owner_url
from timebank.core.db import engines

HEAD = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
STARTED = "started"


@pytest.fixture(scope="module")
def imported() -> None:
    """Everything the server imports is there before it is forked: a start takes no time."""
    new_app("sqlite://")


@pytest.fixture
def engine(imported: None, database_url: str) -> Iterator[Engine]:
    """A database that stands where the migrations end."""
    engine = create_engine(database_url, poolclass=NullPool)
    run(
        engine,
        "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)",
        f"INSERT INTO alembic_version VALUES ('{HEAD}')",
    )
    yield engine
    engine.dispose()


def run(engine: Engine, *statements: str) -> None:
    with as_owner(engine) as connection:
        for statement in statements:
            connection.execute(text(statement))


def server(pipe: Any, settings: dict[str, str], pragmas: tuple[str, ...]) -> None:
    os.environ.update(settings)
    engines.PRAGMAS = pragmas
    with redirect_stderr(io.StringIO()) as said:
        try:
            importlib.import_module("wsgi")
            spared = gc.isenabled() and gc.get_freeze_count() > 100_000  # from full collections
            pipe.send(STARTED if spared else "every full collection looks through the whole application")
        except SystemExit:
            pipe.send(said.getvalue().strip())


def start(url: str, *, pragma: str = "", **settings: str) -> str:
    """What the server says when it starts, in a process of its own: "started", or why it does not."""
    mine, theirs = get_context("fork").Pipe()
    pragmas = (*engines.PRAGMAS, pragma) if pragma else engines.PRAGMAS
    process = get_context("fork").Process(
        target=server, args=(theirs, {"TIMEBANK_DATABASE_URL": url, **settings}, pragmas)
    )
    process.start()
    theirs.close()
    try:
        assert mine.poll(120), "the server says nothing"
        return str(mine.recv())
    finally:
        process.join(30)
        mine.close()


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_a_sound_database_is_served(engine):
    assert start(url_of(engine)) == STARTED


def test_a_database_behind_the_migrations_is_not_served(engine):
    run(engine, "UPDATE alembic_version SET version_num = '0001'")
    assert start(url_of(engine)).endswith("flask --app wsgi db upgrade")


def test_a_database_without_a_guard_is_not_served(engine):
    sqlite = engine.dialect.name == "sqlite"
    run(engine, "DROP TRIGGER entry_no_update" if sqlite else "DROP TRIGGER entry_append_only ON entry")
    assert "is missing" in start(url_of(engine))


def test_a_database_with_a_changed_guard_is_not_served(engine):
    if engine.dialect.name == "sqlite":
        run(
            engine,
            "DROP TRIGGER entry_no_update",
            "CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT 1; END",
        )
    else:
        body = "$$ BEGIN RETURN NULL; END $$"
        run(engine, f"CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS {body}")
    assert "is not the shipped one" in start(url_of(engine))


@pytest.mark.parametrize(
    ("pragma", "words"),
    [
        ("synchronous=NORMAL", "without synchronous=FULL"),
        ("synchronous=OFF", "without synchronous=FULL"),
        ("journal_mode=DELETE", "journal_mode=delete"),
        ("foreign_keys=OFF", "without foreign_keys=ON"),
    ],
)
def test_sqlite_that_would_forget_is_not_served(engine, pragma, words):
    if engine.dialect.name == "sqlite":
        assert words in start(url_of(engine), pragma=pragma)


def test_postgresql_that_would_forget_is_not_served_where_durability_is_required(engine):
    assert start(url_of(engine)) == STARTED
    told = start(url_of(engine), TIMEBANK_REQUIRE_DURABLE="1")
    if engine.dialect.name == "sqlite":
        assert told == STARTED
    else:
        assert "full_page_writes=off" in told
        assert "fsync=off" in told


def test_the_owners_role_is_served_only_where_no_role_of_its_own_is_required(engine):
    owner = owner_url(engine.url)
    assert start(owner) == STARTED
    required = start(owner, TIMEBANK_REQUIRE_APP_ROLE="1")
    if engine.dialect.name == "sqlite":
        assert required == STARTED
        return
    assert "flask db grant" in required
    assert start(url_of(engine), TIMEBANK_REQUIRE_APP_ROLE="1") == STARTED


def test_a_role_that_was_not_granted_what_an_upgrade_brought_is_told_so(engine):
    if engine.dialect.name == "postgresql":
        run(engine, "REVOKE UPDATE ON person FROM timebank_app")
        assert "table person; as the owner: flask db grant NAME" in start(url_of(engine))


def test_gunicorn_ends_with_the_reason(engine, tmp_path: Path):
    run(engine, "UPDATE alembic_version SET version_num = '0001'")
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"unix:{tmp_path / 'socket'}"]
    done = subprocess.run(
        command,
        env={**os.environ, "TIMEBANK_DATABASE_URL": url_of(engine), "TIMEBANK_INSTANCE": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 3  # and it does not try for ever
    assert "flask --app wsgi db upgrade" in done.stderr
