"""A visit that is moved later keeps its hours on hold: until as many days after the new day as after the first one."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.errors import Refused
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries import schemes
from timebank.exchange.queries.holds import TO_BE_PAID
from timebank.exchange.rules.requests import Funding
from timebank.exchange.service import payment, steps
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.ledger.errors import HoldResolved

FREED = "改期，预留至新日期 / Moved; kept on hold for the new day"


def follow(actor: Actor, visit: Visit) -> None:
    """Frees the hold of a moved visit and holds the same minutes anew, where it would end too early (domain.md F5).

    Both lines are of one transaction, so that nobody can spend the hours between.  One that ran out before is placed
    again.  Raises `Refused("hold_ran_out")`: it ran out, and the hours were spent.
    """
    if visit.hold_id is None or visit.hold_until is None:
        return
    days = schemes.parameters(visit.scheme_id, clock.today()).number("tb.hold_days_after_visit")
    if visit.latest_start + timedelta(days=days) <= visit.hold_until:
        return
    from_whom = _payer(visit)
    ledger.lock_accounts(from_whom.tenant, [from_whom.account])
    with suppress(HoldResolved):  # the clock freed it
        key = f"visit:{visit.id}:release:{visit.version}"
        ledger.release(from_whom.tenant, visit.hold_id, key=key, reason=FREED, actor=actor)
    left = payment.available(from_whom)
    if visit.funding != Funding.ISSUED and left < visit.held_minutes:
        raise Refused("hold_ran_out", available_minutes=left, needed_minutes=visit.held_minutes)
    payment.place_hold(actor, visit, from_whom, visit.held_minutes, days, number=visit.version)


@command
def mend(actor: Actor, visit_id: int, *, key: str | None = None) -> int:
    """Lets the hold of a visit that was moved before holds followed end as `follow` would; answers with the visit.

    Nothing changes where the hold is long enough, or the visit is over by now (cancelled, paid): a hold that ran out
    still stands in its row.  Raises `Refused("hold_ran_out")`, `NotFound("no_such_visit")`.
    """
    visit = steps.visit_for_change(visit_id)
    actor.require("visits.write", visit.territory_code)
    before = visit.hold_id
    if visit.state in TO_BE_PAID:
        follow(actor, visit)
    if visit.hold_id != before:
        audit.record(actor, "mend_hold.visit", "visit", visit.id, visit.territory_code, minutes=visit.held_minutes)
    return visit.id


def _payer(visit: Visit) -> payment.Payer:
    """Whose hours are on hold (also of a record merged since); of a hold that ran out, who would pay now."""
    planned = payment.payer(visit.scheme_id, visit.recipient_id, visit.funding)
    if not payment.holds(visit):
        return planned
    assert visit.hold_id is not None
    held = books.transfer(planned.tenant, visit.hold_id)
    return payment.Payer(planned.tenant, held.debit.account_id, planned.clearing)
