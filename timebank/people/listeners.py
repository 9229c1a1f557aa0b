"""What the registry answers to the domain below it."""

from __future__ import annotations

from collections.abc import Iterable

from timebank.core.authority import Actor
from timebank.core.hooks import on
from timebank.people import queries


@on("person_names")
def names(person_ids: Iterable[int]) -> list[tuple[int, str]]:
    """Names of people by the numbers asked for."""
    return [(person_id, brief.name) for person_id, brief in queries.briefs(person_ids).items()]


@on("find_people")
def find_people(actor: Actor, text: str) -> list[tuple[int, str, str]]:
    """(id, name, member number) of people the actor may find by the text."""
    permission = "people.read" if actor.has("people.read") else "people.find"
    return [(hit.id, hit.name, hit.member_no) for hit in queries.search(actor, text, permission=permission, limit=5)]
