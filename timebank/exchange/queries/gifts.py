"""Gifts to relatives as coordinators and members see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.core.parameters import Values
from timebank.exchange.models.giving import GiftState, HourGift, Proof
from timebank.exchange.rules.giving import GiftRules
from timebank.people import queries as people
from timebank.people.models import Person


@dataclass(frozen=True, slots=True)
class GiftLine:
    """A gift with the names of both sides; minutes.  `relation`: what the receiver is to the giver."""

    id: int
    giver_id: int
    giver: str
    giver_no: str
    receiver_id: int
    receiver: str
    receiver_no: str
    relation: str
    minutes: int
    note: str
    state: GiftState
    territory_code: str
    asked_at: datetime
    asked_by: int | None
    hold_until: datetime
    proof: Proof | None
    proof_note: str
    decided_at: datetime | None
    reason: str


Giver, Receiver = aliased(Person), aliased(Person)


def _lines() -> Any:
    return (
        select(HourGift, Giver.name, Giver.member_no, Receiver.name, Receiver.member_no)
        .join(Giver, Giver.id == HourGift.giver_id)
        .join(Receiver, Receiver.id == HourGift.receiver_id)
    )


def _read(wanted: Any) -> list[GiftLine]:
    return [_line(*row) for row in db.session.execute(wanted)]


def _line(row: HourGift, giver: str, giver_no: str, receiver: str, receiver_no: str) -> GiftLine:
    late = row.state is GiftState.REQUESTED and row.hold_until <= clock.now()
    return GiftLine(
        row.id,
        row.giver_id,
        giver,
        giver_no,
        row.receiver_id,
        receiver,
        receiver_no,
        row.relation,
        row.minutes,
        row.note,
        GiftState.LAPSED if late else row.state,
        row.territory_code,
        row.asked_at,
        row.asked_by,
        row.hold_until,
        row.proof,
        row.proof_note,
        row.decided_at,
        row.reason,
    )


def gifts(actor: Actor, state: GiftState | None, after: int | None = None, limit: int = PER_PAGE) -> Page[GiftLine]:
    """The gifts of the actor's territories (`gifts.read`), newest first, of one state or all; one statement a page."""
    wanted = _lines().where(in_scope(HourGift.territory_code, actor.scopes("gifts.read")))
    if state is not None:
        wanted = wanted.where(HourGift.state == state)
    if after is not None:
        wanted = wanted.where(HourGift.id < after)
    found = _read(wanted.order_by(HourGift.id.desc()).limit(limit + 1))
    return cut(found, [line.id for line in found], limit)


def gift(actor: Actor, gift_id: int) -> GiftLine:
    """One gift (`gifts.read`); raises NotFound("no_such_gift")."""
    scope = in_scope(HourGift.territory_code, actor.scopes("gifts.read"))
    found = _read(_lines().where(HourGift.id == gift_id, scope))
    if not found:
        raise NotFound("no_such_gift")
    return found[0]


def own_gifts(person_id: int) -> list[GiftLine]:
    """What a person gave and received, newest first, at most 100."""
    ids = people.ids_of(person_id)
    received = HourGift.receiver_id.in_(ids) & (HourGift.state == GiftState.POSTED)
    mine = HourGift.giver_id.in_(ids) | received
    return _read(_lines().where(mine).order_by(HourGift.id.desc()).limit(100))


def proven_before(giver_id: int, receiver_id: int) -> GiftLine | None:
    """The newest gift between the two whose proof was seen."""
    pair = (HourGift.giver_id == giver_id, HourGift.receiver_id == receiver_id, HourGift.state == GiftState.POSTED)
    found = _read(_lines().where(*pair).order_by(HourGift.id.desc()).limit(1))
    return found[0] if found else None


def waiting_count(actor: Actor) -> int:
    """Gifts whose proof the actor may look at now; one statement."""
    open_now = (HourGift.state == GiftState.REQUESTED, HourGift.hold_until > clock.now())
    scope = in_scope(HourGift.territory_code, actor.scopes("gifts.check"))
    return int(db.session.scalar(select(func.count()).select_from(HourGift).where(*open_now, scope)) or 0)


def person_named(member_no: str, name: str) -> int | None:
    """The person who has this number *and* this name, so that nobody can find out names by trying numbers."""
    found = db.session.execute(
        select(Person.id, Person.name, Person.deceased_on).where(Person.member_no == member_no.strip().upper())
    ).first()
    if found is None or found.deceased_on is not None or _plain(found.name) != _plain(name):
        return None
    return people.resolve(found.id)


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def gift_rules(values: Values) -> GiftRules:
    """The rules of a time bank on a day."""
    relations: Iterable[str] = values["tb.relatives_allowed"]
    return GiftRules(tuple(relations), values.number("tb.relative_min_age"), values.number("tb.storage_cap_minutes"))
