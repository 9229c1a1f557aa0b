"""Health files and categories, for those who work on cases."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.base import Command
from timebank.api.schemas.cases import Purpose
from timebank.api.schemas.health import Categories, HealthBody, HealthFacts, HealthKept, LastDay, NewCategory
from timebank.assistance.queries import health as queries
from timebank.assistance.service import health as service
from timebank.assistance.service.health import HealthUpdate, NewStatus
from timebank.core.web import actor

HEALTH = "/people/<int:person_id>/health"
CATEGORIES = "/people/<int:person_id>/categories"


@read(HEALTH, HealthFacts, permission="people.health", query=Purpose)
def get_health(person_id: int, query: Purpose) -> dict[str, Any]:
    """The health file of a person.  The look is written down with its purpose."""
    person = queries.patient(actor(), person_id, "people.health")
    service.open_health(actor(), person.id, query.purpose)
    found = queries.health(actor(), person.id)
    named = {name: getattr(found, name) for name in HealthFacts.model_fields if name != "person_id"}
    return {"person_id": person.id, **named}


@write(HEALTH, body=HealthBody, answer=HealthKept, permission="people.health", method="PUT")
def save_health(person_id: int, body: Command[HealthUpdate], key: str) -> dict[str, Any]:
    """Keeps the health file; the level of self-care follows from what the person cannot do alone."""
    return {"level": service.save_health(actor(), body.command(person_id=person_id), key=key)}


@read(CATEGORIES, Categories, permission="cases.read")
def list_categories(person_id: int) -> dict[str, Any]:
    """Every category (minimum allowance, extreme poverty …) the person holds or held."""
    return {"items": queries.statuses(queries.patient(actor(), person_id, "cases.read").id)}


@write(CATEGORIES, body=NewCategory, permission="cases.write", status=201)
def add_category(person_id: int, body: Command[NewStatus], key: str) -> dict[str, Any]:
    """Enters a category from a day on."""
    return {"id": service.add_status(actor(), body.command(person_id=person_id), key=key)}


@write("/categories/<int:status_id>/end", body=LastDay, permission="cases.write")
def end_category(status_id: int, body: LastDay, key: str) -> dict[str, Any]:
    """The category ends with a day; the answer is the person's number."""
    return {"id": service.end_status(actor(), status_id, body.ends_on, key=key)}
