"""Ways of moving minutes from one account to another.  Each may be opened in a process of its own."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import BigInteger, CheckConstraint, Engine, ForeignKey, MetaData, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from timebank.core.db import db
from timebank.ledger import service
from timebank.ledger.cli import workers

Post = Callable[[int, int], None]  # from the n-th account to the m-th


@dataclass(frozen=True)
class Contestant:
    """A way to post: `prepare` makes tables and accounts once, `open` gives what each thread of a client calls.

    `threads`: the clients are threads of one process; otherwise each is a process.
    """

    name: str
    prepare: Callable[[str, int], None]
    open: Callable[[str, int], Post]
    databases: tuple[str, ...] = ("postgresql", "sqlite")
    threads: bool = False
    available: Callable[[], bool] = lambda: True


# -- ours: the real service function ----------------------------------------------------------------------------------


def _timebank_prepare(url: str, accounts: int) -> None:
    workers.prepare(url, accounts)


_apps: dict[str, Flask] = {}
_making = threading.Lock()


def _timebank_open(url: str, accounts: int) -> Post:
    with _making:  # the threads of a process share one application, as they do in the server
        if url not in _apps:
            _apps[url] = workers.application(url)
    app = _apps[url]
    with app.app_context():
        numbers = workers.known(accounts)
        db.session.remove()
    facts: dict[str, Any] = {"purpose": "transfer", "actor": workers.ACTOR}
    inside = threading.local()  # what posts is a request, which has its context from its beginning to its end

    def post(debit: int, credit: int) -> None:
        if not hasattr(inside, "context"):
            inside.context = app.app_context()
            inside.context.push()
        service.post(workers.TENANT, numbers[debit], numbers[credit], 1, key=uuid.uuid4().hex, **facts)

    return post


# -- raw: the least a ledger can do ------------------------------------------------------------------------------------


def _raw_prepare(url: str, accounts: int) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        workers.make_raw(connection, range(workers.FUND, accounts))
    engine.dispose()


def _raw_open(url: str, accounts: int) -> Post:
    return workers.raw_way(url)


# -- naive: what one writes first --------------------------------------------------------------------------------------


class NaiveModel(DeclarativeBase):
    """Tables of the naive way."""

    metadata = MetaData()


class NaiveAccount(NaiveModel):
    """An account with a balance that the application changes."""

    __tablename__ = "naive_account"
    __table_args__ = (CheckConstraint("balance >= minimum"),)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    balance: Mapped[int] = mapped_column(BigInteger)
    minimum: Mapped[int] = mapped_column(BigInteger)


class NaiveTransfer(NaiveModel):
    """A transfer."""

    __tablename__ = "naive_transfer"
    id: Mapped[str] = mapped_column(primary_key=True)
    debit_id: Mapped[int] = mapped_column(ForeignKey("naive_account.id"))
    credit_id: Mapped[int] = mapped_column(ForeignKey("naive_account.id"))
    amount: Mapped[int]


def _naive_engine(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _naive_connect)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _naive_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=60000"):
        connection.execute(f"PRAGMA {pragma}")


def _naive_prepare(url: str, accounts: int) -> None:
    engine = _naive_engine(url)
    NaiveModel.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        for number in range(-1, accounts):
            session.merge(NaiveAccount(id=number, balance=workers.RICH, minimum=0 if number >= 0 else -(10**15)))
    engine.dispose()


def _naive_open(url: str, accounts: int) -> Post:
    engine = _naive_engine(url)

    def post(debit: int, credit: int) -> None:
        with Session(engine) as session, session.begin():
            pair = sorted((debit, credit))
            question = select(NaiveAccount).where(NaiveAccount.id.in_(pair)).order_by(NaiveAccount.id)
            found = {account.id: account for account in session.scalars(question.with_for_update())}
            found[debit].balance -= 1
            found[credit].balance += 1
            session.add(NaiveTransfer(id=uuid.uuid4().hex, debit_id=debit, credit_id=credit, amount=1))

    return post


# -- django-hordak -----------------------------------------------------------------------------------------------------


def _has_hordak() -> bool:
    from importlib.util import find_spec

    return find_spec("hordak") is not None


def _django(url: str) -> None:
    import django
    from django.conf import settings
    from sqlalchemy.engine import make_url

    if settings.configured:
        return
    place = make_url(url)
    settings.configure(
        SECRET_KEY=uuid.uuid4().hex,
        USE_TZ=True,
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "djmoney", "hordak"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": place.database,
                "USER": place.username,
                "HOST": place.query["host"],
                "CONN_MAX_AGE": None,
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        HORDAK_INTERNAL_CURRENCY="CNY",
        HORDAK_CURRENCIES=["CNY"],
        CURRENCIES=["CNY"],
        DEFAULT_CURRENCY="CNY",
    )
    django.setup()


def _hordak_prepare(url: str, accounts: int) -> None:
    _django(url)
    from django.core.management import call_command
    from hordak.models import Account

    call_command("migrate", verbosity=0)
    if not Account.objects.exists():
        for number in range(-1, accounts):
            Account.objects.create(name=f"a{number:08}", code=f"{number + 1:06}", type="AS", currencies=["CNY"])


def _hordak_open(url: str, accounts: int) -> Post:
    _django(url)
    from django.db import transaction
    from hordak.models import Account
    from moneyed import Money

    found = list(Account.objects.order_by("name"))
    by_name = {account.name: account for account in found}
    numbered = {number: by_name[f"a{number:08}"] for number in range(-1, accounts)}
    one = Money(Decimal(1), "CNY")

    def post(debit: int, credit: int) -> None:
        with transaction.atomic():
            numbered[debit].transfer_to(numbered[credit], one)

    return post


# -- pgledger, where its SQL was put (PGLEDGER_SQL=the ulid functions:its pgledger.sql) --------------------------------


def _pgledger_files() -> list[Path]:
    return [Path(name) for name in os.environ.get("PGLEDGER_SQL", "").split(os.pathsep) if name]


def _has_pgledger() -> bool:
    files = _pgledger_files()
    return bool(files) and all(file.exists() for file in files)


def _pgledger_prepare(url: str, accounts: int) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        if not driver.execute("SELECT to_regclass('pgledger_accounts')").fetchone()[0]:
            for file in _pgledger_files():
                driver.execute(file.read_text())
            for number in range(-1, accounts):
                driver.execute("SELECT pgledger_create_account(%s, 'MIN')", (f"a{number:08}",))
    engine.dispose()


def _pgledger_open(url: str, accounts: int) -> Post:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    connection = engine.connect()
    rows = connection.exec_driver_sql("SELECT name, id FROM pgledger_accounts").all()
    by_name = {row.name: row.id for row in rows}
    numbered = {number: by_name[f"a{number:08}"] for number in range(-1, accounts)}

    def post(debit: int, credit: int) -> None:
        connection.exec_driver_sql(
            "SELECT id FROM pgledger_create_transfer(%s, %s, 1)", (numbered[debit], numbered[credit])
        ).first()

    return post


RAW = Contestant("raw ceiling", _raw_prepare, _raw_open)
TIMEBANK = Contestant("timebank post()", _timebank_prepare, _timebank_open, ("postgresql",))
THREADS = Contestant("timebank post(), one process", _timebank_prepare, _timebank_open, ("sqlite",), threads=True)
NAIVE = Contestant("naive ORM, a process each", _naive_prepare, _naive_open)
HORDAK = Contestant("django-hordak", _hordak_prepare, _hordak_open, ("postgresql",), available=_has_hordak)
PGLEDGER = Contestant("pgledger", _pgledger_prepare, _pgledger_open, ("postgresql",), available=_has_pgledger)
ALL = (RAW, TIMEBANK, THREADS, NAIVE, HORDAK, PGLEDGER)


def taking_part(database: str) -> list[Contestant]:
    """Those who can run on the database and are installed."""
    return [one for one in ALL if database in one.databases and one.available()]
