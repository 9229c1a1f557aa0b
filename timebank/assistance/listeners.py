"""What assistance answers to the domains below it, and what it hears from the registry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import update

from timebank.assistance.models import AssistanceCase, CategoryStatus
from timebank.assistance.queries import health
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.hooks import on
from timebank.people import queries as people
from timebank.people.links import PersonLink


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


@on("person_links")
def person_links(person_id: int, actor: Actor) -> list[PersonLink]:
    """Ways to cases, categories and the health file, only for those who may know of them (N22).  Two statements."""
    person = people.brief(person_id) if actor.has("cases.read") else None
    if person is None or not actor.may("cases.read", person.territory_code):
        return []
    links = [
        PersonLink(_("Case %(number)s", number=case_id), url_for("assistance.case", case_id=case_id), _("Case"), 40)
        for case_id in health.open_case_ids(actor, person_id)
    ]
    if not links and actor.may("cases.write", person.territory_code):
        links.append(PersonLink(_("Open a case"), url_for("assistance.new_case", person_id=person_id), "", 41))
    links.append(PersonLink(_("Categories"), url_for("assistance.categories", person_id=person_id), "", 42))
    if actor.may("people.health", person.territory_code):
        links.append(PersonLink(_("Health file"), url_for("assistance.health", person_id=person_id), "", 43))
    return links
