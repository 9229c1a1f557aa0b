"""What requests, offers and visits do by the clock.  Each piece is a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, transaction
from timebank.core.errors import Refused
from timebank.core.jobs import Job
from timebank.exchange.models.visits import Visit, VisitState
from timebank.exchange.queries import schemes
from timebank.exchange.service import offers, requests, steps, visits

CLOCK = Actor.system("clock")


def expire_offers() -> str:
    """Offers nobody answered (tb.offer_hours) run out."""
    return f"{_all(offers.expire_offers)} offers ran out"


def expire_requests() -> str:
    """Visits nobody took run out, their holds are freed; finished requests are closed."""
    gone = _all(requests.expire_visits)
    closed = _each(requests.unfinished(), lambda number: requests.close_request(CLOCK, number))
    return f"{gone} visits without helper ran out, {closed} requests looked at"


def _all(step: Callable[[Actor], int]) -> int:
    total = 0
    while done := step(CLOCK):
        total += done
    return total


def _each(numbers: Iterable[int], act: Callable[[int], int]) -> int:
    """Acts on each; a refusal (somebody was faster, an account is frozen) leaves that one to a person."""
    done = 0
    for number in numbers:
        try:
            act(number)
            done += 1
        except Refused:
            db.session.rollback()
    return done


def auto_confirm() -> str:
    """Visits nobody spoke about for tb.auto_confirm_days are taken as right and credited."""
    waiting = visits.to_confirm()
    done = _each(waiting, lambda number: visits.confirm(CLOCK, number, "auto"))
    return f"{done} of {len(waiting)} visits confirmed"


def roll_requests() -> str:
    """Requests that go on get the visits of the coming weeks (tb.roll_forward_weeks)."""
    made = 0
    for number in requests.to_roll():
        try:
            made += requests.roll_request(CLOCK, number)
        except Refused:
            db.session.rollback()
    return f"{made} visits made"


def remind() -> str:
    """Both sides of a visit are reminded tb.reminder_hours before, once."""
    return f"{_remind()} visits reminded of"


@transaction
def _remind() -> int:
    now = clock.now()
    rows = db.session.scalars(
        select(Visit)
        .where(
            Visit.state == VisitState.SCHEDULED, Visit.starts_at > now, Visit.starts_at <= now + timedelta(hours=168)
        )
        .order_by(Visit.starts_at)
    ).all()
    hours = {
        scheme_id: schemes.parameters(scheme_id, clock.today()).number("tb.reminder_hours")
        for scheme_id in {row.scheme_id for row in rows}
    }
    due = [row for row in rows if row.starts_at <= now + timedelta(hours=hours[row.scheme_id])]
    for visit in due:
        steps.remind(visit)
    return len(due)


JOBS = [
    Job("expire_offers", expire_offers, every_minutes=10, text=_l("Ends offers that nobody answered in time")),
    Job("expire_requests", expire_requests, every_minutes=15, text=_l("Ends visits for which nobody was found")),
    Job("auto_confirm", auto_confirm, every_minutes=30, text=_l("Confirms visits to which nobody objected")),
    Job("roll_requests", roll_requests, daily_at="02:10", text=_l("Makes the coming weeks' visits of weekly requests")),
    Job("remind_visits", remind, every_minutes=30, text=_l("Reminds both sides of tomorrow's visits")),
]
