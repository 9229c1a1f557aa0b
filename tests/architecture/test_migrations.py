"""The migrations build exactly what the models say (tables, constraints, triggers), on both engines, there and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import flask_migrate
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Engine, Inspector, bindparam, delete, func, inspect, select, text

from tests.architecture.source import ROOT
from tests.conftest import DATABASES, build_schema, new_app
from tests.factories import town
from timebank.core import parameters
from timebank.core.db import db
from timebank.exchange.models import NettedPair, NettingPayment, Scheme
from timebank.exchange.rules.netting_payments import PaymentState, Way
from timebank.exchange.rules.parameters import RULES
from timebank.exchange.service import schemes

VERSIONS = ROOT / "migrations" / "versions"

# SQLite's indexes of expressions are compared by their text
pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
TRIGGERS = {
    "sqlite": """SELECT name, sql FROM sqlite_master
        WHERE type = 'trigger' OR type = 'index' AND sql LIKE '%CASE%' ORDER BY name""",
    "postgresql": """SELECT tgname || ' on ' || tgrelid::regclass,
        pg_get_triggerdef(oid) || ' ' || pg_get_functiondef(tgfoid)
        FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1""",
}


@pytest.fixture(params=DATABASES)
def empty_app(request: pytest.FixtureRequest, databases: Callable[[str], Any]) -> Iterator[Flask]:
    """The application on a database without any table."""
    with databases(request.param).empty() as url:
        app = new_app(url)
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def test_migrations_build_what_the_models_say(empty_app: Flask, databases: Callable[[str], Any]) -> None:
    flask_migrate.upgrade()
    migrated = shape(db.engine)
    flask_migrate.downgrade(revision="base")
    _drop_version_table()
    build_schema(db.engine)
    modelled = shape(db.engine)
    different = {
        name: (modelled.get(name), migrated.get(name))
        for name in modelled.keys() | migrated.keys()
        if modelled.get(name) != migrated.get(name)
    }
    told = [
        f"{name}\n  models:     {models}\n  migrations: {found}" for name, (models, found) in sorted(different.items())
    ]
    assert not different, "\n".join(told)


def test_migrations_go_back_to_nothing_and_forward_again(empty_app: Flask) -> None:
    flask_migrate.upgrade()
    flask_migrate.downgrade(revision="base")
    left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    assert not left
    flask_migrate.upgrade()
    assert len(inspect(db.engine).get_table_names()) > 10


def test_there_is_one_latest_migration(empty_app: Flask) -> None:
    assert len(_scripts().get_heads()) == 1


def test_an_installation_with_rules_gets_those_that_came_later(empty_app: Flask) -> None:
    flask_migrate.upgrade(revision="0010")
    schemes.install_defaults()
    later = _rules_since("0010")
    assert {"tb.visits_a_day", "tb.ask_further_m", "tb.missed_after_minutes"} <= later
    these = text("key IN :keys").bindparams(bindparam("keys", sorted(later), expanding=True))
    with db.engine.begin() as connection:
        assert connection.execute(delete(parameters.Parameter).where(these)).rowcount == len(later)
    flask_migrate.upgrade()
    found = parameters.values([], date(2026, 11, 22))
    assert {rule.key for rule in RULES} <= found.found.keys()
    assert (found.number("tb.visits_a_day"), found.number("tb.weight_urgent")) == (4, 3)
    flask_migrate.downgrade(revision="0010")
    with db.engine.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(parameters.Parameter).where(these)) == 0
        assert connection.scalar(text("SELECT count(*) FROM parameter")) > 0


def test_payments_that_stand_in_the_books_keep_their_record(empty_app: Flask) -> None:
    flask_migrate.upgrade()
    town.town()
    first, second = db.session.scalars(select(Scheme.id).order_by(Scheme.id).limit(2)).all()
    pair = NettedPair(tenant=3201, month="2026-10", debtor_id=first, creditor_id=second, by_purpose={})
    pair.forward_minutes, pair.back_minutes = 60, 0
    db.session.add(pair)
    db.session.flush()
    db.session.add(NettingPayment(pair_id=pair.id, way=Way.HOURS, minutes=60, state=PaymentState.PAID, transfers=[]))
    db.session.commit()
    with pytest.raises(SystemExit):
        flask_migrate.downgrade(revision="0031")
    with db.engine.begin() as connection:
        assert connection.scalar(text("SELECT minutes FROM netting_payment")) == 60


def _rules_since(revision: str) -> set[str]:
    """The rules whose first values migrations after this one bring (`FIRST`, or a single `KEY`)."""
    later = [script.module for script in _scripts().iterate_revisions("heads", revision)]
    single = {module.KEY for module in later if hasattr(module, "KEY")}
    return single | {key for module in later for key in getattr(module, "FIRST", {})}


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(config)


def _drop_version_table() -> None:
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))


def shape(engine: Engine) -> dict[str, Any]:
    """Everything that makes two databases alike, by name: columns, keys, checks, indexes, triggers."""
    inspector = inspect(engine)
    found: dict[str, Any] = {}
    for table in inspector.get_table_names():
        if table != "alembic_version":
            found |= _shape_of_table(inspector, table)
    with engine.connect() as connection:
        for name, words in connection.execute(text(TRIGGERS[engine.dialect.name])):
            found[f"trigger {name}"] = " ".join(words.split())
    return found


def _shape_of_table(inspector: Inspector, table: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        f"{table}.{column['name']}": (str(column["type"]), column["nullable"])
        for column in inspector.get_columns(table)
    }
    found[f"{table} primary key"] = inspector.get_pk_constraint(table)["constrained_columns"]
    for foreign in inspector.get_foreign_keys(table):
        ends = (foreign["constrained_columns"], foreign["referred_table"], foreign["referred_columns"])
        found[f"{table} foreign key {foreign['name']}"] = (*ends, sorted(foreign["options"].items()))
    for check in inspector.get_check_constraints(table):
        found[f"{table} check {check['name']}"] = " ".join(check["sqltext"].split())
    for unique in inspector.get_unique_constraints(table):
        found[f"{table} unique {unique['name']}"] = unique["column_names"]
    for index in inspector.get_indexes(table):
        found[f"{table} index {index['name']}"] = (
            index.get("expressions", index["column_names"]),
            bool(index["unique"]),
            _where(index),
        )
    return found


def _where(index: Any) -> str:
    options = index.get("dialect_options", {})
    return " ".join(str(value) for name, value in sorted(options.items()) if name.endswith("_where"))
