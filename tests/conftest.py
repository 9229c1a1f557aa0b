"""What every test may ask for.

A test that asks for `app` runs on SQLite and on PostgreSQL, each time on a fresh database.

`TIMEBANK_TEST_DATABASES=sqlite` (or `postgresql`) limits a run to one of them.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

# Keys of the tests, so that no run writes an installation's key file.  They must stand before the application's import.
os.environ.setdefault("TIMEBANK_SECRET_KEY", "tests-only")
os.environ.setdefault("TIMEBANK_ENCRYPTION_KEYS", "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=")
os.environ.setdefault("TIMEBANK_INDEX_KEY", "tests-only")

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, event

from tests.pages.client import CheckingClient
from tests.servers import PostgresDatabases, PostgresServer, SqliteDatabases

DATABASES = os.environ.get("TIMEBANK_TEST_DATABASES", "both").replace("both", "sqlite,postgresql").split(",")
# For a page test whose every statement another page test sends to PostgreSQL: what is left to prove is the page.  Not for
# what an engine does in its own way: order of names, search, refusals of the database, several at once.
one_engine = pytest.mark.parametrize("database_url", DATABASES[:1], indirect=True)
CHEAP_ARGON2 = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}

SERVER: pytest.StashKey[PostgresServer] = pytest.StashKey()
SOCKET = "timebank_postgresql_socket"


def pytest_collection_finish() -> None:
    """What is loaded by now stays until the end: looking through it again and again for garbage took a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


# -- one PostgreSQL server per run -------------------------------------------------------------------------------------


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """pytest-xdist starts a worker: it is told where the server is."""
    if "postgresql" in DATABASES:
        node.workerinput[SOCKET] = _socket_of_the_run(node.config)


def _socket_of_the_run(config: pytest.Config) -> str:
    """Starts the server at the first question (a run of rule tests never asks)."""
    if SOCKET in (given := getattr(config, "workerinput", {})):
        return str(given[SOCKET])
    if SERVER not in config.stash:
        server = config.stash[SERVER] = PostgresServer()
        server.start()
    return str(config.stash[SERVER].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if SERVER in config.stash:
        config.stash[SERVER].stop()


# -- a fresh database per test -----------------------------------------------------------------------------------------


def build_schema(engine: Engine) -> None:
    """All tables, as the models say (a test in `architecture/` proves that the migrations build the same)."""
    from timebank.app import modules
    from timebank.core.db import Model

    list(modules("models"))
    Model.metadata.create_all(engine)


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, worker_id: str) -> Iterator[Callable[[str], Any]]:
    """`databases("sqlite").fresh()` is a context manager that gives the URL of an empty database."""
    made: dict[str, Any] = {}

    def named(kind: str) -> Any:
        if kind not in made:
            if kind == "sqlite":
                made[kind] = SqliteDatabases(build_schema)
            else:
                made[kind] = PostgresDatabases(_socket_of_the_run(request.config), worker_id, build_schema)
        return made[kind]

    yield named
    for each in made.values():
        each.close()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, databases: Callable[[str], Any]) -> Iterator[str]:
    with databases(request.param).fresh() as url:
        yield url


@pytest.fixture(scope="session")
def app_for() -> Callable[[str], Flask]:
    """One application per address; the address stays the same while the database behind it is new for each test."""
    made: dict[str, Flask] = {}

    def app_for(url: str) -> Flask:
        if url not in made:
            made[url] = new_app(url)
        return made[url]

    return app_for


