"""Requests for help."""

from __future__ import annotations

from typing import Any

from flask import Response

from timebank.api.routing import read, read_file, write
from timebank.api.schemas.base import Command, Reason
from timebank.api.schemas.lists import RequestFile, RequestsPage, RequestsQuery
from timebank.api.schemas.visits import Approval, NewRequestBody, Payers
from timebank.core import clock
from timebank.core.errors import NotFound
from timebank.core.paging import Page
from timebank.core.web import SIGNED_IN, actor, download
from timebank.exchange import files
from timebank.exchange.queries import requests as queries
from timebank.exchange.queries import visits
from timebank.exchange.rules.requests import NewRequest
from timebank.exchange.service import offers
from timebank.exchange.service import requests as service

ONE = "/requests/<int:request_id>"


@read("/requests", RequestsPage, permission="requests.read", query=RequestsQuery)
def list_requests(query: RequestsQuery) -> Page[queries.RequestLine]:
    """Requests of the territories one may read."""
    return queries.requests(actor(), _chosen(query), after=query.after, limit=query.limit)


def _chosen(query: RequestsQuery) -> queries.RequestFilter:
    return queries.RequestFilter(query.text, query.state, query.service, query.territory, query.urgent, query.day)


@read_file("/requests/file", "text/csv", permission="requests.read", query=RequestsQuery)
def export_requests(query: RequestsQuery) -> Response:
    """The same as a file, without pages."""
    content = files.requests_file(queries.all_requests(actor(), _chosen(query)))
    return download(content, f"requests-{clock.today()}.csv")


@read("/my/requests", RequestsPage, permission=SIGNED_IN)
def list_own_requests() -> dict[str, Any]:
    """What one asked for, for oneself or for somebody one acts for; the newest fifty."""
    return {"items": queries.own_requests(actor())}


@read(ONE, RequestFile, permission=SIGNED_IN)
def get_request(request_id: int) -> dict[str, Any]:
    """One request with its visits: one's own, a ward's, or of one's territories."""
    found = _found(request_id)
    named = {name: getattr(found, name) for name in RequestFile.model_fields if name != "visits"}
    return {**named, "visits": visits.of_request(request_id)}


def _found(request_id: int) -> queries.RequestDetail:
    try:
        return queries.own_request(actor(), request_id)
    except NotFound:
        return queries.request(actor(), request_id)


@write("/requests", body=NewRequestBody, permission=SIGNED_IN, status=201)
def create_request(body: Command[NewRequest], key: str) -> dict[str, Any]:
    """Asks for help, once or every week: for oneself, for somebody one acts for, or as staff for them."""
    return {"id": service.submit_request(actor(), body.command(), key=key)}


@write(f"{ONE}/approval", body=Approval, permission="requests.approve")
def approve_request(request_id: int, body: Approval, key: str) -> dict[str, Any]:
    """Agrees: the visits are planned and their price is put on hold."""
    funding = body.funding.value if body.funding else None
    return {"id": service.approve_request(actor(), request_id, funding, key=key)}


@write(f"{ONE}/refusal", body=Reason, permission="requests.approve")
def refuse_request(request_id: int, body: Reason, key: str) -> dict[str, Any]:
    """Says no, with the reason that the recipient reads."""
    return {"id": service.refuse_request(actor(), request_id, body.reason, key=key)}


@write(f"{ONE}/cancellation", body=Reason, permission=SIGNED_IN)
def cancel_request(request_id: int, body: Reason, key: str) -> dict[str, Any]:
    """Calls the request off with all visits that have not begun."""
    return {"id": service.cancel_request(actor(), request_id, body.reason, key=key)}


@write(f"{ONE}/regular-helper/end", permission="visits.write")
def end_regular_helper(request_id: int, key: str) -> dict[str, Any]:
    """The helper of a weekly request stops: visits made from now on look for somebody else, planned ones stay."""
    return {"id": offers.end_regular_helper(actor(), request_id, key=key)}


@read("/people/<int:person_id>/payers", Payers, permission=SIGNED_IN)
def list_payers(person_id: int) -> dict[str, Any]:
    """Whose hours may pay for help to this person: one's own choice, or all that staff may choose from."""
    return {"items": queries.payers(actor(), person_id)}
