"""Keeping two people apart: a coordinator decides it, or one of the two asks for it after a visit.

The other side is told neither who asked nor why: a planned visit goes to somebody else with the usual words, an open
offer is taken back.  It holds both ways and follows merged records (`queries.apart.apart_from`).
"""

from __future__ import annotations

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.exchange.models.apart import AskedBy, BlockedPair
from timebank.exchange.models.requests import Offer, OfferState, ServiceRequest
from timebank.exchange.models.visits import Visit, VisitState
from timebank.exchange.queries import apart as queries
from timebank.exchange.rules.apart import KeepApart, check_after_visit
from timebank.exchange.service import offers, steps
from timebank.notices.service import tell
from timebank.people import queries as people

KEEPER = Actor.system("kept apart")


@command
def keep_apart(actor: Actor, wanted: KeepApart, *, key: str | None = None) -> int:
    """A coordinator ("visits.write" where one of the two lives) keeps two people apart; answers with the pair's id.

    Raises `Refused`: apart_reason_missing, apart_oneself, apart_own (the coordinator is one of the two), already_apart.
    """
    helper, recipient = people.brief(wanted.helper_id), people.brief(wanted.recipient_id)
    if helper is None or recipient is None:
        raise NotFound("no_such_person")
    if not actor.may(queries.PERMISSION, recipient.territory_code):
        actor.require(queries.PERMISSION, helper.territory_code)
    if helper.id == recipient.id:
        raise Refused("apart_oneself")
    if actor.is_self(helper.id) or actor.is_self(recipient.id):
        raise Refused("apart_own")
    if not wanted.reason.strip():
        raise Refused("apart_reason_missing", field="reason")
    if queries.open_wish(helper.id, recipient.id, AskedBy.COORDINATOR) is not None:
        raise Refused("already_apart")
    row = BlockedPair(helper_id=helper.id, recipient_id=recipient.id, asked_by=AskedBy.COORDINATOR)
    return _begin(actor, row, wanted.reason, recipient.territory_code)


@command
def not_again(actor: Actor, visit_id: int, part: str, reason: str = "", *, key: str | None = None) -> int:
    """One side of a visit asks not to meet the other again (`part`: helper, recipient); answers with the pair's id.

    That side themself, a guardian or agent, or "visits.write" who has them on the phone.  Asked twice it is one wish.
    Raises `Refused`: unknown_way, apart_too_early.
    """
    visit = steps.visit_for_change(visit_id)
    if part not in (AskedBy.HELPER, AskedBy.RECIPIENT):
        raise Refused("unknown_way")
    check_after_visit(visit.state, visit.volunteer_id)
    helper_id, recipient_id = people.resolve(visit.volunteer_id or 0), people.resolve(visit.recipient_id)
    asker = helper_id if part == AskedBy.HELPER else recipient_id
    if not actor.is_self(asker):
        _require_neutral(actor, visit.territory_code, helper_id, recipient_id)
    known = queries.open_wish(helper_id, recipient_id, AskedBy(part))
    if known is not None:
        return known
    row = BlockedPair(helper_id=helper_id, recipient_id=recipient_id, asked_by=AskedBy(part), visit_id=visit.id)
    return _begin(actor, row, reason, visit.territory_code)


def _require_neutral(actor: Actor, territory: str, *two: int) -> None:
    """A coordinator may write a wish down for somebody, but not against themself."""
    actor.require(queries.PERMISSION, territory)
    if any(actor.is_self(person_id) for person_id in two):
        raise Refused("apart_own")


def _begin(actor: Actor, row: BlockedPair, reason: str, territory: str) -> int:
    row.reason, row.begun_by = reason.strip()[:300], actor.account_id
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "keep_apart.pair", "blocked_pair", row.id, territory, asked_by=row.asked_by.value)
    separate(row.helper_id, row.recipient_id)
    return row.id


