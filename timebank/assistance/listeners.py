"""What assistance answers to the domains below it, and what it hears from the registry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import update

from timebank.assistance.models import AssistanceCase, CategoryStatus
from timebank.assistance.queries import health
from timebank.core.db import db
from timebank.core.hooks import on
from timebank.people import queries as people


@on("category_status")
def category_status(person_ids: Iterable[int], on: date) -> list[tuple[int, str]]:
    """(person, category code) for each category somebody holds on the day; also under merged numbers."""
    wanted = list(person_ids)
    held = health.categories_on(wanted, on)
    return [(person_id, code) for person_id, codes in held.items() for code in sorted(codes)]


@on("person_moved")
def follow(person_id: int, territory_code: str) -> None:
    """Open cases and categories follow the person to the new place (territorial principle, F18)."""
    ids = people.ids_of(person_id)
    for table in (AssistanceCase, CategoryStatus):
        db.session.execute(update(table).where(table.person_id.in_(ids)).values(territory_code=territory_code))
