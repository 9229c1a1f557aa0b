"""What access puts on the page of a person."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from timebank.core.authority import Actor
from timebank.core.hooks import on
from timebank.people import queries as people
from timebank.people.links import PersonLink


@on("person_links")
def person_links(person_id: int, actor: Actor) -> list[PersonLink]:
    """Card, PIN and account, for whoever prints cards there."""
    person = people.brief(person_id) if actor.has("cards.print") else None
    if person is None or not actor.may("cards.print", person.territory_code):
        return []
    return [PersonLink(_("Card, PIN and account"), url_for("access.person", person_id=person.id), sort=20)]
