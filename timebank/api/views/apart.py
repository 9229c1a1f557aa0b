"""Keeping two people apart: decided by a coordinator, or asked for by one of the two after a visit."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.apart import KeepApartBody, KeptApart, NotAgain, NotAgainFor
from timebank.api.schemas.base import Command
from timebank.core.web import SIGNED_IN, actor
from timebank.exchange.queries import apart as queries
from timebank.exchange.queries import own
from timebank.exchange.rules.apart import KeepApart
from timebank.exchange.service import apart

OWN = "/my/visits/<int:visit_id>/not-again"


@read("/people/<int:person_id>/apart", KeptApart, permission="visits.write")
def list_kept_apart(person_id: int) -> dict[str, Any]:
    """From whom a person is kept apart.  Nobody reads here about themself."""
    return {"items": queries.of_person(actor(), person_id)}


@write("/apart", body=KeepApartBody, permission="visits.write", status=201)
def keep_apart(body: Command[KeepApart], key: str) -> dict[str, Any]:
    """Keeps two people apart; what was planned between them goes to somebody else."""
    return {"id": apart.keep_apart(actor(), body.command(), key=key)}


@write("/apart/<int:pair_id>/end", body=NotAgain, permission=SIGNED_IN)
def end_apart(pair_id: int, body: NotAgain, key: str) -> dict[str, Any]:
    """The two may meet again: who asked takes the wish back, a coordinator ends it with a reason."""
    return {"id": apart.end_apart(actor(), pair_id, body.reason, key=key)}


@write("/visits/<int:visit_id>/not-again", body=NotAgainFor, permission="visits.write", status=201)
def note_not_again(visit_id: int, body: NotAgainFor, key: str) -> dict[str, Any]:
    """One side said on the phone that they do not want to meet the other again."""
    return {"id": apart.not_again(actor(), visit_id, body.part, body.reason, key=key)}


@write(OWN, body=NotAgain, permission=SIGNED_IN, status=201)
def ask_not_again(visit_id: int, body: NotAgain, key: str) -> dict[str, Any]:
    """One does not want to meet the other side of a visit again; the other side is not told."""
    visit = own.own_visit(actor(), visit_id)
    return {"id": apart.not_again(actor(), visit.id, visit.part, body.reason, key=key)}


@write(OWN, permission=SIGNED_IN, method="DELETE")
def take_not_again_back(visit_id: int, key: str) -> dict[str, Any]:
    """Takes the own wish back."""
    visit = own.own_visit(actor(), visit_id)
    return {"id": apart.again(actor(), visit_id, visit.part, key=key)}
