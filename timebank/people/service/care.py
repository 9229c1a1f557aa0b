"""The level of self-care, as assessed by those who keep health files."""

from __future__ import annotations

from timebank.core import audit
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.people.rules.codes import SelfCare
from timebank.people.service.loading import loaded


@command
def set_self_care(actor: Actor, person_id: int, level: str, *, key: str | None = None) -> int:
    """Keeps the level (able, partial, full_loss) by which helpers are found (F15); needs `people.health` there."""
    row = loaded(person_id)
    actor.require("people.health", row.territory_code)
    row.self_care = SelfCare(level).value
    audit.record(actor, "set.self_care", "person", row.id, row.territory_code)
    return row.id
