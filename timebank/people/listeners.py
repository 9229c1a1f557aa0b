"""What the registry answers to the domain below it."""

from __future__ import annotations

from collections.abc import Iterable

from timebank.core.hooks import on
from timebank.people import queries


@on("person_names")
def names(person_ids: Iterable[int]) -> list[tuple[int, str]]:
    """Names of people by the numbers asked for."""
    return [(person_id, brief.name) for person_id, brief in queries.briefs(person_ids).items()]
