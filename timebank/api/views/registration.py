"""Somebody who wants to help registers alone."""

from __future__ import annotations

from typing import Any

from flask import request

from timebank.access import service
from timebank.api.routing import read, write
from timebank.api.schemas.access import Communities, CommunitiesQuery, NewcomerBody
from timebank.api.schemas.base import Made
from timebank.core.web import PUBLIC
from timebank.territory import queries as territory


@read("/registrations/communities", Communities, permission=PUBLIC, query=CommunitiesQuery)
def find_communities(query: CommunitiesQuery) -> dict[str, Any]:
    """Where do you live?  Communities of that name, and those of a street of that name."""
    found = territory.communities_named(query.text)
    paths = territory.path_names([place.code for place in found])
    return {"items": [{"code": each.code, "name": each.name, "path": paths[each.code]} for each in found]}


@write("/registrations", body=NewcomerBody, answer=Made, permission=PUBLIC, status=201)
def register_oneself(body: NewcomerBody, key: str) -> dict[str, Any]:
    """Makes the person and the account and answers with the account; then `POST /token` with the phone.

    Whoever may be known already is sent to the service desk and learns nothing of what is known.  Slowed down per
    address.  Keys of all newcomers are one space: take a random one.
    """
    return {"id": service.register_oneself(body.command(), request.remote_addr or "", key=key)}
