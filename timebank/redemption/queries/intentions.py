"""What was entered without a line: what waits, and what became of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.people import queries as people
from timebank.redemption.models import DeskIntention, GoodsItem, IntentionState, Redemption, RedemptionState
from timebank.redemption.queries.desks import DeskInfo, in_english

SHOWN = 50


@dataclass(frozen=True, slots=True)
class IntentionRow:
    """An entry: who (as far as known), what, since when, and why it is not done."""

    id: int
    desk_id: int
    member: str
    person_id: int | None
    person_name: str
    goods: tuple[tuple[str, int], ...]
    total_minutes: int | None
    how: str
    recorded_at: datetime
    clerk_name: str
    state: str
    reason: str
    redemption_id: int | None
    receipt_no: str
    receipt_state: str  # "waiting": not handed out before a second clerk has looked


def listed(desk: DeskInfo) -> list[IntentionRow]:
    """What waits at a desk first, then the newest of the rest.  At most four statements."""
    waits = DeskIntention.state == IntentionState.OPEN
    found = db.session.execute(
        select(DeskIntention, Redemption.receipt_no, Redemption.state)
        .outerjoin(Redemption, Redemption.id == DeskIntention.redemption_id)
        .where(DeskIntention.desk_id == desk.id)
        .order_by(waits.desc(), DeskIntention.id.desc())
        .limit(SHOWN)
    ).all()
    known = people.briefs({row.person_id for row, *_ in found if row.person_id})
    names = _names({int(item) for row, *_ in found for item in row.pieces})
    return [
        _row(row, known[row.person_id].name if row.person_id in known else "", names, number, state)
        for row, number, state in found
    ]


def _row(
    row: DeskIntention, name: str, names: dict[int, str], receipt_no: str | None, state: RedemptionState | None
) -> IntentionRow:
    return IntentionRow(
        row.id,
        row.desk_id,
        row.member,
        row.person_id,
        name,
        tuple((names.get(int(item), item), int(pieces)) for item, pieces in row.pieces.items()),
        row.total_minutes,
        row.how.value,
        row.recorded_at,
        row.clerk_name,
        row.state.value,
        row.reason_en if in_english() else row.reason_zh,
        row.redemption_id,
        receipt_no or "",
        state.value if state else "",
    )


def _names(item_ids: set[int]) -> dict[int, str]:
    rows = db.session.scalars(select(GoodsItem).where(GoodsItem.id.in_(item_ids))) if item_ids else ()
    return {row.id: row.name_en if in_english() else row.name_zh for row in rows}


def one(actor: Actor, intention_id: int) -> IntentionRow:
    """An entry of a desk where the actor serves; raises NotFound."""
    row = db.session.get(DeskIntention, intention_id, populate_existing=True)
    if row is None or not actor.may("desk.serve", row.territory_code):
        raise NotFound("not_found")
    receipt = db.session.get(Redemption, row.redemption_id) if row.redemption_id else None
    names = _names({int(item) for item in row.pieces})
    return _row(row, "", names, receipt.receipt_no if receipt else None, receipt.state if receipt else None)


def open_at(desk: DeskInfo) -> int:
    """How many entries wait at a desk.  One statement."""
    return _count(DeskIntention.desk_id == desk.id)


def open_for(actor: Actor) -> int:
    """How many entries wait at the actor's desks.  One statement."""
    return _count(in_scope(DeskIntention.territory_code, actor.scopes("desk.serve")))


def _count(here: object) -> int:
    waits = DeskIntention.state == IntentionState.OPEN
    return int(db.session.scalar(select(func.count()).select_from(DeskIntention).where(waits, here)) or 0)  # type: ignore[arg-type]
