"""The time bank by street and at its desks (domain.md C6: R14, R15)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, and_, cast, distinct, func, select

from timebank.core.db import db
from timebank.exchange.models import Visit, VisitState, Volunteer, VolunteerState
from timebank.ledger.models import LedgerAccount
from timebank.redemption.models import Desk, GoodsBatch, GoodsItem, Redemption, RedemptionLine, RedemptionState
from timebank.reports.language import in_english
from timebank.reports.queries.asked import NOT_REGISTERED, Where
from timebank.territory import queries as territory

STREET = 9  # digits of a street's code


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


def streets(where: Where) -> tuple[StreetLine, ...]:
    """Every street of the territory in which something happened; four statements."""
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


def _handed(where: Where) -> ColumnElement[bool]:
    handed = (RedemptionState.DONE, RedemptionState.PARTLY_RETURNED, RedemptionState.RETURNED)
    return and_(
        where.place(Redemption.territory_code),
        Redemption.state.in_(handed),
        Redemption.created_at >= where.asked.start,
        Redemption.created_at < where.asked.end,
    )


def goods(where: Where) -> tuple[GoodsLine, ...]:
    """Every article on a shelf of the territory, the most wanted first; two statements."""
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
        .join(GoodsBatch, GoodsBatch.item_id == GoodsItem.id)
        .join(Desk, Desk.id == GoodsBatch.desk_id)
        .join(
            LedgerAccount,
            and_(LedgerAccount.id == GoodsBatch.account_id, LedgerAccount.unit == "sku:" + GoodsItem.sku),
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
