"""Card, PIN and account of a neighbour, for the coordinator and the service desk."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response

from timebank.access import qr, queries, service
from timebank.api.routing import read, read_file, write
from timebank.api.schemas.access import CardFacts, GivenPassword, NewCard, PersonAccess, PinBody
from timebank.api.schemas.base import Done
from timebank.core.errors import NotFound
from timebank.core.web import SIGNED_IN, actor, download
from timebank.people import queries as people

PRINT = "cards.print"
ONE = "/people/<int:person_id>"


@read(f"{ONE}/access", PersonAccess, permission=PRINT)
def get_person_access(person_id: int) -> dict[str, Any]:
    """What somebody confirms and signs in with."""
    person = service.neighbour(actor(), person_id)
    card = queries.card_of(person.id)
    return {
        "person_id": person.id,
        "member_no": person.member_no,
        "name": person.name,
        "phone_masked": person.phone_masked,
        "card_issued_at": card.issued_at if card else None,
        "has_pin": queries.has_pin(person.id),
        "account": queries.account_of_person(person.id),
        "may_make_account": actor().may("people.write", person.territory_code),
    }


def _card(person: people.PersonBrief | None) -> dict[str, Any]:
    held = queries.card_of(person.id) if person else None
    if person is None or held is None:
        raise NotFound("access_no_card")
    return asdict(held) | {"person_id": person.id, "member_no": person.member_no, "name": person.name}


def _picture(card: dict[str, Any]) -> Response:
    return download(qr.svg(card["code"]), "card.svg", "image/svg+xml")


@write(f"{ONE}/card", answer=NewCard, permission=PRINT, status=201)
def issue_card(person_id: int, key: str) -> dict[str, Any]:
    """Makes a new card; an old one no longer works."""
    person = service.neighbour(actor(), person_id)
    return {"code": service.issue_card(actor(), person.id, key=key)}


@write(f"{ONE}/card", answer=Done, permission=PRINT, method="DELETE")
def withdraw_card(person_id: int, key: str) -> dict[str, Any]:
    """The card is lost: it opens nothing from now on."""
    service.withdraw_card(actor(), service.neighbour(actor(), person_id).id, key=key)
    return {"done": True}


@read(f"{ONE}/card", CardFacts, permission=PRINT)
def get_card(person_id: int) -> dict[str, Any]:
    """The card to print: name, member number and code; no ID number, no address."""
    return _card(service.neighbour(actor(), person_id))


@read_file(f"{ONE}/card/picture", "image/svg+xml", permission=PRINT)
def get_card_picture(person_id: int) -> Response:
    """The QR code of the card."""
    return _picture(_card(service.neighbour(actor(), person_id)))


@write(f"{ONE}/pin", body=PinBody, answer=Done, permission=PRINT, method="PUT")
def set_pin(person_id: int, body: PinBody, key: str) -> dict[str, Any]:
    """The person chooses a PIN at the desk; a lock after wrong tries ends after 15 minutes."""
    service.set_pin(actor(), service.neighbour(actor(), person_id).id, body.pin, key=key)
    return {"done": True}


@write(f"{ONE}/account", answer=GivenPassword, permission=PRINT)
def give_person_account(person_id: int, key: str) -> service.GivenPassword:
    """Makes an account for a neighbour, or gives a new one-time password for the one they have."""
    return service.open_account_of(actor(), person_id, key=key)


@read("/my/card", CardFacts, permission=SIGNED_IN)
def get_own_card() -> dict[str, Any]:
    """One's own card, to show at the desk."""
    return _card(people.brief(actor().person_id or 0))


@read_file("/my/card/picture", "image/svg+xml", permission=SIGNED_IN)
def get_own_card_picture() -> Response:
    """The QR code of one's own card."""
    return _picture(_card(people.brief(actor().person_id or 0)))
