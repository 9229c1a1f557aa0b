"""Health files and categories."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import assistance as factory
from tests.factories import town
from timebank.assistance.queries import health as queries
from timebank.assistance.rules.self_care import CareItem, Level
from timebank.assistance.rules.status import Category
from timebank.assistance.service import health
from timebank.assistance.service.health import HealthUpdate, NewStatus
from timebank.core import clock, hooks
from timebank.core.audit import SensitiveRead
from timebank.core.db import db
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.people import queries as people


def update(person_id: int, *failed: CareItem, **facts: object) -> HealthUpdate:
    given: dict[str, object] = {
        "conditions": "高血压\n糖尿病",
        "medication": "二甲双胍",
        "checked_on": clock.today(),
        **facts,
    }
    return HealthUpdate(person_id=person_id, failed_items=failed, **given)


def test_the_level_of_the_six_items_reaches_the_registry(app: Flask) -> None:
    town.town()
    person_id, worker = factory.client(), town.social_worker()
    three = (CareItem.TOILET, CareItem.BATHE, CareItem.DRESS)
    assert health.save_health(worker, update(person_id, *three)) == "partial"
    assert people.brief(person_id).self_care == "partial"
    assert health.save_health(worker, update(person_id, *three, CareItem.WALK)) == "full_loss"
    file = queries.health(worker, person_id)
    assert (file.level, file.conditions) == (Level.FULL_LOSS, ("高血压", "糖尿病"))


def test_a_look_into_a_health_file_is_written_down(app: Flask) -> None:
    town.town()
    person_id = factory.client()
    health.open_health(town.social_worker(), person_id, "case_work")
    read = db.session.scalars(select(SensitiveRead)).one()
    assert (read.person_id, read.fields, read.purpose) == (person_id, "health", "case_work")
    with pytest.raises(Refused, match="case_purpose_missing"):
        health.open_health(town.social_worker(), person_id, "")


def test_the_helper_side_has_no_access_to_health(app: Flask) -> None:
    town.town()
    person_id = factory.client()
    with pytest.raises(NotAllowed):
        health.open_health(town.broker(), person_id, "curious")
    with pytest.raises(NotFound):
        health.open_health(town.clerk(), person_id, "curious")
    with pytest.raises(NotFound):
        queries.health(town.broker(), person_id)


def test_a_check_in_the_future_is_refused(app: Flask) -> None:
    town.town()
    late = update(factory.client(), checked_on=clock.today() + timedelta(days=1))
    with pytest.raises(Refused, match="checked_in_future"):
        health.save_health(town.social_worker(), late)


def test_categories_answer_the_question_of_the_time_bank(app: Flask) -> None:
    town.town()
    worker, person_id, other = town.social_worker(), factory.client(), factory.client("李芳")
    status_id = health.add_status(worker, NewStatus(person_id, Category.DIBAO, date(2026, 1, 1)))
    health.add_status(worker, NewStatus(person_id, Category.DISABLED, date(2026, 3, 1)))
    asked = {"person_ids": [person_id, other], "on": date(2026, 2, 1)}
    assert hooks.ask("category_status", **asked) == [(person_id, "dibao")]
    health.end_status(worker, status_id, date(2026, 1, 31))
    assert hooks.ask("category_status", **asked) == []


def test_two_income_categories_at_once_are_refused(app: Flask) -> None:
    town.town()
    worker, person_id = town.social_worker(), factory.client()
    health.add_status(worker, NewStatus(person_id, Category.DIBAO, date(2026, 1, 1)))
    with pytest.raises(Refused, match="status_overlaps"):
        health.add_status(worker, NewStatus(person_id, Category.TEKUN, date(2026, 5, 1)))
    with pytest.raises(NotFound):
        health.add_status(town.broker(), NewStatus(person_id, Category.OTHER, date(2026, 5, 1)))
