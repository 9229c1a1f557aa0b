"""People and places."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.base import Command
from timebank.api.schemas.people import (
    NewPersonBody,
    PeoplePage,
    PeopleQuery,
    PersonLine,
)
from timebank.core.errors import NotFound
from timebank.core.paging import Page
from timebank.core.web import SIGNED_IN, actor
from timebank.people import queries, service
from timebank.people.queries import PeopleFilter, PersonHit
from timebank.people.queries.search import hits_of
from timebank.people.service import NewPerson


@read("/people", PeoplePage, permission="people.read", query=PeopleQuery)
def list_people(query: PeopleQuery) -> Page[PersonHit]:
    """People of the territories one may read, searched as on the page."""
    wanted = PeopleFilter(query.text, query.role, query.territory)
    return queries.list_people(actor(), wanted, query.after, query.limit)


@read("/people/<int:person_id>", PersonLine, permission=SIGNED_IN)
def get_person(person_id: int) -> PersonHit:
    """One person: oneself, somebody one acts for, or somebody of one's territories."""
    who = actor()
    found = queries.brief(queries.resolve(person_id))
    if found is None or not (who.is_self(found.id) or who.may("people.read", found.territory_code)):
        raise NotFound("no_such_person")
    return hits_of(who, [found.id])[found.id]


@write("/people", body=NewPersonBody, permission="people.write", status=201)
def create_person(body: Command[NewPerson], key: str) -> dict[str, Any]:
    """Registers a person, once: likely duplicates are refused unless `duplicate_reason` says how one knows better."""
    return {"id": service.register_person(actor(), body.command(), key=key)}
