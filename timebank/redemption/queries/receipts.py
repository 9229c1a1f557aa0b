"""Receipts: one with its whole chain, lists by key, the member's own, the day of a desk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.people import queries as people
from timebank.redemption.models import (
    ConfirmedHow,
    Desk,
    GoodsItem,
    Redemption,
    RedemptionLine,
    RedemptionReturn,
    RedemptionState,
    ReturnLine,
)
from timebank.redemption.queries.batches import TakeInfo, takes_of
from timebank.redemption.queries.companions import CompanionInfo, companion_of, signature_of
from timebank.redemption.queries.desks import in_english


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """An article on a receipt: pieces, minutes each, pieces that came back."""

    id: int
    item_id: int
    sku: str
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    quantity: int
    price_minutes: int
    returned: int

    @property
    def name(self) -> str:
        return self.name_en if in_english() else self.name_zh

    @property
    def unit(self) -> str:
        return self.unit_en if in_english() else self.unit_zh

    @property
    def minutes(self) -> int:
        return self.quantity * self.price_minutes

    @property
    def left(self) -> int:
        return self.quantity - self.returned


@dataclass(frozen=True, slots=True)
class ReturnInfo:
    """Goods that came back: when, what, why, minutes given back."""

    id: int
    at: datetime
    minutes: int
    reason: str
    to_shelf: bool
    clerk_name: str
    pieces: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A receipt in a list."""

    id: int
    receipt_no: str
    person_id: int
    person_name: str
    member_no: str
    desk_id: int
    desk_name: str
    state: RedemptionState
    total_minutes: int
    returned_minutes: int
    clerk_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt with its lines and what happened to it since."""

    row: Row
    territory_code: str
    desk_names: tuple[str, str]  # Chinese, English
    desk_address: str
    desk_phone: str
    available_after: int | None
    confirmed_how: str
    confirm_note: str
    companion: CompanionInfo | None
    signature: str  # strokes on the screen, as SVG path data
    clerk_id: int | None
    second_clerk_name: str
    expires_at: datetime | None
    closed_reason: str
    group_id: str
    postings: tuple[str, ...]
    lines: tuple[ReceiptLine, ...]
    takes: tuple[TakeInfo, ...]  # from which deliveries
    returns: tuple[ReturnInfo, ...]


def receipt(actor: Actor, redemption_id: int) -> Receipt:
    """A receipt for the member, a guardian or agent, the desk that made it, or redemptions.read; else NotFound."""
    wanted = select(Redemption, Desk).join(Desk, Desk.id == Redemption.desk_id).where(Redemption.id == redemption_id)
    found = db.session.execute(wanted).first()
    if found is None or not _may_see(actor, found[0]):
        raise NotFound("not_found")
    row, desk = found
    lines = _lines([row.id])[row.id]
    return Receipt(
        row=_rows([(row, desk)])[0],
        territory_code=row.territory_code,
        desk_names=(desk.name_zh, desk.name_en),
        desk_address=desk.address,
        desk_phone=desk.phone,
        available_after=row.available_after,
        confirmed_how=row.confirmed_how.value,
        confirm_note=row.confirm_note,
        companion=companion_of(row.id),
        signature=signature_of(row.id) if row.confirmed_how is ConfirmedHow.PAD else "",
        clerk_id=row.clerk_id,
        second_clerk_name=row.second_clerk_name,
        expires_at=row.expires_at,
        closed_reason=row.closed_reason,
        group_id=str(row.group_id),
        postings=tuple(row.postings),
        lines=tuple(lines),
        takes=tuple(take for takes in takes_of(line.id for line in lines).values() for take in takes),
        returns=_returns(row.id, {line.id: line for line in lines}),
    )


def _may_see(actor: Actor, row: Redemption) -> bool:
    own = actor.is_self(row.person_id) or (
        actor.person_id is not None and row.person_id in people.ids_of(actor.person_id)
    )
    return own or any(actor.may(permission, row.territory_code) for permission in ("redemptions.read", "desk.serve"))


def _lines(redemption_ids: Iterable[int]) -> dict[int, list[ReceiptLine]]:
    rows = db.session.execute(
        select(RedemptionLine, GoodsItem)
        .join(GoodsItem, GoodsItem.id == RedemptionLine.item_id)
        .where(RedemptionLine.redemption_id.in_(list(redemption_ids)))
        .order_by(RedemptionLine.id)
    )
    found: dict[int, list[ReceiptLine]] = defaultdict(list)
    for line, item in rows:
        found[line.redemption_id].append(_line(line, item))
    return found


def _line(line: RedemptionLine, item: GoodsItem) -> ReceiptLine:
    return ReceiptLine(
        line.id,
        item.id,
        item.sku,
        item.name_zh,
        item.name_en,
        item.unit_zh,
        item.unit_en,
        line.quantity,
        line.price_minutes,
        line.returned,
    )


def _returns(redemption_id: int, lines: dict[int, ReceiptLine]) -> tuple[ReturnInfo, ...]:
    rows = db.session.execute(
        select(RedemptionReturn, ReturnLine.line_id, ReturnLine.quantity)
        .join(ReturnLine, ReturnLine.return_id == RedemptionReturn.id)
        .where(RedemptionReturn.redemption_id == redemption_id)
        .order_by(RedemptionReturn.id, ReturnLine.id)
    )
    pieces: dict[int, list[tuple[str, int]]] = defaultdict(list)
    heads: dict[int, RedemptionReturn] = {}
    for head, line_id, quantity in rows:
        heads[head.id] = head
        pieces[head.id].append((lines[line_id].name, quantity))
    return tuple(
        ReturnInfo(one.id, one.at, one.minutes, one.reason, one.to_shelf, one.clerk_name, tuple(pieces[one.id]))
        for one in heads.values()
    )


def _rows(found: Sequence[Any], briefs: Mapping[int, people.PersonBrief] | None = None) -> list[Row]:
    briefs = people.briefs({row.person_id for row, _ in found}) if briefs is None else briefs
    english = in_english()
    return [
        Row(
            row.id,
            row.receipt_no,
            row.person_id,
            briefs[row.person_id].name if row.person_id in briefs else "",
            briefs[row.person_id].member_no if row.person_id in briefs else "",
            desk.id,
            desk.name_en if english else desk.name_zh,
            row.state,
            row.total_minutes,
            row.returned_minutes,
            row.clerk_name,
            row.created_at,
        )
        for row, desk in found
    ]


# -- lists -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of receipts is narrowed to; days are civil, both included."""

    text: str = ""
    state: str = ""
    desk_id: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    person_ids: frozenset[int] = frozenset()  # only these members'


