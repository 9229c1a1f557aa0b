"""The end of the day: one clerk counts, another signs, differences are posted, and the day is closed."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.redemption.commands import DayEnd, StockCount
from timebank.redemption.models import DayClosing, DayCount
from timebank.redemption.queries import day_end as queries
from timebank.redemption.queries.day_end import Expected
from timebank.redemption.queries.desks import DeskInfo, desk
from timebank.redemption.service import stock
from timebank.redemption.service.shelves import MOST_PIECES, counted, place


def _begin(actor: Actor, desk_id: int) -> tuple[DeskInfo, Expected]:
    """The desk, locked, and what should be there.  With baskets that wait a day has no end."""
    where = desk(desk_id)
    actor.require("desk.serve", where.territory_code)
    stock.lock_desk(where.id)
    if number := queries.waiting(where):
        raise Refused("day_end_waiting", number=number)
    return where, queries.expected(where, clock.today())


@command
def record_day_end(actor: Actor, end: DayEnd, *, key: str | None = None) -> int:
    """What the first clerk counted: every article and the receipts on paper; may be counted anew until it is signed.

    Raises `Refused`: desk_day_closed, day_end_waiting, day_end_missing (an article was not counted),
    goods_count_odd, day_end_reason (a difference without its reason), day_end_receipts (receipts differ, no note).
    """
    where, books = _begin(actor, end.desk_id)
    found = dict(end.counted)
    reasons = {item: text.strip() for item, text in end.reasons if text.strip()}
    for one in books.articles:
        _check(one, found.get(one.item_id), reasons)
    if end.receipts != books.receipts and not end.note.strip():
        raise Refused("day_end_receipts", field="note", counted=end.receipts, expected=books.receipts)
    today = clock.today()
    row = queries.count_of(where.id, today)
    if row is None:
        row = DayCount(desk_id=where.id, day=today)
        db.session.add(row)
    known = {one.item_id for one in books.articles}
    row.expected = _as_kept(books)
    row.counted = {
        "items": {str(item): pieces for item, pieces in found.items() if item in known},
        "reasons": {str(item): text[:200] for item, text in reasons.items() if item in known},
        "receipts": end.receipts,
        "note": end.note.strip()[:300],
    }
    row.clerk_id, row.clerk_name, row.at = actor.account_id, actor.name[:80], clock.now()
    db.session.flush()
    audit.record(actor, "count.day_end", "desk", where.id, where.territory_code, day=today.isoformat())
    return row.id


def _check(one: queries.Article, pieces: int | None, reasons: dict[int, str]) -> None:
    if pieces is None:
        raise Refused("day_end_missing", field=f"count_{one.item_id}", item=one.name)
    if not 0 <= pieces <= MOST_PIECES:
        raise Refused("goods_count_odd", field=f"count_{one.item_id}")
    if pieces != one.books and one.item_id not in reasons:
        difference = f"{pieces - one.books:+d}"
        raise Refused("day_end_reason", field=f"reason_{one.item_id}", item=one.name, difference=difference)


@command
def sign_day_end(actor: Actor, desk_id: int, *, key: str | None = None) -> int:
    """The second clerk signs: differences are posted with their reasons and the day is closed; returns the closing.

    Raises `Refused`: desk_day_closed, day_end_nothing (nobody has counted today), day_end_oneself, day_end_moved
    (something has moved since the count), day_end_waiting.
    """
    where, books = _begin(actor, desk_id)
    today = clock.today()
    row = queries.count_of(where.id, today)
    if row is None:
        raise Refused("day_end_nothing")
    if actor.account_id is None or row.clerk_id == actor.account_id:
        raise Refused("day_end_oneself")
    if _shelf_and_receipts(row.expected) != _shelf_and_receipts(_as_kept(books)):
        raise Refused("day_end_moved")
    closing = _close(actor, where, row, books, today)
    audit.record(
        actor, "close.day", "desk_day_closing", closing.id, where.territory_code, desk=where.code, day=today.isoformat()
    )
    return closing.id


def _as_kept(books: Expected) -> dict[str, Any]:
    kept = dataclasses.asdict(books)
    return {**kept, "articles": list(kept["articles"])}


def _shelf_and_receipts(kept: dict[str, Any]) -> dict[str, Any]:
    """What belongs to this desk alone: the hours paid for goods are those of the whole time bank."""
    return {name: value for name, value in kept.items() if name not in ("sink_minutes", "receipts_minutes")}


def _close(actor: Actor, where: DeskInfo, row: DayCount, books: Expected, today: date) -> DayClosing:
    said = row.counted
    articles = [
        {**dataclasses.asdict(one), "start": one.start, "counted": pieces, "reason": reason}
        for one in books.articles
        for pieces, reason in [(said["items"][str(one.item_id)], said["reasons"].get(str(one.item_id), ""))]
    ]
    for one in articles:
        _post(actor, where, one)
    closing = DayClosing(
        desk_id=where.id,
        day=today,
        facts={
            **_as_kept(books),
            "articles": articles,
            "receipts_counted": said["receipts"],
            "note": said["note"],
        },
        first_id=row.clerk_id or 0,
        first_name=row.clerk_name,
        counted_at=row.at,
        second_id=actor.account_id,
        second_name=actor.name[:80],
    )
    db.session.add(closing)
    db.session.delete(row)
    db.session.flush()
    return closing


def _post(actor: Actor, where: DeskInfo, one: dict[str, Any]) -> None:
    """The difference of an article becomes a movement; without one nothing moves."""
    if one["counted"] == one["books"]:
        return
    _, item, shelf = place(actor, where.id, one["item_id"])
    counted(actor, where, item, shelf, StockCount(where.id, item.id, one["counted"], one["reason"]))
