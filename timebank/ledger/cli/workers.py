"""The processes of the benchmark, and the raw ceiling they are compared with."""

from __future__ import annotations

import random
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, select, text

from timebank.core import db as database
from timebank.core.authority import Actor
from timebank.core.db import Model, db
from timebank.core.errors import Busy
from timebank.ledger import service
from timebank.ledger.ddl import TABLES
from timebank.ledger.errors import LedgerError
from timebank.ledger.models import Transfer

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
            _prepare_raw(db.engine, numbers)
        finally:
            db.session.remove()
            db.engine.dispose()
    return numbers


@database.transaction
def _accounts(count: int) -> list[int]:
    fund = service.ensure_account(TENANT, "fund", 0)
    numbers = [service.ensure_account(TENANT, "member", owner) for owner in range(1, count + 1)]
    items = [service.Post(fund, number, 10_000_000, "opening") for number in numbers]
    service.post_many(TENANT, items, key=f"bench:{uuid.uuid4().hex}", actor=ACTOR)
    return numbers


def _prepare_raw(engine: Engine, numbers: list[int]) -> None:
    with engine.begin() as connection:
        for statement in RAW_TABLES.split(";"):
            connection.exec_driver_sql(statement)
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(RAW_FUNCTION)
        connection.execute(
            text("INSERT INTO bench_account VALUES (:id, 10000000, 0) ON CONFLICT (id) DO NOTHING"),
            [{"id": number} for number in numbers],
        )


def work(pipe: Any, gate: Any, url: str, numbers: list[int], seconds: float, hot: bool, seed: int) -> None:
    """One process: turns of the service and of the raw way until the time is over; sends its tally."""
    with application(url).app_context():
        chance = random.Random(seed)  # noqa: S311 - which accounts, not a secret
        tally = Tally()
        raw = _raw_sqlite if db.engine.dialect.name == "sqlite" else _raw_postgresql
        with db.engine.connect().execution_options(**{database.WRITE: True}) as connection:
            gate.wait(120)  # a process that could not start must not keep the others waiting for ever
            started = time.perf_counter()
            while (now := time.perf_counter()) - started < seconds:
                debit, credit = _pair(chance, numbers, hot)
                if int((now - started) / TURN) % 2:
                    raw(connection, debit, credit)
                    tally.raw += 1
                else:
                    _timed(tally, debit, credit, now)
        _share(tally, seconds)
        db.session.remove()
    pipe.send(tally)


def _pair(chance: random.Random, numbers: list[int], hot: bool) -> tuple[int, int]:
    debit, credit = chance.sample(numbers, 2)
    return (numbers[0], credit if credit != numbers[0] else debit) if hot else (debit, credit)


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


def _raw_postgresql(connection: Connection, debit: int, credit: int) -> None:
    connection.exec_driver_sql("SELECT bench_post(%s, %s, %s, 1)", (uuid.uuid4().hex, debit, credit))
    connection.commit()


def _raw_sqlite(connection: Connection, debit: int, credit: int) -> None:
    connection.exec_driver_sql("UPDATE bench_account SET posted = posted - 1 WHERE id = ?", (debit,))
    connection.exec_driver_sql("UPDATE bench_account SET posted = posted + 1 WHERE id = ?", (credit,))
    connection.exec_driver_sql("INSERT INTO bench_transfer VALUES (?, ?, ?, 1)", (uuid.uuid4().hex, debit, credit))
    connection.commit()