def redemptions(actor: Actor, wanted: Filter, after: str | None = None, limit: int = PER_PAGE) -> Page[Row]:
    """The receipts the actor may see (redemptions.read), newest first, by key."""
    question = _wanted(actor, wanted)
    if after and after.isdecimal():
        question = question.where(Redemption.id < int(after))
    found = db.session.execute(question.order_by(Redemption.id.desc()).limit(limit + 1)).all()
    rows = _rows([(row[0], row[1]) for row in found])
    return cut(rows, [row.id for row in rows], limit)


def count(actor: Actor, wanted: Filter) -> int:
    """How many receipts the filter means."""
    return int(db.session.scalar(select(func.count()).select_from(_wanted(actor, wanted).subquery())) or 0)


def _wanted(actor: Actor, wanted: Filter) -> Any:
    question = (
        select(Redemption, Desk)
        .join(Desk, Desk.id == Redemption.desk_id)
        .where(in_scope(Redemption.territory_code, actor.scopes("redemptions.read")))
    )
    if wanted.state in set(RedemptionState):
        question = question.where(Redemption.state == RedemptionState(wanted.state))
    if wanted.person_ids:
        question = question.where(Redemption.person_id.in_(wanted.person_ids))
    if wanted.desk_id:
        question = question.where(Redemption.desk_id == wanted.desk_id)
    if wanted.first_day:
        question = question.where(Redemption.created_at >= clock.at(wanted.first_day, 0))
    if wanted.last_day:
        question = question.where(Redemption.created_at < clock.at(wanted.last_day + timedelta(days=1), 0))
    return question.where(_meant(actor, wanted.text)) if wanted.text.strip() else question


