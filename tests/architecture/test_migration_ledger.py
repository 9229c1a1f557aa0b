"""Books that were kept before accounts were carried in batches go on after the upgrade, and the way back is guarded."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import MetaData, Table, func, insert, select, text

from tests.conftest import DATABASES, findings, new_app
from tests.factories.ledger import CLOCK, TENANT, key
from timebank.core.db import db
from timebank.ledger import queries, service
from timebank.ledger.models import DaybookLine, Entry
from timebank.ledger.rules.requests import digest
from timebank.ledger.service.sealing import seal

FUND, MEMBER, SINK = 1, 2, 3
WRITTEN = datetime(2026, 10, 30, 2, tzinfo=UTC)


@pytest.fixture(params=DATABASES)
def old(
    request: pytest.FixtureRequest, databases: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """A database of the first release: a fund that paid 60 and 90 minutes to a member, who paid 40 for goods."""
    with databases(request.param).empty() as url:
        published = tmp_path_factory.mktemp("published")
        folders = {"TIMEBANK_SEAL_FOLDER": str(published), "TIMEBANK_SEAL_KEY_FILE": str(published / "key.pem")}
        app = new_app(url, **folders)
        with app.app_context():
            flask_migrate.upgrade(revision="0001")
            _fill()
            yield app
            db.session.remove()
            db.engine.dispose()


def _fill() -> None:
    tables = {name: Table(name, MetaData(), autoload_with=db.engine) for name in ("ledger_account", "transfer")}
    kinds = {FUND: ("fund", None), MEMBER: ("member", 0), SINK: ("sink", 0)}
    with db.engine.begin() as connection:
        for number, (kind, floor) in kinds.items():
            connection.execute(insert(tables["ledger_account"]).values(_account(number, kind, floor)))
        for debit, credit, amount in ((FUND, MEMBER, 60), (FUND, MEMBER, 90), (MEMBER, SINK, 40)):
            connection.execute(insert(tables["transfer"]).values(_transfer(debit, credit, amount)))


def _moment() -> datetime:
    return WRITTEN if db.engine.dialect.name == "postgresql" else WRITTEN.replace(tzinfo=None)


def _account(number: int, kind: str, floor: int | None) -> dict[str, object]:
    known = {"tenant_id": TENANT, "id": number, "unit": "min", "kind": kind, "owner_id": 1, "floor": floor}
    return {**known, "posted": 0, "held": 0, "seq": 0, "state": "open", "created_at": _moment()}


def _transfer(debit: int, credit: int, amount: int) -> dict[str, object]:
    made = uuid.UUID(int=(int(WRITTEN.timestamp() * 1000) << 80) + amount)
    known = {"tenant_id": TENANT, "kind": "post", "debit_id": debit, "credit_id": credit, "amount": amount}
    hashed = digest("post", debit, credit, amount, None, "opening")
    words = {"idem_key": f"old:{amount}", "req_hash": hashed, "actor_name": "", "purpose": "opening", "memo": ""}
    identity = made if db.engine.dialect.name == "postgresql" else made.hex
    return {**known, **words, "id": identity, "event_at": _moment(), "created_at": _moment()}


def _count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def _pay(debit: int, credit: int, amount: int) -> None:
    service.post(TENANT, debit, credit, amount, key=key(), purpose="transfer", actor=CLOCK)


def test_books_of_the_first_release_go_on_after_the_upgrade(old: Flask) -> None:
    flask_migrate.upgrade()
    assert not findings()
    assert [queries.balance(TENANT, one).posted for one in (FUND, MEMBER, SINK)] == [-150, 110, 40]
    assert [queries.account(TENANT, one).batched for one in (FUND, MEMBER, SINK)] == [True, False, True]
    _pay(FUND, MEMBER, 10)
    _pay(MEMBER, SINK, 5)
    assert _count(DaybookLine) == 2
    assert queries.balance(TENANT, FUND).posted == -160
    assert seal(TENANT) == 5
    assert _count(DaybookLine) == 0
    newest = select(Entry.seq, Entry.balance).where(Entry.account_id == FUND).order_by(Entry.seq.desc()).limit(1)
    assert tuple(db.session.execute(newest).one()) == (3, -160)
    assert not findings()


def test_the_way_back_is_closed_while_the_daybook_has_lines(old: Flask) -> None:
    flask_migrate.upgrade()
    _pay(FUND, MEMBER, 10)
    db.session.remove()
    with pytest.raises((SystemExit, RuntimeError)):
        flask_migrate.downgrade(revision="0001")
    assert _count(DaybookLine) == 1
    seal(TENANT)
    db.session.remove()
    flask_migrate.downgrade(revision="0001")
    with db.engine.connect() as connection:
        columns = text("SELECT posted FROM ledger_account ORDER BY id")
        assert list(connection.scalars(columns)) == [-160, 120, 40]
