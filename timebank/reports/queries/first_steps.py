"""What a new installation still needs before anybody can be helped, read from what the database holds."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from timebank.access.models import RoleGrant
from timebank.access.rules.roles import Role
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models import Scheme
from timebank.people.models import Person
from timebank.redemption.models import Desk
from timebank.territory.models import Territory


class Step(enum.StrEnum):
    """In the order in which they are possible."""

    PLACES = "places"
    SCHEME = "scheme"
    OPERATOR = "operator"
    COORDINATOR = "coordinator"
    PEOPLE = "people"
    DESK = "desk"


OPTIONAL = frozenset({Step.DESK})  # many time banks only exchange help


@dataclass(frozen=True, slots=True)
class FirstStep:
    """A step and whether it was done."""

    step: Step
    done: bool


def first_steps(actor: Actor) -> list[FirstStep]:
    """The steps, for whoever makes accounts, while one of them is open; else nothing.  One statement."""
    if not actor.has("accounts.manage"):
        return []
    found = db.session.execute(select(*(row.exists().label(step.value) for step, row in _ROWS.items()))).one()
    steps = [FirstStep(step, bool(done)) for step, done in zip(_ROWS, found, strict=True)]
    return [] if all(each.done for each in steps if each.step not in OPTIONAL) else steps


_ROWS: dict[Step, Any] = {
    Step.PLACES: select(Territory.code),
    Step.SCHEME: select(Scheme.id),
    Step.OPERATOR: select(RoleGrant.id).where(RoleGrant.role == Role.PLATFORM_OPERATOR),
    Step.COORDINATOR: select(RoleGrant.id).where(RoleGrant.role == Role.BROKER),
    Step.PEOPLE: select(Person.id),
    Step.DESK: select(Desk.id),
}
