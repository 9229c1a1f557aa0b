"""Two connections that change what a volunteer's place is made of at the same time (PostgreSQL; SQLite has one writer)."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Connection, Engine, select, text

from tests.conftest import DATABASES
from tests.factories import matching as helpers
from tests.factories import town
from timebank.core.db import db
from timebank.exchange.models import SkillPlace, VolunteerPlace

WITH_ROW_LOCKS = [engine for engine in DATABASES if engine == "postgresql"]
MOVES = "UPDATE person SET lat = 32.5 WHERE id = :id"
WALKS = "UPDATE volunteer SET max_distance_m = 3000 WHERE person_id = :id"
LEARNS = "INSERT INTO volunteer_skill (volunteer_id, service_code) VALUES (:id, 'cooking')"
LOSES_HOME = "UPDATE person SET lat = NULL WHERE id = :id"
COMMUNITY_MOVES = f"UPDATE territory SET lat = 32.7 WHERE code = '{town.YAOXIN}'"


@pytest.mark.parametrize("database_url", WITH_ROW_LOCKS, indirect=True)
@pytest.mark.parametrize(
    ("first", "second", "lat", "reach"),
    [
        (MOVES, WALKS, 32.5, 3000),
        (WALKS, MOVES, 32.5, 3000),
        (COMMUNITY_MOVES, LOSES_HOME, 32.7, 1000),
        (LOSES_HOME, COMMUNITY_MOVES, 32.7, 1000),
        (MOVES, LEARNS, 32.5, 1000),
        (LEARNS, WALKS, 32.1160, 3000),
    ],
)
def test_two_edits_at_once_leave_the_newest_home_and_reach(app, first, second, lat, reach):
    town.town()
    volunteer = helpers.volunteer()
    with db.engine.connect() as one, db.engine.connect() as two:
        _run(one, first, volunteer)
        late = threading.Thread(target=_run_and_commit, args=(two, second, volunteer))
        late.start()
        _until_somebody_waits(db.engine, late)
        one.commit()
        late.join(timeout=30)
    found = db.session.execute(select(VolunteerPlace.lat, VolunteerPlace.reach_m)).one()
    assert tuple(found) == (lat, reach)
    of_skills = db.session.execute(select(SkillPlace.lat, SkillPlace.reach_m)).all()
    assert {tuple(one) for one in of_skills} == {(lat, reach)}


def _run(connection: Connection, statement: str, volunteer: int) -> None:
    connection.execute(text(statement).bindparams(**({"id": volunteer} if ":id" in statement else {})))


def _run_and_commit(connection: Connection, statement: str, volunteer: int) -> None:
    _run(connection, statement, volunteer)
    connection.commit()


def _until_somebody_waits(engine: Engine, late: threading.Thread) -> None:
    """Until the second connection stands before a lock (or has not waited at all, which the test then judges)."""
    with engine.connect() as third:
        while late.is_alive():
            if third.scalar(text("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")):
                return
            late.join(timeout=0.01)
