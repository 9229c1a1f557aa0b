"""Statements that the driver runs itself: the rows of the toolkit, and plans that PostgreSQL keeps."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Date, Float, Integer, String, bindparam, cast, select
from sqlalchemy.exc import DBAPIError

from timebank.core.db import db
from timebank.core.types import Moment
from timebank.exchange.models import VolunteerState
from timebank.matching.queries.bare import Bare, day_of, moment_of

pytestmark = pytest.mark.usefixtures("app")

DAY, NOON = date(2026, 11, 24), datetime(2026, 11, 24, 4, tzinfo=UTC)
VALUES = {"number": 7, "metres": 1.5, "day": DAY, "moment": NOON, "word": "它's %"}


def _statement() -> Any:
    return select(
        cast(bindparam("number"), Integer) + 1,
        bindparam("number", type_=Integer).bitwise_rshift(1),
        cast(bindparam("metres"), Float),
        cast(bindparam("day", type_=Date), String)
        if db.engine.dialect.name == "sqlite"
        else bindparam("day", type_=Date),
        bindparam("moment", type_=Moment),
        cast(bindparam("word"), String),
        cast(VolunteerState.ACTIVE, String),
    )


def _bare() -> Bare:
    return Bare(_statement(), db.engine.dialect.name)


def _driver() -> Any:
    return db.session.connection().connection.driver_connection


def _rows(bare: Bare) -> Any:
    return bare.rows(db.session.connection(), VALUES)


def _prepared() -> list[tuple[str, int]]:
    """Names and uses, asked past the driver's own statements."""
    found = "SELECT name, generic_plans + custom_plans FROM pg_prepared_statements ORDER BY name"
    return [(str(name), int(used)) for name, used in db.session.connection().exec_driver_sql(found)]


def _on_postgresql() -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite keeps statements by itself")


def test_values_and_rows_are_those_of_the_toolkit() -> None:
    number, half, metres, day, moment, word, state = _rows(_bare())[0]
    assert (number, half, metres, day_of(day), moment_of(moment), word, state) == (
        8,
        3,
        1.5,
        DAY,
        NOON,
        VALUES["word"],
        "active",
    )


def test_what_the_database_refuses_is_told_as_the_toolkit_tells_it() -> None:
    with pytest.raises(DBAPIError):
        Bare(select(bindparam("number", type_=Integer)).select_from(db.text("nowhere")), db.engine.dialect.name).rows(
            db.session.connection(), VALUES
        )
    db.session.rollback()


def test_a_plan_outlives_the_rollback_with_which_reading_ends() -> None:
    _on_postgresql()
    bare = _bare()
    for _ in range(7):  # so that the driver prepares it
        db.session.connection().exec_driver_sql("SELECT 42")
    for _ in range(3):
        assert _rows(bare)
        db.session.rollback()
    assert [used for name, used in _prepared() if name.startswith("timebank_read_")] == [3]


def test_a_plan_that_somebody_threw_away_is_made_again() -> None:
    _on_postgresql()
    bare = _bare()
    _rows(bare)
    db.session.connection().exec_driver_sql("DEALLOCATE ALL")
    with pytest.raises(DBAPIError):
        _rows(bare)
    db.session.rollback()
    assert _rows(bare)


def test_a_value_that_is_refused_costs_no_second_plan() -> None:
    _on_postgresql()
    bare = Bare(select(7 / bindparam("number", type_=Integer)), "postgresql")
    for number in (0, 0, 1):
        if number:
            assert bare.rows(db.session.connection(), {"number": number})
        else:
            with pytest.raises(DBAPIError):
                bare.rows(db.session.connection(), {"number": number})
        db.session.rollback()
    assert len([name for name, _ in _prepared() if name.startswith("timebank_read_")]) == 1


def test_behind_a_pooler_nothing_is_prepared() -> None:
    _on_postgresql()
    _driver().prepare_threshold = None
    assert len(_rows(_bare())) == 1
    assert _prepared() == []
