"""The time bank in numbers (domain.md C6: R14 and R15), for a territory and a stretch of days."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import and_, case, distinct, func, select

from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models import RequestState, ServiceRequest, Visit, VisitState, Volunteer, VolunteerState
from timebank.exchange.queries import schemes
from timebank.ledger.models import Entry, LedgerAccount, Transfer
from timebank.people.models import Person
from timebank.reports.queries import streets
from timebank.reports.queries.asked import NOT_REGISTERED, Asked, Where


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes moved on the accounts of people in the territory within the days; all positive."""

    earned: int = 0
    spent_on_care: int = 0
    spent_on_goods: int = 0
    donated: int = 0
    given_to_relatives: int = 0
    overflow: int = 0
    granted: int = 0
    grant_used: int = 0
    grant_expired: int = 0
    corrected: int = 0


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
    """The report; at most twelve statements."""
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
        hours=_hours(where),
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


# -- hours: from the ledger's entries on the accounts of people -------------------------------------------------------

PERSONAL = ("member", "grant", "group")


def _hours(where: Where) -> Hours:
    """Entries on accounts of people who live in the territory, by purpose and sign (domain.md F3)."""
    plus = func.sum(case((Entry.amount > 0, Entry.amount), else_=0))
    minus = func.sum(case((Entry.amount < 0, -Entry.amount), else_=0))
    rows = db.session.execute(
        select(LedgerAccount.kind, Transfer.purpose, Transfer.kind, plus, minus)
        .select_from(Entry)
        .join(Transfer, and_(Transfer.tenant_id == Entry.tenant_id, Transfer.id == Entry.transfer_id))
        .join(LedgerAccount, and_(LedgerAccount.tenant_id == Entry.tenant_id, LedgerAccount.id == Entry.account_id))
        .join(Person, Person.id == LedgerAccount.owner_id)
        .where(
            LedgerAccount.kind.in_(PERSONAL),
            LedgerAccount.unit == "min",
            where.place(Person.territory_code),
            Transfer.event_at >= where.asked.start,
            Transfer.event_at < where.asked.end,
        )
        .group_by(LedgerAccount.kind, Transfer.purpose, Transfer.kind)
    )
    gained: dict[tuple[str, str], int] = {}
    lost: dict[tuple[str, str], int] = {}
    corrected = 0
    for account, purpose, step, up, down in rows:
        if step == "reverse":  # taken back: counted apart, so that the other numbers stay what happened
            corrected += int(up) + int(down)
            continue
        kind = "grant" if account == "grant" else "member"
        gained[kind, purpose] = gained.get((kind, purpose), 0) + int(up)
        lost[kind, purpose] = lost.get((kind, purpose), 0) + int(down)
    return Hours(
        earned=gained.get(("member", "visit"), 0),
        spent_on_care=lost.get(("member", "visit"), 0),
        spent_on_goods=lost.get(("member", "goods"), 0) - gained.get(("member", "goods_return"), 0),
        donated=lost.get(("member", "donation"), 0),
        given_to_relatives=lost.get(("member", "transfer"), 0),
        overflow=lost.get(("member", "overflow"), 0) + gained.get(("member", "overflow"), 0),
        granted=gained.get(("grant", "grant"), 0),
        grant_used=lost.get(("grant", "visit"), 0),
        grant_expired=lost.get(("grant", "grant_expiry"), 0),
        corrected=corrected,
    )


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
