"""Making the visits of a request: all at once, or week by week for a request that goes on."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import date, timedelta

from timebank.core import clock, hooks
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.parameters import Values
from timebank.exchange.models.requests import ServiceRequest
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries import schemes
from timebank.exchange.rules.recurrence import Pattern, Window, weekdays_of, windows
from timebank.exchange.rules.requests import Funding
from timebank.exchange.rules.visits import VisitState
from timebank.exchange.service import payment, steps


@dataclass(frozen=True, slots=True)
class Plan:
    """Occasions still to be made, up to `until`, with how many helpers, what each costs (minutes), whose hours pay."""

    windows: list[Window]
    until: date
    each: int
    payer: payment.Payer
    days_kept: int
    helpers: int = 1

    @property
    def visits(self) -> int:
        return len(self.windows) * self.helpers

    @property
    def occasion(self) -> int:
        """What all helpers of one occasion cost (minutes)."""
        return self.each * self.helpers


def pattern_of(request: ServiceRequest) -> Pattern:
    """The request's days and times."""
    return Pattern(
        request.first_day,
        request.last_day,
        weekdays_of(request.weekdays),
        request.earliest_minute,
        request.latest_minute,
    )


def plan(request: ServiceRequest, parameters: Values) -> Plan:
    """The visits that come next: those within tb.roll_forward_weeks that have not gone by, or all that were bought."""
    weeks = parameters.number("tb.roll_forward_weeks")
    until = max(clock.today(), request.first_day) + timedelta(days=7 * weeks - 1)
    if request.last_day is not None and hooks.ask("bought_whole", request_id=request.id):
        until = max(until, request.last_day)
    coming = [w for w in windows(pattern_of(request), request.made_until, until) if w.latest > clock.now()]
    service = schemes.service_type(request.service_code)
    return Plan(
        coming,
        until,
        payment.price(request.minutes, service, parameters),
        payment.payer(request.scheme_id, request.recipient_id, request.funding.value),
        parameters.number("tb.hold_days_after_visit"),
        request.helpers_needed,
    )


def make(actor: Actor, request: ServiceRequest, planned: Plan) -> list[Visit]:
    """Adds the planned visits, each with its hold.  Raises `Refused("not_enough_hours")` before touching the ledger."""
    needed = planned.each * planned.visits
    payment.require_available(planned.payer, request.funding.value, needed, planned.visits)
    made = [visit for window in planned.windows for visit in _occasion(actor, request, window, planned)]
    request.made_until = planned.until
    return made


def affordable(request: ServiceRequest, planned: Plan) -> Plan:
    """As many of the planned visits, from the first on, as the payer's hours allow."""
    if request.funding is Funding.ISSUED or not planned.windows:
        return planned
    count = max(0, payment.available(planned.payer)) // max(1, planned.occasion)
    if count >= len(planned.windows):
        return planned
    paid = planned.windows[:count]
    until = planned.windows[count].day - timedelta(days=1)
    return replace(planned, windows=paid, until=until)


def _occasion(actor: Actor, request: ServiceRequest, window: Window, planned: Plan) -> list[Visit]:
    """A visit for each helper who is needed at once."""
    together = uuid.uuid4() if planned.helpers > 1 else None
    return [_visit(actor, request, window, planned, together) for _ in range(planned.helpers)]


def _visit(actor: Actor, request: ServiceRequest, window: Window, planned: Plan, together: uuid.UUID | None) -> Visit:
    if not request.code:
        request.code = f"{secrets.randbelow(1_000_000):06d}"
    visit = Visit(
        request_id=request.id,
        scheme_id=request.scheme_id,
        recipient_id=request.recipient_id,
        territory_code=request.territory_code,
        service_code=request.service_code,
        state=VisitState.OPEN,
        funding=request.funding.value,
        earliest_start=window.earliest,
        latest_start=window.latest,
        starts_at=window.earliest,
        minutes_planned=request.minutes,
        together=together,
        code=request.code,
    )
    db.session.add(visit)
    db.session.flush()
    payment.place_hold(actor, visit, planned.payer, planned.each, planned.days_kept)
    steps.note(actor, visit, None)
    return visit
