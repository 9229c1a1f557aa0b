"""The time bank in numbers (domain.md C6: R14 and R15), for a territory and a stretch of days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Integer, and_, case, cast, distinct, func, select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import below, db, in_scope
from timebank.exchange.models import RequestState, ServiceRequest, Visit, VisitState, Volunteer, VolunteerState
from timebank.exchange.queries import schemes
from timebank.ledger.models import Entry, LedgerAccount, Transfer
from timebank.people.models import Person
from timebank.redemption.models import Desk, DeskStock, GoodsItem, Redemption, RedemptionLine, RedemptionState
from timebank.reports.language import in_english
from timebank.territory import queries as territory

STREET = 9  # digits of a street's code
NOT_REGISTERED = (VolunteerState.DRAFT, VolunteerState.REJECTED)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is about: days with both ends, and a territory inside the reader's."""

    since: date
    until: date
    territory: str = ""

    @property
    def start(self) -> datetime:
        return clock.at(self.since, 0)

    @property
    def end(self) -> datetime:
        return clock.at(self.until + timedelta(days=1), 0)


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
class StreetLine:
    """A street: volunteers now, recipients and visits within the days."""

    code: str
    name: str
    volunteers: int
    active: int
    recipients: int
    visits: int
    minutes: int
    goods_minutes: int


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """An item: pieces handed out (less returned) and minutes taken within the days, pieces on the shelves now."""

    name: str
    unit: str
    pieces: int
    minutes: int
    stock: int


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
    streets: tuple[StreetLine, ...]
    goods: tuple[GoodsLine, ...] = field(default=())

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
    where = _Where(actor, asked)
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
        streets=_streets(where),
        goods=_goods(where),
    )


@dataclass(frozen=True, slots=True)
class _Where:
    actor: Actor
    asked: Asked

    def place(self, column: ColumnElement[str] | object) -> ColumnElement[bool]:
        scopes = self.actor.scopes("reports.read")
        return and_(in_scope(column, scopes), below(column, self.asked.territory))  # type: ignore[arg-type]

    def happened(self) -> ColumnElement[bool]:
        """Visits whose planned or actual start lies within the days."""
        start = func.coalesce(Visit.check_in_at, Visit.starts_at)
        return and_(self.place(Visit.territory_code), start >= self.asked.start, start < self.asked.end)


def _volunteers(where: _Where) -> dict[VolunteerState, int]:
    rows = db.session.execute(
        select(Volunteer.state, func.count()).where(where.place(Volunteer.territory_code)).group_by(Volunteer.state)
    )
    return {row[0]: row[1] for row in rows}


def _requests(where: _Where) -> dict[RequestState, int]:
    entered = and_(ServiceRequest.created_at >= where.asked.start, ServiceRequest.created_at < where.asked.end)
    rows = db.session.execute(
        select(ServiceRequest.state, func.count())
        .where(where.place(ServiceRequest.territory_code), entered)
        .group_by(ServiceRequest.state)
    )
    return {row[0]: row[1] for row in rows}


def _visits(where: _Where) -> dict[VisitState, int]:
    rows = db.session.execute(select(Visit.state, func.count()).where(where.happened()).group_by(Visit.state))
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class _VisitFacts:
    minutes: int
    recipients: int
    helpers: int
    rating_tenths: int | None


def _visit_facts(where: _Where) -> _VisitFacts:
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


def _services(where: _Where) -> tuple[ServiceLine, ...]:
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


def _hours(where: _Where) -> Hours:
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


def _outstanding(where: _Where) -> tuple[int, int]:
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


# -- by street, and goods ---------------------------------------------------------------------------------------------


def _streets(where: _Where) -> tuple[StreetLine, ...]:
    helpers = _by_street(
        Volunteer.territory_code,
        [func.count(), func.sum(cast(Volunteer.state == VolunteerState.ACTIVE, Integer))],
        and_(where.place(Volunteer.territory_code), Volunteer.state.not_in(NOT_REGISTERED)),
    )
    visits = _by_street(
        Visit.territory_code,
        [func.count(distinct(Visit.recipient_id)), func.count(), func.coalesce(func.sum(Visit.minutes_credited), 0)],
        and_(where.happened(), Visit.state == VisitState.CREDITED),
    )
    goods = _by_street(
        Redemption.territory_code, [func.sum(Redemption.total_minutes - Redemption.returned_minutes)], _handed(where)
    )
    codes = sorted(helpers.keys() | visits.keys() | goods.keys())
    names = territory.path_names(codes)
    return tuple(
        StreetLine(
            code,
            names.get(code, code),
            *helpers.get(code, (0, 0)),
            *visits.get(code, (0, 0, 0)),
            *goods.get(code, (0,)),
        )
        for code in codes
    )


def _by_street(
    column: object, counted: list[ColumnElement[int]], wanted: ColumnElement[bool]
) -> dict[str, tuple[int, ...]]:
    street = func.substr(column, 1, STREET)
    rows = db.session.execute(select(street, *counted).where(wanted).group_by(street))
    return {str(row[0]): tuple(int(cell or 0) for cell in row[1:]) for row in rows}


def _handed(where: _Where) -> ColumnElement[bool]:
    handed = (RedemptionState.DONE, RedemptionState.PARTLY_RETURNED, RedemptionState.RETURNED)
    return and_(
        where.place(Redemption.territory_code),
        Redemption.state.in_(handed),
        Redemption.created_at >= where.asked.start,
        Redemption.created_at < where.asked.end,
    )


def _goods(where: _Where) -> tuple[GoodsLine, ...]:
    pieces = RedemptionLine.quantity - RedemptionLine.returned
    taken = {
        row.item_id: (int(row[1]), int(row[2]))
        for row in db.session.execute(
            select(RedemptionLine.item_id, func.sum(pieces), func.sum(pieces * RedemptionLine.price_minutes))
            .join(Redemption, Redemption.id == RedemptionLine.redemption_id)
            .where(_handed(where))
            .group_by(RedemptionLine.item_id)
        )
    }
    rows = db.session.execute(
        select(GoodsItem, func.sum(LedgerAccount.posted))
        .join(DeskStock, DeskStock.item_id == GoodsItem.id)
        .join(Desk, Desk.id == DeskStock.desk_id)
        .join(
            LedgerAccount,
            and_(LedgerAccount.id == DeskStock.account_id, LedgerAccount.unit == "sku:" + GoodsItem.sku),
        )
        .where(where.place(Desk.territory_code))
        .group_by(*GoodsItem.__table__.columns)
    )
    english = in_english()
    lines = [
        GoodsLine(
            item.name_en if english else item.name_zh,
            item.unit_en if english else item.unit_zh,
            *taken.get(item.id, (0, 0)),
            int(stock or 0),
        )
        for item, stock in rows
    ]
    return tuple(sorted(lines, key=lambda line: (-line.minutes, line.name)))
