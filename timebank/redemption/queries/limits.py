"""Which articles are limited for one person, and how much of them a person has had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from timebank.core import clock
from timebank.core.clock import civil
from timebank.core.db import db
from timebank.redemption.models import GoodsLimit, Redemption, RedemptionLine, RedemptionState
from timebank.redemption.queries.goods import ShelfItem
from timebank.redemption.rules.allowance import Reason
from timebank.redemption.rules.limits import Limit, Period, broken, first_day


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A limit from a day on; 0 pieces: none from then on."""

    pieces: int
    period: Period
    valid_from: date


def history(item_id: int) -> list[LimitLine]:
    """Every limit of an article, the newest first."""
    rows = db.session.scalars(
        select(GoodsLimit).where(GoodsLimit.item_id == item_id).order_by(GoodsLimit.valid_from.desc())
    )
    return [LimitLine(row.pieces, row.period, row.valid_from) for row in rows]


def limits_on(item_ids: Iterable[int], day: date) -> dict[int, Limit]:
    """The limits that hold on a day, by article.  One statement."""
    rows = db.session.scalars(
        select(GoodsLimit)
        .where(GoodsLimit.item_id.in_(list(item_ids)), GoodsLimit.valid_from <= day)
        .order_by(GoodsLimit.valid_from)
    )
    newest = {row.item_id: row for row in rows}
    return {item: Limit(row.pieces, row.period) for item, row in newest.items() if row.pieces}


def had(person_ids: Iterable[int], limits: Mapping[int, Limit], today: date) -> Counter[int]:
    """Pieces that a person (with the records merged into it) has had in the period of each limit, less what came back.

    One statement; none without limits.
    """
    found: Counter[int] = Counter()
    if not limits:
        return found
    since = {item: first_day(limit.period, today) for item, limit in limits.items()}
    rows = db.session.execute(
        select(RedemptionLine.item_id, Redemption.created_at, RedemptionLine.quantity - RedemptionLine.returned)
        .join(Redemption, Redemption.id == RedemptionLine.redemption_id)
        .where(
            Redemption.person_id.in_(list(person_ids)),
            Redemption.state != RedemptionState.CANCELLED,
            Redemption.created_at >= clock.at(min(since.values()), 0),
            RedemptionLine.item_id.in_(list(limits)),
        )
    )
    for item, at, pieces in rows:
        if civil(at).date() >= since[item]:
            found[item] += pieces
    return found


def over(person_ids: Iterable[int], lines: Sequence[tuple[ShelfItem, int]]) -> Iterator[Reason]:
    """Which articles of a basket are more than one person may have in this period, and why."""
    today = clock.today()
    holding = limits_on([item.article.id for item, _ in lines], today)
    taken = had(person_ids, holding, today)
    for item, pieces in lines:
        number = item.article.id
        reason = broken(holding.get(number), item.article.name, taken[number], pieces, today)
        if reason is not None:
            yield reason
