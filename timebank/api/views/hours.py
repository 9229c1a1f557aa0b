"""Hours written down afterwards: by the helper, by staff, from a paper sheet; and their second review."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.base import Command, Reason
from timebank.api.schemas.hours import (
    Candidates,
    CandidatesQuery,
    Helped,
    HourEntries,
    HoursByName,
    Recipient,
    ReviewFile,
    ReviewQueue,
    Sheet,
    SheetAnswer,
)
from timebank.api.schemas.visits import LoggedVisitBody, Reviewed
from timebank.core.errors import Refused
from timebank.core.texts import refusal_text
from timebank.core.web import SIGNED_IN, actor
from timebank.exchange.queries import entries, review
from timebank.exchange.rules.hours import LoggedByName, LoggedVisit
from timebank.exchange.service import hours

ENTRY = "/hours/entries/<int:entry_id>"


@write("/hours", body=LoggedVisitBody, permission=SIGNED_IN, status=201)
def log_visit(body: Command[LoggedVisit], key: str) -> dict[str, Any]:
    """A visit that took place, written down afterwards; another person looks at it before it counts."""
    return {"id": hours.log_visit(actor(), body.command(), key=key)}


@write("/hours/by-name", body=HoursByName, permission=SIGNED_IN, status=201)
def log_by_name(body: Command[LoggedByName], key: str) -> dict[str, Any]:
    """The same for somebody the volunteer could only name; the coordinator says who it was."""
    return {"id": hours.log_by_name(actor(), body.command(), key=key)}


@write("/hours/sheet", body=Sheet, answer=SheetAnswer, permission="hours.log")
def log_sheet(body: Sheet, key: str) -> dict[str, Any]:
    """The lines of a paper sheet: good ones are written down, the others come back with their reasons."""
    lines = [LoggedVisit(**line.model_dump(mode="python"), source="sheet") for line in body.lines]
    found = hours.log_sheet(actor(), list(enumerate(lines)), key=key)
    return {
        "done": [{"place": place, "visit_id": visit_id} for place, visit_id in found.done.items()],
        "wrong": [_wrong(place, error) for place, error in found.wrong.items()],
    }


def _wrong(place: int, error: Refused) -> dict[str, Any]:
    return {"place": place, "code": error.code, "field": error.field, "message": refusal_text(error)}


@read("/my/hour-entries", HourEntries, permission=SIGNED_IN)
def list_my_hour_entries() -> dict[str, Any]:
    """One's own hours for people only named, as long as they wait or came back."""
    return {"items": entries.own_entries(actor())}


@read("/my/helped", Helped, permission=SIGNED_IN)
def list_helped() -> dict[str, Any]:
    """The people one helped or is planned to help."""
    me = actor().person_id
    return {"items": entries.helped_by(me) if me else []}


@read("/hours/review", ReviewQueue, permission="hours.review")
def list_hours_to_review() -> dict[str, Any]:
    """Hours that wait for a second pair of eyes, and names that nobody has found in the registry yet."""
    return {"items": review.queue(actor()), "names": review.names_to_resolve(actor())}


@read("/hours/<int:visit_id>/review", ReviewFile, permission="hours.review")
def get_hours_to_review(visit_id: int) -> dict[str, Any]:
    """One entry under review."""
    line, payers = review.line(actor(), visit_id)
    return {**{name: getattr(line, name) for name in ReviewFile.model_fields if name != "payers"}, "payers": payers}


@write("/hours/<int:visit_id>/review", body=Reviewed, permission="hours.review")
def review_entry(visit_id: int, body: Reviewed, key: str) -> dict[str, Any]:
    """The second reviewer agrees or not."""
    funding = body.funding.value if body.funding else None
    return {"id": hours.review_entry(actor(), visit_id, body.approve, body.reason, funding, key=key)}


@read(f"{ENTRY}/candidates", Candidates, permission="hours.log", query=CandidatesQuery)
def list_candidates(entry_id: int, query: CandidatesQuery) -> dict[str, Any]:
    """The people whom a written name may mean."""
    entry = review.entry(actor(), entry_id)
    return {"items": review.candidates(actor(), query.text or entry.recipient_name)}


@write(f"{ENTRY}/recipient", body=Recipient, permission="hours.log")
def resolve_entry(entry_id: int, body: Recipient, key: str) -> dict[str, Any]:
    """Says who was helped; the answer is the visit, which now waits for its review."""
    return {"id": hours.resolve_entry(actor(), entry_id, body.recipient_id, key=key)}


@write(f"{ENTRY}/refusal", body=Reason, permission="hours.log")
def refuse_entry(entry_id: int, body: Reason, key: str) -> dict[str, Any]:
    """Sends the entry back; the helper reads the reason."""
    return {"id": hours.refuse_entry(actor(), entry_id, body.reason, key=key)}