class Compiled(BytecodeCache):
    """Templates are compiled once in a process, not once for each application."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


def new_app(url: str, **settings: object) -> Flask:
    from timebank.app import create_app

    app: Flask = create_app(
        {
            "TESTING": True,
            "WTF_CSRF_ENABLED": False,
            "SQLALCHEMY_DATABASE_URI": url,
            "TIMEBANK_ARGON2": CHEAP_ARGON2,
            "SERVER_NAME": "timebank.test",
            "PREFERRED_URL_SCHEME": "http",
            **settings,
        }
    )
    app.test_client_class = CheckingClient
    app.jinja_env.bytecode_cache = COMPILED
    return app


def findings() -> tuple[object, ...]:
    """What `flask ledger verify` finds in the database of the running test."""
    from timebank.ledger.queries.snapshot import snapshot
    from timebank.ledger.queries.verify import verify

    with snapshot() as connection:
        return verify(connection).findings


@pytest.fixture
def app(
    request: pytest.FixtureRequest,
    database_url: str,
    app_for: Callable[[str], Flask],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """The application on a fresh database, with its context pushed (so a test calls services directly).

    After a test of `concurrency` the books must be sound, whatever the test itself looked at.
    """
    from timebank.core.db import db

    app = app_for(database_url)
    settings = dict(app.config)
    published = tmp_path_factory.mktemp("published")  # what a test seals is published in a folder of its own
    app.config["TIMEBANK_SEAL_FOLDER"] = str(published / "seals")
    app.config["TIMEBANK_SEAL_KEY_FILE"] = str(published / "seal-key.pem")
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()  # a thread that the last test started may have left a connection to a database that is gone
        yield app
        db.session.remove()
        _wait_for_jobs()
        if request.node.get_closest_marker("concurrency"):
            assert not findings(), "the books are not sound after this test"
        for engine in db.engines.values():
            engine.dispose()
    app.config.clear()
    app.config.update(settings)


def _wait_for_jobs() -> None:
    """A job that a test started in the background ends before its database goes away."""
    for thread in threading.enumerate():
        if thread.name.startswith("job-"):
            thread.join(120)
            assert not thread.is_alive(), f"{thread.name} still runs two minutes after its test"


def _finish_background() -> None:
    """Waits for jobs and spreadsheets that a test has set going: the database under them is about to be another."""
    for thread in threading.enumerate():
        if thread.name.startswith(("job-", "people-import")):
            thread.join(120)
            assert not thread.is_alive(), f"{thread.name} goes on after the test"


# -- pages -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(app: Flask) -> CheckingClient:
    """A browser without JavaScript that checks every page it fetches (see `tests/pages/client.py`); English."""
    return new_client(app)


def new_client(app: Flask, language: str = "en") -> CheckingClient:
    client = app.test_client()
    assert isinstance(client, CheckingClient)
    client.language = language
    return client


@pytest.fixture
def zh_client(app: Flask) -> CheckingClient:
    """The same, reading Chinese."""
    return new_client(app, "zh")


@pytest.fixture
def sign_in() -> Callable[[CheckingClient, int], CheckingClient]:
    """`sign_in(client, account_id)`: the session of somebody who gave the right password."""

    def sign_in(client: CheckingClient, account_id: int) -> CheckingClient:
        from timebank.access.queries import session_values

        with client.session_transaction() as session:
            session.update(session_values(account_id))
        return client

    return sign_in


@pytest.fixture
def in_english(app: Flask) -> Iterator[None]:
    with in_language(app, "en"):
        yield


@pytest.fixture
def in_chinese(app: Flask) -> Iterator[None]:
    with in_language(app, "zh"):
        yield


@contextmanager
def in_language(app: Flask, language: str) -> Iterator[None]:
    """Texts outside a page (services, exports) in this language."""
    from flask_babel import force_locale

    with app.test_request_context(), force_locale(language):
        yield


# -- counting statements -----------------------------------------------------------------------------------------------

Counter = Callable[..., AbstractContextManager[list[str]]]


@pytest.fixture
def statements(app: Flask) -> Counter:
    """`with statements(20) as seen:` fails when the block sends more than 20 statements to the database."""
    from timebank.core.db import db

    @contextmanager
    def counting(at_most: int | None = None) -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("PRAGMA", "BEGIN", "SET ", "SAVEPOINT", "RELEASE")):
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        if at_most is not None:
            listed = "\n".join(f"{number}. {' '.join(text.split())[:160]}" for number, text in enumerate(seen, 1))
            assert len(seen) <= at_most, f"{len(seen)} statements, {at_most} allowed:\n{listed}"

    return counting


# -- several at once ---------------------------------------------------------------------------------------------------


@pytest.fixture
def at_once(app: Flask) -> Callable[..., list[Any]]:
    """`at_once(f, g, h)` runs each in a thread of its own, all starting together; an error is returned, not raised.

    Each thread has its own application context, hence its own session and connection, as gunicorn's threads have.
    """
    from timebank.core.db import db

    def at_once(*functions: Callable[[], Any]) -> list[Any]:
        answers: list[Any] = [None] * len(functions)
        gate = threading.Barrier(len(functions))

        def run(place: int, function: Callable[[], Any]) -> None:
            with app.app_context():
                gate.wait()
                try:
                    answers[place] = function()
                except Exception as error:
                    answers[place] = error

        db.session.commit()  # what the test prepared must be visible to the threads
        threads = [threading.Thread(target=run, args=item) for item in enumerate(functions)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        return answers

    return at_once
