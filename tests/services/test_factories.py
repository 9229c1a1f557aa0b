"""What the tests stand on is itself what the services make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import DATABASES
from tests.factories import town
from tests.factories.replay import MOMENTS, Replay
from timebank.core import clock
from timebank.core.audit import AuditEvent
from timebank.core.db import Model, db
from timebank.exchange.service import schemes


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, without the moments at which they were written."""
    found = {}
    for table in Model.metadata.sorted_tables:
        rows = db.session.execute(select(table).order_by(*table.primary_key.columns)).mappings()
        found[table.name] = [{name: value for name, value in row.items() if name not in MOMENTS} for row in rows]
    return {name: rows for name, rows in found.items() if rows}


@pytest.mark.parametrize("engine", DATABASES)
def test_a_town_that_is_put_back_is_the_town_that_the_services_make(
    engine: str, databases: Callable[[str], Any], app_for: Callable[[str], Flask]
) -> None:
    replay, found = Replay(town.made_by_services), []
    for _turn in ("the services work", "their rows are inserted"):
        with databases(engine).fresh() as url, app_for(url).app_context():
            db.engine.dispose()
            before = clock.now()
            made = replay()
            found.append((made, everything()))
            assert all(event.at >= before for event in db.session.scalars(select(AuditEvent)))
            # Whatever is written next gets the numbers after these.
            wulaocun = schemes.NewScheme("wulaocun", "五老村", "Wulaocun", town.WULAOCUN, made.nanjing)
            assert schemes.create_scheme(town.operator(), wulaocun) == made.yaohua + 1
            db.session.remove()
            db.engine.dispose()
    assert found[0] == found[1]
    assert {"territory", "scheme", "parameter", "service_type", "audit_event"} <= found[0][1].keys()
