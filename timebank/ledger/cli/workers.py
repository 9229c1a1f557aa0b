"""The processes of the benchmark, and the raw ceiling they are compared with."""

from __future__ import annotations

import random
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import Connection, create_engine, select, text

from timebank.core import db as database
from timebank.core.authority import Actor
from timebank.core.db import Model, db
from timebank.core.errors import Busy
from timebank.ledger import service
from timebank.ledger.ddl import TABLES
from timebank.ledger.errors import LedgerError
from timebank.ledger.models import LedgerAccount, Transfer

TENANT = 9999  # of no city
ACTOR = Actor.system("bench", channel="cli")
TURN = 0.5  # seconds of one way before the other

RAW_TABLES = """
CREATE TABLE IF NOT EXISTS bench_account
  (id bigint PRIMARY KEY, posted bigint NOT NULL, floor bigint, CHECK (floor IS NULL OR posted >= floor));
CREATE TABLE IF NOT EXISTS bench_transfer
  (id char(32) PRIMARY KEY, debit bigint NOT NULL, credit bigint NOT NULL, amount bigint NOT NULL)"""
# Both updates and the insert in one call, accounts in the order of their numbers: the least a ledger can do.
RAW_FUNCTION = """CREATE OR REPLACE FUNCTION bench_post(i char(32), d bigint, c bigint, a bigint) RETURNS void
LANGUAGE plpgsql AS $$ BEGIN
  IF d < c THEN
    UPDATE bench_account SET posted = posted - a WHERE id = d;
    UPDATE bench_account SET posted = posted + a WHERE id = c;
  ELSE
    UPDATE bench_account SET posted = posted + a WHERE id = c;
    UPDATE bench_account SET posted = posted - a WHERE id = d;
  END IF;
  INSERT INTO bench_transfer VALUES (i, d, c, a);
END $$"""
RAW_SQLITE = (
    "UPDATE bench_account SET posted = posted - 1 WHERE id = ?",
    "UPDATE bench_account SET posted = posted + 1 WHERE id = ?",
    "INSERT INTO bench_transfer VALUES (?, ?, ?, 1)",
)
RICH = 10_000_000
FUND = -1  # the place of the account without limits among the numbered ones


class Occupied(Exception):
    """The database holds real books; test postings could never be removed from them."""


@dataclass
class Tally:
    """What one process did."""

    waits: list[float] = field(default_factory=list)  # seconds of each posting through the service
    refused: int = 0
    raw: int = 0
    service_seconds: float = 0.0
    raw_seconds: float = 0.0


def driver_url(url: str) -> str:
    """The address with the driver we use."""
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return url.replace(plain, "postgresql+psycopg://", 1)
    return url


def application(url: str) -> Flask:
    """The least application that the service functions run in."""
    app = Flask("bench")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    database.init_app(app)
    return app


def prepare(url: str, accounts: int) -> list[int]:
    """Makes what is missing: tables, accounts of the test tenant with hours on them.  Raises Occupied."""
    with application(url).app_context():
        try:
            Model.metadata.create_all(db.engine, tables=[Model.metadata.tables[name] for name in TABLES])
            if db.session.scalar(select(Transfer.id).where(Transfer.tenant_id != TENANT).limit(1)):
                raise Occupied("The database holds real books. Name an empty one: test postings cannot be removed.")
            numbers = _accounts(accounts)
            with db.engine.begin() as connection:
                make_raw(connection, range(FUND, accounts))
                connection.exec_driver_sql("ANALYZE")  # else plans made on empty tables would be measured
        finally:
            db.session.remove()
            db.engine.dispose()
    return numbers


@database.transaction
def _accounts(count: int) -> list[int]:
    fund = service.ensure_account(TENANT, "fund", 0)
    numbers = [service.ensure_account(TENANT, "member", owner) for owner in range(1, count + 1)]
    items = [service.Post(fund, number, RICH, "opening") for number in numbers]
    service.post_many(TENANT, items, key=f"bench:{uuid.uuid4().hex}", actor=ACTOR)
    return [*numbers, fund]  # so that place FUND is the fund


