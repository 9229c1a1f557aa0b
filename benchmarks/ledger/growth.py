"""Does a ledger of ten million entries answer as fast as a small one, and how fast is it verified?

The rows are made here and put in beside the triggers (posting five million transfers would take hours); they are
exactly those that posting would have made, which the verification at the end proves.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from flask import Flask
from sqlalchemy import select, text

from timebank.core.db import Model, db
from timebank.ledger import queries, service
from timebank.ledger.cli import workers
from timebank.ledger.ddl import TABLES, definitions
from timebank.ledger.models import Entry, Transfer
from timebank.ledger.queries.verify import verify_side_by_side
from timebank.ledger.rules import ids
from timebank.ledger.rules.requests import digest

MEMBERS = 1000
PURPOSE = "visit"
TRANSFER_COLUMNS = tuple(column.name for column in Transfer.__table__.columns)  # type: ignore[attr-defined]
ENTRY_COLUMNS = tuple(column.name for column in Entry.__table__.columns)  # type: ignore[attr-defined]
SMALL = 40_000  # transfers of the small ledger: 80 entries an account, so that its pages are as full as the large one's
AT_ONCE = 20_000
READS = 300
Row = tuple[object, ...]


@dataclass
class Books:
    """The balances while rows are made."""

    numbers: list[int]
    seq: list[int]
    posted: list[int]


def application(url: str) -> Flask:
    """The least application that queries run in, with the tables made."""
    app = workers.application(url)
    app.config["TIMEBANK_SEAL_FOLDER"] = str(Path(gettempdir()) / "timebank-no-seals")  # none are made here
    with app.app_context():
        Model.metadata.create_all(db.engine, tables=[Model.metadata.tables[name] for name in TABLES])
    return app


def fill(app: Flask, transfers: int, tell: Callable[[int], None]) -> None:
    """Puts that many transfers between members into an empty ledger."""
    with app.app_context():
        numbers = workers.prepare(str(app.config["SQLALCHEMY_DATABASE_URI"]), MEMBERS)[:MEMBERS]
        found = queries.balances(workers.TENANT, numbers)
        books = Books(numbers, [found[one].seq for one in numbers], [found[one].posted for one in numbers])
        db.session.remove()
        _without_guards(_load, _rows(books, transfers), books, tell)


def _rows(books: Books, transfers: int) -> Iterator[tuple[Row, Row, Row]]:
    """A transfer with its two entries, as the triggers would have written them."""
    chance = random.Random(7)  # noqa: S311 - whose hours, not a secret
    moment = datetime.now(UTC) - timedelta(milliseconds=transfers + 60_000)
    for number in range(transfers):
        moment += timedelta(milliseconds=1)
        debit, credit = chance.randrange(MEMBERS), chance.randrange(MEMBERS - 1)
        credit += credit >= debit
        yield _one(books, number, moment, debit, credit)


def _one(books: Books, number: int, moment: datetime, debit: int, credit: int) -> tuple[Row, Row, Row]:
    amount = 30
    pair = books.numbers[debit], books.numbers[credit]
    identity = ids.uuid7(moment)
    facts = {
        "tenant_id": workers.TENANT,
        "id": identity,
        "kind": "post",
        "debit_id": pair[0],
        "credit_id": pair[1],
        "amount": amount,
        "idem_key": f"growth:{number:09}",
        "req_hash": digest("post", *pair, amount, None, PURPOSE),
        "event_at": moment,
        "actor_name": "growth",
        "purpose": PURPOSE,
        "memo": "",
        "created_at": moment,
        "second_name": "",
    }
    sides = [_entry(books, place, identity, change) for place, change in ((debit, -amount), (credit, amount))]
    return tuple(facts.get(name) for name in TRANSFER_COLUMNS), sides[0], sides[1]


def _entry(books: Books, place: int, transfer: object, change: int) -> Row:
    books.seq[place] += 1
    books.posted[place] += change
    facts = {
        "tenant_id": workers.TENANT,
        "account_id": books.numbers[place],
        "seq": books.seq[place],
        "transfer_id": transfer,
        "amount": change,
        "balance": books.posted[place],
    }
    return tuple(facts[name] for name in ENTRY_COLUMNS)


def _without_guards(load: Callable[..., None], rows: Iterable[Any], books: Books, tell: Callable[[int], None]) -> None:
    """Loads with the triggers off, and puts them on again."""
    with db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        shipped = [one for one in definitions(connection.dialect.name) if one.kind == "trigger"]
        if sqlite:
            for one in shipped:
                connection.exec_driver_sql(str(one.drop("sqlite")))
        else:
            for table in ("transfer", "entry", "ledger_account"):
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        load(connection, rows, books, tell)
        if sqlite:
            for one in shipped:
                connection.exec_driver_sql(one.sql)
        else:
            for table in ("transfer", "entry", "ledger_account"):
                connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
        connection.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()  # SQLite keeps figures in a table like any other
    db.engine.dispose()


def _load(connection: Any, rows: Iterable[tuple[Row, Row, Row]], books: Books, tell: Callable[[int], None]) -> None:
    put = _insert if connection.dialect.name == "sqlite" else _copy
    rows = iter(rows)
    while part := list(islice(rows, AT_ONCE)):
        put(connection, "transfer", TRANSFER_COLUMNS, [one[0] for one in part])
        put(connection, "entry", ENTRY_COLUMNS, [side for one in part for side in one[1:]])
        tell(len(part))
    for number, seq, posted in zip(books.numbers, books.seq, books.posted, strict=True):
        connection.execute(
            text("UPDATE ledger_account SET seq = :seq, posted = :posted WHERE tenant_id = :tenant AND id = :id"),
            {"seq": seq, "posted": posted, "tenant": workers.TENANT, "id": number},
        )


def _insert(connection: Any, table: str, columns: tuple[str, ...], rows: list[Row]) -> None:
    statement = Model.metadata.tables[table].insert()
    connection.execute(statement, [dict(zip(columns, row, strict=True)) for row in rows])


def _copy(connection: Any, table: str, columns: tuple[str, ...], rows: list[Row]) -> None:
    cursor = connection.connection.driver_connection.cursor()
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def readings(app: Flask) -> dict[str, Callable[[], object]]:
    """What is timed: a balance, the newest page of a statement, and a page from its beginning."""
    chance = random.Random(3)  # noqa: S311
    with app.app_context():
        numbers = list(db.session.scalars(select(Entry.account_id).distinct().limit(MEMBERS)))
        db.session.remove()

    def of(question: Callable[[int], object]) -> Callable[[], object]:
        def ask() -> object:
            with app.app_context():
                try:
                    return question(chance.choice(numbers))
                finally:
                    db.session.remove()

        return ask

    tenant = workers.TENANT
    return {
        "balance": of(lambda number: queries.balance(tenant, number)),
        "first_page": of(lambda number: queries.statement(tenant, number)),
        "deep_page": of(lambda number: queries.statement(tenant, number, before=60)),
    }


def compare(small: Flask, large: Flask) -> dict[str, tuple[float, float]]:
    """Seconds (median) of each reading on the small and on the large ledger, asked in turns."""
    ways = readings(small), readings(large)
    found = {}
    for name in ways[0]:
        waits: tuple[list[float], list[float]] = ([], [])
        for turn in range(READS):
            for side in (0, 1) if turn % 2 else (1, 0):
                started = time.perf_counter()
                ways[side][name]()
                waits[side].append(time.perf_counter() - started)
        found[name] = (statistics.median(waits[0][20:]), statistics.median(waits[1][20:]))
    return found


def verified(app: Flask) -> tuple[float, int, int]:
    """Seconds of a whole verification, transfers it read, and what it found."""
    with app.app_context():
        started = time.perf_counter()
        verdict = verify_side_by_side()
        took = time.perf_counter() - started
        db.session.remove()
    return took, verdict.transfers, len(verdict.findings)


def posted_per_second(app: Flask, seconds: float) -> float:
    """Transfers per second of one client through the service."""
    with app.app_context():
        numbers = workers.known(MEMBERS)
        chance = random.Random(5)  # noqa: S311
        started, count = time.perf_counter(), 0
        while time.perf_counter() - started < seconds:
            debit, credit = workers.pair(chance, MEMBERS, hot=False)
            key = f"rate:{time.monotonic_ns()}"
            pair = numbers[debit], numbers[credit]
            service.post(workers.TENANT, *pair, 1, key=key, purpose=PURPOSE, actor=workers.ACTOR)
            count += 1
        took = time.perf_counter() - started
        db.session.remove()
    return count / took
