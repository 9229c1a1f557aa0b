"""Giving and leaving roles: one person, many roles."""

from __future__ import annotations

from timebank.core import audit, hooks
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.errors import Refused
from timebank.people.models import Person
from timebank.people.queries.search import SEES_CLIENTS
from timebank.people.rules.codes import PersonRole
from timebank.people.service.loading import loaded, writable

ROLE_FIELD = {
    PersonRole.VOLUNTEER: "is_volunteer",
    PersonRole.RECIPIENT: "is_recipient",
    PersonRole.CLIENT: "is_client",
}


@command
def give_role(actor: Actor, person_id: int, role: PersonRole, *, key: str | None = None) -> int:
    """The person becomes volunteer, recipient or client (C8.21: one person, many roles).  Twice changes nothing.

    The person themself may become a volunteer or recipient; anything else needs `people.write` there.
    """
    role = PersonRole(role)
    row = loaded(person_id)
    if role == PersonRole.CLIENT or not actor.is_self(person_id):
        writable(actor, person_id)
        _may_know(actor, row, role)
    if row.deceased_on:
        raise Refused("person_deceased")
    if not getattr(row, ROLE_FIELD[role]):
        setattr(row, ROLE_FIELD[role], True)
        audit.record(actor, "give.role", "person", row.id, row.territory_code, role=role)
        hooks.fire("role_taken", actor=actor, person_id=row.id, role=role)
    return row.id


def _may_know(actor: Actor, row: Person, role: PersonRole) -> None:
    """Who may not know of clients of assistance neither makes one nor learns by trying who is one (domain.md C7)."""
    if role == PersonRole.CLIENT:
        actor.require(SEES_CLIENTS, row.territory_code)


@command
def leave_role(actor: Actor, person_id: int, role: PersonRole, *, key: str | None = None) -> int:
    """The person leaves a role; the others stay (C8.21).  Raises `Refused("role_not_held")`."""
    role = PersonRole(role)
    row = loaded(person_id)
    if not actor.is_self(person_id):
        writable(actor, person_id)
        _may_know(actor, row, role)
    if not getattr(row, ROLE_FIELD[role]):
        raise Refused("role_not_held")
    setattr(row, ROLE_FIELD[role], False)
    hooks.fire("role_left", person_id=row.id, role=role)
    audit.record(actor, "leave.role", "person", row.id, row.territory_code, role=role)
    return row.id
