"""The time bank in numbers (domain.md C6: R14 and R15), for a territory and a stretch of days."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import and_, case, distinct, func, select

from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models import RequestState, ServiceRequest, Visit, VisitState, Volunteer, VolunteerState
from timebank.exchange.queries import schemes
from timebank.ledger.models import LedgerAccount
from timebank.people.models import Person
from timebank.reports.queries import streets
from timebank.reports.queries.asked import NOT_REGISTERED, Asked, Where
from timebank.reports.queries.hours import PERSONAL, Hours, hours


@dataclass(frozen=True, slots=True)
class ServiceLine:
    name: str
    visits: int
    minutes: int


@dataclass(frozen=True, slots=True)
class TimebankReport:
    """All numbers of the page."""

    asked: Asked
    volunteers: dict[VolunteerState, int]
    requests: dict[RequestState, int]
    visits: dict[VisitState, int]
    visit_minutes: int
    recipients: int
    helpers: int
    rating_tenths: int | None
    hours: Hours
    liability: int
    grants_open: int
    services: tuple[ServiceLine, ...]
    by_street: tuple[streets.StreetLine, ...]
    goods: tuple[streets.GoodsLine, ...] = field(default=())

    @property
    def registered(self) -> int:
        return sum(count for state, count in self.volunteers.items() if state not in NOT_REGISTERED)

    @property
    def active(self) -> int:
        return self.volunteers.get(VolunteerState.ACTIVE, 0)

    @property
    def credited(self) -> int:
        return self.visits.get(VisitState.CREDITED, 0)


def timebank(actor: Actor, asked: Asked) -> TimebankReport:
    """The report; at most thirteen statements."""
    where = Where(actor, asked)
    facts = _visit_facts(where)
    liability, grants_open = _outstanding(where)
    return TimebankReport(
        asked=asked,
        volunteers=_volunteers(where),
        requests=_requests(where),
        visits=_visits(where),
        visit_minutes=facts.minutes,
        recipients=facts.recipients,
        helpers=facts.helpers,
        rating_tenths=facts.rating_tenths,
        hours=hours(where),
        liability=liability,
        grants_open=grants_open,
        services=_services(where),
        by_street=streets.streets(where),
        goods=streets.goods(where),
    )


def _volunteers(where: Where) -> dict[VolunteerState, int]:
    rows = db.session.execute(
        select(Volunteer.state, func.count()).where(where.place(Volunteer.territory_code)).group_by(Volunteer.state)
    )
    return {row[0]: row[1] for row in rows}


def _requests(where: Where) -> dict[RequestState, int]:
    entered = and_(ServiceRequest.created_at >= where.asked.start, ServiceRequest.created_at < where.asked.end)
    rows = db.session.execute(
        select(ServiceRequest.state, func.count())
        .where(where.place(ServiceRequest.territory_code), entered)
        .group_by(ServiceRequest.state)
    )
    return {row[0]: row[1] for row in rows}


def _visits(where: Where) -> dict[VisitState, int]:
    rows = db.session.execute(select(Visit.state, func.count()).where(where.happened()).group_by(Visit.state))
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class _VisitFacts:
    minutes: int
    recipients: int
    helpers: int
    rating_tenths: int | None


def _visit_facts(where: Where) -> _VisitFacts:
    row = db.session.execute(
        select(
            func.coalesce(func.sum(Visit.minutes_credited), 0),
            func.count(distinct(Visit.recipient_id)),
            func.count(distinct(Visit.volunteer_id)),
            func.sum(Visit.rating),
            func.count(Visit.rating),
        ).where(where.happened(), Visit.state == VisitState.CREDITED)
    ).one()
    minutes, recipients, helpers, stars, rated = row
    return _VisitFacts(int(minutes or 0), recipients, helpers, round(10 * (stars or 0) / rated) if rated else None)


def _services(where: Where) -> tuple[ServiceLine, ...]:
    rows = db.session.execute(
        select(Visit.service_code, func.count(), func.coalesce(func.sum(Visit.minutes_credited), 0))
        .where(where.happened(), Visit.state == VisitState.CREDITED)
        .group_by(Visit.service_code)
        .order_by(func.count().desc())
    ).all()
    names = {service.code: service.name for service in schemes.service_types(active_only=False)}
    return tuple(ServiceLine(names.get(code, code), count, int(minutes or 0)) for code, count, minutes in rows)


def _outstanding(where: Where) -> tuple[int, int]:
    """Minutes on the accounts of people now: own hours (what the bank owes) and unused grants (domain.md F3)."""
    owed = func.sum(
        case((and_(LedgerAccount.kind != "grant", LedgerAccount.posted > 0), LedgerAccount.posted), else_=0)
    )
    grants = func.sum(case((LedgerAccount.kind == "grant", LedgerAccount.posted), else_=0))
    row = db.session.execute(
        select(func.coalesce(owed, 0), func.coalesce(grants, 0))
        .join(Person, Person.id == LedgerAccount.owner_id)
        .where(LedgerAccount.kind.in_(PERSONAL), LedgerAccount.unit == "min", where.place(Person.territory_code))
    ).one()
    return int(row[0]), int(row[1])
