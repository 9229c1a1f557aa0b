"""People: searching, registering, reading, changing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response

from timebank.api.routing import read, read_file, write
from timebank.api.schemas.base import Command, PageQuery
from timebank.api.schemas.people import (
    Death,
    DeedsPage,
    LikelyPeople,
    Looks,
    NewPersonBody,
    OwnChange,
    OwnFacts,
    PeopleCount,
    PeoplePage,
    PeopleQuery,
    PeopleWanted,
    PersonChangeBody,
    PersonLine,
    PersonProfile,
    Revealed,
    RevealQuery,
    RoleBody,
    SensitiveField,
    WhoseQuery,
)
from timebank.core.errors import NotFound
from timebank.core.paging import Page
from timebank.core.web import SIGNED_IN, actor, download
from timebank.people import labels, queries, service
from timebank.people.queries import PeopleFilter, PersonHit, duplicates, files, profile
from timebank.people.queries.search import hits_of
from timebank.people.rules.codes import PersonRole
from timebank.people.service import NewPerson, PersonChange

ONE = "/people/<int:person_id>"
READ, WRITE = "people.read", "people.write"


def _filter(query: PeopleWanted) -> PeopleFilter:
    return PeopleFilter(query.text, query.role, query.territory)


@read("/people", PeoplePage, permission=READ, query=PeopleQuery)
def list_people(query: PeopleQuery) -> Page[PersonHit]:
    """People of the territories one may read, searched as on the page."""
    return queries.list_people(actor(), _filter(query), query.after, query.limit)


@read("/people/count", PeopleCount, permission=READ, query=PeopleWanted)
def count_people(query: PeopleWanted) -> dict[str, int]:
    """How many people such a list has."""
    people = queries.count_people(actor(), _filter(query))
    return {"people": people, "duplicates_waiting": duplicates.count_pairs(actor())}


@read_file("/people/file", "text/csv", permission=READ, query=PeopleWanted)
def export_people(query: PeopleWanted) -> Response:
    """The list as a file (at most 20,000 lines); phones masked as in the list."""
    return download(files.people_csv(actor(), _filter(query)), "people.csv")


@read(ONE, PersonLine, permission=SIGNED_IN)
def get_person(person_id: int) -> PersonHit:
    """One person: oneself, somebody one acts for, or somebody of one's territories."""
    who = actor()
    found = queries.brief(queries.resolve(person_id))
    if found is None or not (who.is_self(found.id) or who.may(READ, found.territory_code)):
        raise NotFound("no_such_person")
    return hits_of(who, [found.id])[found.id]


@read(f"{ONE}/profile", PersonProfile, permission=READ)
def get_person_profile(person_id: int) -> dict[str, Any]:
    """Everything the person's page shows; a merged row says in `merged_into_id` where it lives on."""
    person = profile.detail(actor(), person_id)
    return {
        "person": person,
        "addable_roles": profile.addable_roles(actor(), person),
        "household": queries.household_of(person_id),
        "agents": queries.agents_of(person_id),
        "acts_for": queries.acts_for(person_id),
        "consents": profile.visible_consents(actor(), person),
        "merges": duplicates.merges_into(person_id),
        "links": [
            {"text": each.text, "note": each.note, "path": each.url} for each in profile.links(actor(), person_id)
        ],
    }


@write("/people", body=NewPersonBody, permission=WRITE, status=201)
def create_person(body: Command[NewPerson], key: str) -> dict[str, Any]:
    """Registers a person, once: likely duplicates are refused unless `duplicate_reason` says how one knows better."""
    return {"id": service.register_person(actor(), body.command(), key=key)}


@write("/people/likely", body=NewPersonBody, answer=LikelyPeople, permission=WRITE)
def find_likely_duplicates(body: Command[NewPerson], key: str) -> dict[str, Any]:
    """Who may be registered already: a question with a body, which changes nothing."""
    return {"items": service.likely_people(actor(), body.command())}


@write(ONE, body=PersonChangeBody, permission=WRITE, method="PATCH")
def update_person(person_id: int, body: Command[PersonChange], key: str) -> dict[str, Any]:
    """Changes what is known of a person.  Null keeps what is there; `version` is the one of the profile."""
    return {"id": service.update_person(actor(), person_id, body.command(), key=key)}


