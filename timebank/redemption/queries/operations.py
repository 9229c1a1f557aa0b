"""What a desk did last, and what it did not finish: for the clerk whose line dropped or whose power failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.people import queries as people
from timebank.redemption.models import Basket, Redemption, RedemptionLine, RedemptionReturn, RedemptionState
from timebank.redemption.queries.desks import DeskInfo
from timebank.redemption.rules.again import same_basket
from timebank.redemption.rules.allowance import RedeemRules

SHOWN = 8
OPEN_HOURS = 24  # an older basket was left, not interrupted
STATES = {RedemptionState.WAITING: "waiting", RedemptionState.CANCELLED: "cancelled"}


@dataclass(frozen=True, slots=True)
class Operation:
    """Something at a desk: `state` is done, waiting, cancelled or open (a basket: nothing is booked); minutes."""

    at: datetime
    kind: str  # handed, returned, basket
    state: str
    person_id: int
    minutes: int | None
    receipt_id: int | None
    receipt_no: str
    clerk_name: str
    person_name: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """A receipt over the same goods for the same member, made just now."""

    id: int
    receipt_no: str
    at: datetime


def last(actor: Actor, desk: DeskInfo, limit: int = SHOWN) -> list[Operation]:
    """The newest operations of a desk, with the actor's own baskets that are not handed out.  Five statements."""
    found = [*_handed(desk, limit), *_returned(desk, limit), *_baskets(actor, desk, limit)]
    newest = sorted(found, key=lambda one: one.at, reverse=True)[:limit]
    known = people.briefs({one.person_id for one in newest})
    return [replace(one, person_name=known[one.person_id].name if one.person_id in known else "") for one in newest]


def _handed(desk: DeskInfo, limit: int) -> list[Operation]:
    rows = db.session.scalars(
        select(Redemption).where(Redemption.desk_id == desk.id).order_by(Redemption.id.desc()).limit(limit)
    )
    return [
        Operation(
            row.created_at,
            "handed",
            STATES.get(row.state, "done"),
            row.person_id,
            row.total_minutes,
            row.id,
            row.receipt_no,
            row.clerk_name,
        )
        for row in rows
    ]


def _returned(desk: DeskInfo, limit: int) -> list[Operation]:
    rows = db.session.execute(
        select(RedemptionReturn, Redemption)
        .join(Redemption, Redemption.id == RedemptionReturn.redemption_id)
        .where(Redemption.desk_id == desk.id)
        .order_by(RedemptionReturn.id.desc())
        .limit(limit)
    )
    return [
        Operation(back.at, "returned", "done", row.person_id, back.minutes, row.id, row.receipt_no, back.clerk_name)
        for back, row in rows
    ]


def _baskets(actor: Actor, desk: DeskInfo, limit: int) -> list[Operation]:
    mine = (Basket.desk_id == desk.id, Basket.clerk_id == (actor.account_id or 0))
    recent = Basket.changed_at > clock.now() - timedelta(hours=OPEN_HOURS)
    rows = db.session.scalars(select(Basket).where(*mine, recent).order_by(Basket.changed_at.desc()).limit(limit))
    return [
        Operation(row.changed_at, "basket", "open", row.person_id, None, None, "", actor.name)
        for row in rows
        if row.pieces
    ]


def just_now(desk: DeskInfo, person_ids: Iterable[int], pieces: Mapping[int, int], rules: RedeemRules) -> Before | None:
    """The newest receipt over exactly these pieces (item to count) within tb.same_again_minutes.  One statement."""
    if not rules.same_again_minutes or not pieces:
        return None
    since = clock.now() - timedelta(minutes=rules.same_again_minutes)
    rows = db.session.execute(
        select(Redemption.id, Redemption.receipt_no, Redemption.created_at)
        .add_columns(RedemptionLine.item_id, RedemptionLine.quantity)
        .join(RedemptionLine, RedemptionLine.redemption_id == Redemption.id)
        .where(
            Redemption.desk_id == desk.id,
            Redemption.person_id.in_(list(person_ids)),
            Redemption.state.in_([RedemptionState.WAITING, RedemptionState.DONE]),
            Redemption.created_at > since,
        )
        .order_by(Redemption.id.desc())
    ).all()
    found = same_basket(pieces, [(row.id, row.item_id, row.quantity) for row in rows])
    return next((Before(row.id, row.receipt_no, row.created_at) for row in rows if row.id == found), None)