def known(count: int) -> list[int]:
    """The accounts that `prepare` made, in the same order."""
    columns = LedgerAccount.tenant_id, LedgerAccount.kind, LedgerAccount.owner_id
    rows = db.session.execute(select(*columns, LedgerAccount.id).where(LedgerAccount.tenant_id == TENANT)).all()
    numbers = {(row.kind, row.owner_id): row.id for row in rows}
    return [*(numbers["member", owner] for owner in range(1, count + 1)), numbers["fund", 0]]


def make_raw(connection: Connection, places: Iterable[int]) -> None:
    """The tables of the raw way, with an account for each place (FUND may fall below zero)."""
    for statement in RAW_TABLES.split(";"):
        connection.exec_driver_sql(statement)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(RAW_FUNCTION)
    connection.execute(
        text("INSERT INTO bench_account VALUES (:id, :rich, :floor) ON CONFLICT (id) DO NOTHING"),
        [{"id": place, "rich": RICH, "floor": None if place == FUND else 0} for place in places],
    )


def raw_way(url: str) -> Callable[[int, int], None]:
    """A function that moves 1 from place to place the cheapest way, by the bare driver, as durably as the ledger."""
    engine = create_engine(url)
    driver: Any = engine.raw_connection().driver_connection
    return _raw_sqlite(driver) if engine.dialect.name == "sqlite" else _raw_postgresql(driver)


def _raw_sqlite(driver: sqlite3.Connection) -> Callable[[int, int], None]:
    driver.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=60000"):
        driver.execute(f"PRAGMA {pragma}")
    debited, credited, written = RAW_SQLITE

    def post(debit: int, credit: int) -> None:
        driver.execute("BEGIN IMMEDIATE")
        driver.execute(debited, (debit,))
        driver.execute(credited, (credit,))
        driver.execute(written, (uuid.uuid4().hex, debit, credit))
        driver.execute("COMMIT")

    return post


def _raw_postgresql(driver: Any) -> Callable[[int, int], None]:
    driver.autocommit = True

    def post(debit: int, credit: int) -> None:
        driver.execute("SELECT bench_post(%s, %s, %s, 1)", (uuid.uuid4().hex, debit, credit))

    return post


def work(pipe: Any, gate: Any, url: str, numbers: list[int], seconds: float, hot: bool, seed: int) -> None:
    """One process: turns of the service and of the raw way until the time is over; sends its tally."""
    with application(url).app_context():
        chance = random.Random(seed)  # noqa: S311 - which accounts, not a secret
        tally = Tally()
        raw = raw_way(url)
        gate.wait(120)  # a process that could not start must not keep the others waiting for ever
        started = time.perf_counter()
        while (now := time.perf_counter()) - started < seconds:
            debit, credit = pair(chance, len(numbers) - 1, hot)
            if int((now - started) / TURN) % 2:
                raw(debit, credit)
                tally.raw += 1
            else:
                _timed(tally, numbers[debit], numbers[credit], now)
        _share(tally, seconds)
        db.session.remove()
    pipe.send(tally)


def pair(chance: random.Random, members: int, hot: bool) -> tuple[int, int]:
    """Two places: of two members, or (`hot`) of the fund, which pays everybody, and a member."""
    debit, credit = chance.sample(range(members), 2)
    return (FUND, credit) if hot else (debit, credit)


def _timed(tally: Tally, debit: int, credit: int, since: float) -> None:
    try:
        service.post(TENANT, debit, credit, 1, key=uuid.uuid4().hex, purpose="transfer", actor=ACTOR)
    except (LedgerError, Busy):
        tally.refused += 1
    else:
        tally.waits.append(time.perf_counter() - since)


def _share(tally: Tally, seconds: float) -> None:
    """How long each way had its turn: whole turns alternate, the last may be cut."""
    turns, rest = divmod(seconds, TURN)
    tally.service_seconds = (turns + 1) // 2 * TURN + (rest if turns % 2 == 0 else 0.0)
    tally.raw_seconds = turns // 2 * TURN + (rest if turns % 2 else 0.0)