def _meant(actor: Actor, text: str) -> Any:
    """A receipt number, or the member by name, pinyin, initials, phone or member number."""
    permission = "people.find" if actor.has("people.find") else "people.read"
    persons = [hit.id for hit in people.search(actor, text, permission=permission, limit=50)]
    number = func.upper(Redemption.receipt_no).contains(text.strip().upper(), autoescape=True)
    return or_(number, Redemption.person_id.in_(persons))


def export_rows(actor: Actor, wanted: Filter) -> list[tuple[Row, list[ReceiptLine]]]:
    """Every receipt of the filter with its lines, oldest first, for a file (at most 20,000)."""
    found = db.session.execute(_wanted(actor, wanted).order_by(Redemption.id).limit(20_000)).all()
    rows = _rows([(row[0], row[1]) for row in found])
    lines = _lines(row.id for row in rows)
    return [(row, lines.get(row.id, [])) for row in rows]


def waiting(actor: Actor) -> list[Row]:
    """What waits for a second clerk at the actor's desks (desk.serve), the oldest first."""
    found = db.session.execute(
        select(Redemption, Desk)
        .join(Desk, Desk.id == Redemption.desk_id)
        .where(
            Redemption.state == RedemptionState.WAITING,
            in_scope(Redemption.territory_code, actor.scopes("desk.serve")),
        )
        .order_by(Redemption.id)
    ).all()
    return _rows([(row[0], row[1]) for row in found])


def waiting_count(actor: Actor) -> int:
    """How many baskets of other clerks wait for the actor.  One statement."""
    here = in_scope(Redemption.territory_code, actor.scopes("desk.serve"))
    others = Redemption.clerk_id != (actor.account_id or 0)
    wanted = select(func.count()).where(Redemption.state == RedemptionState.WAITING, others, here)
    return int(db.session.scalar(wanted) or 0)


def of_person(person_ids: Iterable[int], after: str | None = None, limit: int = PER_PAGE) -> Page[Row]:
    """A member's own receipts, newest first."""
    question = (
        select(Redemption, Desk)
        .join(Desk, Desk.id == Redemption.desk_id)
        .where(Redemption.person_id.in_(list(person_ids)))
    )
    if after and after.isdecimal():
        question = question.where(Redemption.id < int(after))
    found = db.session.execute(question.order_by(Redemption.id.desc()).limit(limit + 1)).all()
    rows = _rows([(row[0], row[1]) for row in found])
    return cut(rows, [row.id for row in rows], limit)


def of_person_seen_by(actor: Actor, person_id: int) -> tuple[int, date | None]:
    """How many receipts of a member the actor may read, and the day of the last.  One statement."""
    seen = _wanted(actor, Filter(person_ids=frozenset({person_id}))).subquery()
    number, last = db.session.execute(select(func.count(), func.max(seen.c.created_at)).select_from(seen)).one()
    return int(number), clock.civil(last).date() if last else None


def last_of_person(person_ids: Iterable[int], limit: int = 3) -> list[Row]:
    """The newest receipts of a member, for the desk (without names).  One statement."""
    found = db.session.execute(
        select(Redemption, Desk)
        .join(Desk, Desk.id == Redemption.desk_id)
        .where(Redemption.person_id.in_(list(person_ids)))
        .order_by(Redemption.id.desc())
        .limit(limit)
    ).all()
    return _rows([(row[0], row[1]) for row in found], {})