@read(f"{ONE}/history", DeedsPage, permission=READ, query=PageQuery)
def list_person_history(person_id: int, query: PageQuery) -> dict[str, Any]:
    """What was done to a person's data."""
    person = profile.detail(actor(), person_id)
    knows = actor().may("cases.read", person.territory_code)
    page = profile.history(person_id, query.after, query.limit, assistance=knows)
    return {"items": [_deed(line) for line in page.items], "next": page.next}


def _deed(line: profile.HistoryLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "at": line.at,
        "who": line.who,
        "action": line.action,
        "words": labels.deed(line.action),
        "fields": line.detail.get("fields") or [],
        "role": line.detail.get("role") or "",
        "duplicate_reason": line.detail.get("duplicate_reason") or "",
    }


@read(f"{ONE}/looks", Looks, permission=READ)
def list_person_looks(person_id: int) -> dict[str, Any]:
    """Who saw sensitive fields of the person and why: the newest 50."""
    person = profile.detail(actor(), person_id)
    return {"items": profile.seen(person_id, assistance=actor().may("cases.read", person.territory_code))}


@read(f"{ONE}/sensitive/<any(id_number, phone, email, self_care):field>", Revealed, permission=READ, query=RevealQuery)
def reveal(person_id: int, field: SensitiveField, query: RevealQuery) -> dict[str, Any]:
    """A sensitive field (id_number, phone, email, self_care) in full.  Every look is written down with its purpose."""
    person = profile.detail(actor(), person_id)
    return {"field": field, "value": service.reveal(actor(), person.id, field, query.purpose)}


@write(f"{ONE}/roles", body=RoleBody, permission=WRITE)
def give_role(person_id: int, body: RoleBody, key: str) -> dict[str, Any]:
    """Gives a role in the registry: volunteer, recipient, client."""
    return {"id": service.give_role(actor(), person_id, body.role, key=key)}


@write(f"{ONE}/roles/<any(volunteer, recipient, client):role>", permission=WRITE, method="DELETE")
def leave_role(person_id: int, role: str, key: str) -> dict[str, Any]:
    """Ends a role; the others stay."""
    return {"id": service.leave_role(actor(), person_id, PersonRole(role), key=key)}


@write(f"{ONE}/death", body=Death, permission=WRITE, method="PUT")
def record_death(person_id: int, body: Death, key: str) -> dict[str, Any]:
    """Notes the day a person died."""
    return {"id": service.record_death(actor(), person_id, body.died_on, key=key)}


@write(f"{ONE}/death", permission=WRITE, method="DELETE")
def take_death_back(person_id: int, key: str) -> dict[str, Any]:
    """The day of death was a mistake."""
    return {"id": service.record_death(actor(), person_id, None, key=key)}


def _whose(person_id: int | None) -> int:
    wanted = person_id or actor().person_id
    if wanted is None:
        raise NotFound("person")
    return queries.resolve(wanted)


@read("/my/details", OwnFacts, permission=SIGNED_IN, query=WhoseQuery)
def get_own_details(query: WhoseQuery) -> dict[str, Any]:
    """What is kept about oneself, or about somebody one acts for."""
    own = profile.own_details(actor(), _whose(query.person_id))
    person = profile.detail(actor(), own.id)
    kept = ("birth_date", "id_masked", "place", "door_note", "safety_note")
    return (
        asdict(own)
        | {name: getattr(person, name) for name in kept}
        | {
            "household": queries.household_of(own.id),
            "agents": queries.agents_of(own.id),
            "acts_for": queries.acts_for(own.id),
            "consents": profile.consents_of(own.id),
        }
    )


@write("/my/details", body=OwnChange, permission=SIGNED_IN, method="PATCH")
def change_own_details(body: OwnChange, key: str) -> dict[str, Any]:
    """Corrects one's own contact data, or those of somebody one acts for."""
    change = PersonChange(**body.model_dump(exclude={"person_id"}))
    return {"id": service.change_own_details(actor(), _whose(body.person_id), change, key=key)}


@read("/my/details/looks", Looks, permission=SIGNED_IN)
def list_own_looks() -> dict[str, Any]:
    """Who saw sensitive data of one's own, and why."""
    return {"items": profile.seen(_whose(None))}
