"""One person meant by what was typed: a member number, a name, pinyin or a phone."""

from __future__ import annotations

from timebank.core.authority import Actor
from timebank.core.errors import Refused
from timebank.people import queries as people


def one_person(actor: Actor, text: str, *, permission: str, field: str, role: str | None = None) -> int:
    """The only person the text may mean, among those the actor may see.

    Raises `Refused` beside `field`: person_not_typed, typed_person_not_found,
    person_ambiguous (names of the first few).
    """
    typed = text.strip()
    if not typed:
        raise Refused("person_not_typed", field=field)
    hits = people.search(actor, typed, permission=permission, role=role, limit=6)
    exact = [hit for hit in hits if typed in (hit.name, hit.member_no)]
    found = exact if len(exact) == 1 else hits
    if not found:
        raise Refused("typed_person_not_found", field=field, typed=typed)
    if len(found) > 1:
        raise Refused("person_ambiguous", field=field, names=" · ".join(f"{hit.name} {hit.member_no}" for hit in found))
    return found[0].id
