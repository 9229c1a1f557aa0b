"""What becomes of minutes above the storage cap: the volunteer chooses (domain.md F2, tb.overflow)."""

from __future__ import annotations

from timebank.core import audit
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.errors import Refused
from timebank.exchange.rules.giving import Overflow
from timebank.exchange.service.volunteers_steps import load


@command
def choose_overflow(actor: Actor, person_id: int, choice: str, *, key: str | None = None) -> int:
    """Minutes above the cap go to the pot or are an honour, from the next visit on; "" = as the time bank does.

    Oneself, who acts for one, or `volunteers.review`.  Refuses: overflow_choice.
    """
    row = load(person_id)
    actor.require_for(person_id, "volunteers.review", row.territory_code)
    if choice not in ("", *Overflow):
        raise Refused("overflow_choice", field="choice")
    row.overflow_choice = Overflow(choice) if choice else None
    audit.record(actor, "choose.overflow", "volunteer", person_id, row.territory_code, choice=choice)
    return person_id
