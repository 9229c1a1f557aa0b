"""What notices put on the page of a person."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from timebank.core.authority import Actor
from timebank.core.hooks import on
from timebank.people.links import PersonLink


@on("person_links")
def person_links(person_id: int, actor: Actor) -> list[PersonLink]:
    """The messages that were sent to the person."""
    if not actor.has("notices.read"):
        return []
    return [PersonLink(_("Messages sent"), url_for("notices.outbox", person=person_id), sort=90)]
