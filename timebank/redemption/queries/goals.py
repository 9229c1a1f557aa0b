"""How far a member is on the way to a place in a care home."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, case, func, select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.queries import schemes
from timebank.ledger.models import Entry, Transfer
from timebank.people import queries as people
from timebank.redemption.queries.standing import purse
from timebank.redemption.rules.goal import PACE_DAYS, Goal, goal

HOUR = 60


def own_goal(actor: Actor) -> Goal | None:
    """The signed-in member's goal by the rules of the time bank where they live; None without a person, or where the
    time bank gives no places for hours (tb.care_home_credits 0).  One credit is one hour.  Hours on hold still count.
    """
    person = people.brief(people.resolve(actor.person_id)) if actor.person_id else None
    if person is None:
        return None
    here = schemes.scheme_for(person.territory_code)
    hours = schemes.parameters(here.id, clock.today()).number("tb.care_home_credits")
    if not hours:
        return None
    own = purse(here.tenant, person.id)
    grown, days = _growth(here.tenant, own.account_ids)
    return goal(hours * HOUR, own.available + own.held, grown, days, clock.today())


def _growth(tenant: int, accounts: tuple[int, ...]) -> tuple[int, int]:
    """Minutes by which the accounts grew within the last year, and days since the first entry (a year at most)."""
    since = clock.now() - timedelta(days=PACE_DAYS)
    recent = func.coalesce(func.sum(case((Transfer.created_at >= since, Entry.amount), else_=0)), 0)
    grown, first = db.session.execute(
        select(recent, func.min(Transfer.created_at))
        .select_from(Entry)
        .join(Transfer, and_(Transfer.tenant_id == Entry.tenant_id, Transfer.id == Entry.transfer_id))
        .where(Entry.tenant_id == tenant, Entry.account_id.in_(accounts), Transfer.purpose != "opening")
    ).one()
    days = 0 if first is None else (clock.now() - first).days
    return int(grown), min(PACE_DAYS, days)
