"""Who lives with a person, who acts for them, what they agreed to."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import write
from timebank.api.schemas.base import Command
from timebank.api.schemas.people_relations import JoiningBody, NewAgentBody, NewConsentBody
from timebank.core.web import actor
from timebank.people import service
from timebank.people.service import Joining, NewAgent, NewConsent

ONE = "/people/<int:person_id>"
WRITE = "people.write"


@write(f"{ONE}/household", body=JoiningBody, permission=WRITE, method="PUT")
def set_household(person_id: int, body: Command[Joining], key: str) -> dict[str, Any]:
    """The person moves in with another (null: a household of their own); answers with the household."""
    return {"id": service.set_household(actor(), person_id, body.command(), key=key)}


@write(f"{ONE}/household", permission=WRITE, method="DELETE")
def leave_household(person_id: int, key: str) -> dict[str, Any]:
    """The person moves out today."""
    return {"id": service.leave_household(actor(), person_id, key=key)}


@write(f"{ONE}/agents", body=NewAgentBody, permission=WRITE, status=201)
def add_agent(person_id: int, body: Command[NewAgent], key: str) -> dict[str, Any]:
    """A guardian or a chosen agent may act for the person."""
    return {"id": service.add_agent(actor(), body.command(person_id=person_id), key=key)}


@write("/agents/<int:agent_id>/end", permission=WRITE)
def end_agent(agent_id: int, key: str) -> dict[str, Any]:
    """The guardian or agent acts no longer."""
    return {"id": service.end_agent(actor(), agent_id, key=key)}


@write(f"{ONE}/consents", body=NewConsentBody, permission=WRITE, status=201)
def give_consent(person_id: int, body: NewConsentBody, key: str) -> dict[str, Any]:
    """Writes down a consent, or the law in its place."""
    new = NewConsent(person_id, body.purpose, body.legal_basis, body.given_by_id)
    return {"id": service.give_consent(actor(), new, key=key)}


@write("/consents/<int:consent_id>/withdrawal", permission=WRITE)
def withdraw_consent(consent_id: int, key: str) -> dict[str, Any]:
    """The consent is taken back; what was done before stays lawful."""
    return {"id": service.withdraw_consent(actor(), consent_id, key=key)}
