"""Who may be registered already, shown before somebody is registered twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from timebank.core.authority import Actor
from timebank.people.queries import duplicates
from timebank.people.queries.search import hits_of
from timebank.people.rules import masking
from timebank.people.rules.duplicates import Likeness
from timebank.people.service import loading
from timebank.people.service.commands import NewPerson
from timebank.people.service.persons import row_of


@dataclass(frozen=True, slots=True)
class LikelyPerson:
    """Somebody registered who may be the one described; of people elsewhere only surname and place are told."""

    person_id: int | None
    name: str
    birth_date: date | None
    place: str
    phone_masked: str
    why: Likeness


def likely_people(actor: Actor, new: NewPerson) -> list[LikelyPerson]:
    """Registered people who may be the one described, the strongest reason first.

    Needs `people.write` for the community; raises `Refused` for wrong values as `register_person` does.
    """
    actor.require(loading.WRITE, loading.community(new.territory_code))
    like = duplicates.likely(loading.candidate(row_of(actor, new, give_number=False)))
    hits = hits_of(actor, [other.id for other, _why in like])
    found = []
    for other, why in like:
        if (hit := hits.get(other.id)) is None:
            continue
        if actor.may(loading.READ, hit.territory_code):
            found.append(LikelyPerson(hit.id, hit.name, hit.birth_date, hit.place, hit.phone_masked, why))
        else:
            found.append(LikelyPerson(None, masking.name(hit.name), None, hit.place, "", why))
    return found