@command
def end_apart(actor: Actor, pair_id: int, reason: str = "", *, key: str | None = None) -> int:
    """The two may meet again; answers with the pair's id.

    Who asked takes back the own wish; a coordinator ("visits.write" where one of the two lives, not one of the two)
    ends any, with a reason.  Raises `Refused`: apart_reason_missing, apart_over; `NotFound("no_such_pair")`.
    """
    row = db.session.scalar(select(BlockedPair).where(BlockedPair.id == pair_id).with_for_update())
    if row is None:
        raise NotFound("no_such_pair")
    territory = _may_end(actor, row, reason)
    if row.ended_at is not None:
        raise Refused("apart_over")
    row.ended_at, row.ended_by, row.end_reason = clock.now(), actor.account_id, reason.strip()[:300]
    audit.record(actor, "end_apart.pair", "blocked_pair", row.id, territory, asked_by=row.asked_by.value)
    return row.id


@command
def again(actor: Actor, visit_id: int, part: str, *, key: str | None = None) -> int:
    """One side of a visit takes the own wish back; answers with the pair's id.  Raises `NotFound("no_such_pair")`."""
    wish = queries.own_wish(visit_id, AskedBy(part))
    if wish is None:
        raise NotFound("no_such_pair")
    return end_apart(actor, wish)


def _may_end(actor: Actor, row: BlockedPair, reason: str) -> str:
    """The territory for the audit; whoever may not know of the pair gets `NotFound`."""
    two = people.briefs((row.helper_id, row.recipient_id))
    helper, recipient = two[row.helper_id], two[row.recipient_id]
    asker = {AskedBy.HELPER: helper.id, AskedBy.RECIPIENT: recipient.id}.get(row.asked_by)
    if asker is not None and actor.is_self(asker):
        return recipient.territory_code
    codes = [one.territory_code for one in (recipient, helper) if actor.may(queries.PERMISSION, one.territory_code)]
    if not codes or queries.is_one_of(actor, row):
        raise NotFound("no_such_pair")
    if not reason.strip():
        raise Refused("apart_reason_missing", field="reason")
    return codes[0]


def separate(one_id: int, other_id: int) -> None:
    """Frees what is still planned between two people, takes back open offers and ends a series; both ways.

    Visits that have begun stay.  The people concerned get the usual notices, with no word about why.
    """
    one, other = people.ids_of(one_id), people.ids_of(other_id)
    for helpers, recipients in ((one, other), (other, one)):
        _end_series(helpers, recipients)
        _withdraw(helpers, recipients)
        _free(helpers, recipients)


def _end_series(helpers: frozenset[int], recipients: frozenset[int]) -> None:
    regular = select(ServiceRequest.id).where(
        ServiceRequest.regular_helper_id.in_(helpers), ServiceRequest.recipient_id.in_(recipients)
    )
    for request_id in db.session.scalars(regular.order_by(ServiceRequest.id)).all():
        offers.end_regular_helper(KEEPER, request_id)


def _withdraw(helpers: frozenset[int], recipients: frozenset[int]) -> None:
    asked = (
        select(Offer.id, Offer.visit_id)
        .join(Visit, Visit.id == Offer.visit_id)
        .where(Offer.state == OfferState.OFFERED, Offer.volunteer_id.in_(helpers), Visit.recipient_id.in_(recipients))
    )
    for offer_id, visit_id in db.session.execute(asked.order_by(Offer.visit_id, Offer.id)).all():
        visit = steps.visit_for_change(visit_id)
        offer = offers.offer_for_change(offer_id)
        offer.state, offer.answered_at = OfferState.WITHDRAWN, clock.now()
        tell(offer.volunteer_id, "offer_withdrawn", path="/my/visits", begins=offer.starts_at.isoformat())
        offers.lapse(KEEPER, visit, "withdrawn")


def _free(helpers: frozenset[int], recipients: frozenset[int]) -> None:
    planned = select(Visit.id).where(
        Visit.state == VisitState.SCHEDULED,
        Visit.volunteer_id.in_(helpers),
        Visit.recipient_id.in_(recipients),
        Visit.starts_at > clock.now(),
    )
    for visit_id in db.session.scalars(planned.order_by(Visit.id)).all():
        offers.free_helper(KEEPER, visit_id, "kept apart")


def merged(kept_id: int) -> None:
    """Two records were one person: what is planned with anybody that person is kept apart from is set free."""
    for other_id in sorted(queries.apart_from(kept_id)):
        if other_id != kept_id:
            separate(kept_id, other_id)
