"""What notices put on the page of a person."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from timebank.core.authority import Actor
from timebank.core.hooks import on
from timebank.notices.service import letters, merging, tell
from timebank.people import queries as people
from timebank.people.links import PersonLink


@on("person_links")
def person_links(person_id: int, actor: Actor) -> list[PersonLink]:
    """The messages that were sent to the person."""
    links = []
    if actor.has("notices.read"):
        links.append(PersonLink(_("Messages sent"), url_for("notices.outbox", person=person_id), sort=90))
    person = people.brief(person_id)
    if person is not None and actor.may("letters.print", person.territory_code):
        links.append(PersonLink(_("Letters on paper"), url_for("notices.letter_wish", person_id=person.id), sort=91))
    return links


@on("person_moved")
def person_moved(person_id: int, territory_code: str) -> None:
    """Letters follow somebody to the new place."""
    letters.move_house(person_id, territory_code)


@on("person_merged")
def person_merged(kept_id: int, merged_id: int) -> None:
    """What waits for the one waits for the other."""
    merging.merge(kept_id, merged_id)


@on("person_unmerged")
def person_unmerged(kept_id: int, merged_id: int) -> None:
    """They were two after all."""
    merging.unmerge(merged_id)


@on("password_reset")
def password_reset(person_id: int, at: datetime) -> None:
    """Somebody else set the person's password: they hear of it, and what to do if they did not ask for it."""
    tell(person_id, "password_reset", path="/my/account", at=at.isoformat())
