"""The visits of today for a coordinator: who goes where, and who has not checked in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import get_locale
from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import aliased

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.exchange.models.catalogue import ServiceType
from timebank.exchange.models.visits import Visit
from timebank.exchange.rules.visits import DONE, PLANNED, VisitState
from timebank.people.models import Person

SHOWN = (*PLANNED, *DONE, VisitState.OPEN, VisitState.OFFERED)
LATE_AFTER = timedelta(minutes=10)  # a few minutes on the stairs are not late


@dataclass(frozen=True, slots=True)
class TodaysVisit:
    """A visit of today.  `late`: planned to have begun, and nobody has checked in."""

    id: int
    state: VisitState
    starts_at: datetime
    ends_at: datetime | None
    service: str
    recipient: str
    address: str
    volunteer: str
    late: bool


@dataclass(frozen=True, slots=True)
class TodaysVisits:
    """The first visits of today and how many there are."""

    lines: tuple[TodaysVisit, ...]
    total: int


def visits_today(actor: Actor, limit: int = 12) -> TodaysVisits:
    """Today's visits in the actor's territories ("visits.read"): the late ones, what is to come, what is over.

    One statement.
    """
    now, today = clock.now(), clock.today()
    recipient, helper = aliased(Person), aliased(Person)
    late = and_(Visit.state == VisitState.SCHEDULED, Visit.starts_at < now - LATE_AFTER)
    order = case((late, 0), (Visit.state.in_((*PLANNED, VisitState.OPEN, VisitState.OFFERED)), 1), else_=2)
    rows = db.session.execute(
        select(Visit, ServiceType, recipient.name, recipient.address, helper.name, func.count().over())
        .join(ServiceType, ServiceType.code == Visit.service_code)
        .join(recipient, recipient.id == Visit.recipient_id)
        .outerjoin(helper, helper.id == Visit.volunteer_id)
        .where(
            in_scope(Visit.territory_code, actor.scopes("visits.read")),
            Visit.state.in_(SHOWN),
            Visit.starts_at >= clock.at(today, 0),
            Visit.starts_at < clock.at(today, 1440),
        )
        .order_by(order, Visit.starts_at, Visit.id)
        .limit(limit)
    ).all()
    return TodaysVisits(tuple(_line(*row[:5], now) for row in rows), rows[0][5] if rows else 0)


def _line(
    visit: Visit, service: ServiceType, recipient: str, address: str, helper: str | None, now: datetime
) -> TodaysVisit:
    locale = get_locale()
    return TodaysVisit(
        id=visit.id,
        state=visit.state,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        service=service.name_en if locale is not None and locale.language == "en" else service.name_zh,
        recipient=recipient,
        address=address,
        volunteer=helper or "",
        late=visit.state is VisitState.SCHEDULED and visit.starts_at < now - LATE_AFTER,
    )
