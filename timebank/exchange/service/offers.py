"""Asking helpers and planning visits: offer, answer, withdraw, run out, replace, move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.exchange.models.requests import Offer, OfferState, ServiceRequest
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries import schemes
from timebank.exchange.rules.requests import check_not_answered
from timebank.exchange.rules.visits import LOOKING, Event, VisitState, after
from timebank.exchange.service import guarding, holds, partners_told, steps, together
from timebank.notices.service import tell


@command
def offer_visit(
    actor: Actor,
    visit_id: int,
    volunteer_id: int,
    starts_at: datetime,
    series: bool = False,
    *,
    answer_minutes: int | None = None,
    key: str | None = None,
) -> int:
    """Asks a helper for a visit, or (`series`) for every open visit of its request; answers with the offer's id.

    The answer is awaited for tb.offer_hours, or `answer_minutes` where somebody must come now.  Several helpers may be
    asked at once; the first to accept gets it.  Raises `Refused`: visit_not_so_far, outside_window, in_past,
    already_offered, already_offered_together, together_start, overlap and the hard rules of `rules.guards`.
    """
    visit = steps.visit_for_change(visit_id)
    actor.require("matching.offer", visit.territory_code)
    after(visit.state, Event.OFFER)
    together.require_same_start(visit, starts_at)
    _check_window(visit, starts_at)
    guarding.require_fit(visit, volunteer_id, starts_at)
    together.refuse_asked_twice(visit, volunteer_id)
    _refuse_second_offer(visit.id, volunteer_id)
    hours = schemes.parameters(visit.scheme_id, clock.today()).number("tb.offer_hours")
    wait = timedelta(hours=hours) if answer_minutes is None else timedelta(minutes=answer_minutes)
    offer = Offer(
        visit_id=visit.id,
        volunteer_id=volunteer_id,
        series=series and visit.request_id is not None,
        starts_at=starts_at,
        state=OfferState.OFFERED,
        expires_at=min(clock.now() + wait, starts_at),
        offered_by=actor.account_id,
    )
    db.session.add(offer)
    db.session.flush()
    steps.move(actor, visit, Event.OFFER, offer=offer.id, volunteer=volunteer_id)
    tell(
        volunteer_id,
        "offer_made",
        path=f"/my/offers/{offer.id}",
        service=visit.service_code,
        begins=starts_at.isoformat(),
        minutes=visit.minutes_planned,
        until=offer.expires_at.isoformat(),
    )
    return offer.id


def _check_window(visit: Visit, starts_at: datetime) -> None:
    if starts_at < clock.now():
        raise Refused("in_past", field="starts_at")
    if not visit.earliest_start <= starts_at <= visit.latest_start:
        raise Refused("outside_window", field="starts_at", earliest=visit.earliest_start, latest=visit.latest_start)


def _refuse_second_offer(visit_id: int, volunteer_id: int) -> None:
    asked = select(Offer.id).where(
        Offer.visit_id == visit_id, Offer.volunteer_id == volunteer_id, Offer.state == OfferState.OFFERED
    )
    if db.session.scalar(asked) is not None:
        raise Refused("already_offered", field="volunteer_id")


def offer_for_change(offer_id: int) -> Offer:
    """The offer, locked; raises `NotFound("no_such_offer")`."""
    offer = db.session.scalar(select(Offer).where(Offer.id == offer_id).with_for_update())
    if offer is None:
        raise NotFound("no_such_offer")
    return offer


@command
def answer_offer(actor: Actor, offer_id: int, accept: bool, note: str = "", *, key: str | None = None) -> int:
    """The helper (or the coordinator on the phone for her) says yes or no; answers with the visit's id.

    Yes plans the visit, withdraws the other offers and tells both sides; every hard rule is asked again.  Raises
    `Refused`: offer_over (answered, withdrawn, ran out, somebody was first), overlap, overlap_now and the hard rules.
    """
    known = db.session.get(Offer, offer_id)
    if known is None:
        raise NotFound("no_such_offer")
    visit = steps.visit_for_change(known.visit_id)  # visit first, then offer: the same order for everybody
    offer = offer_for_change(offer_id)
    actor.require_for(offer.volunteer_id, "matching.offer", visit.territory_code)
    check_not_answered(offer.state)
    if offer.expires_at <= clock.now():
        raise Refused("offer_over", state=OfferState.EXPIRED.value)
    offer.answered_at, offer.answer_note = clock.now(), note[:200]
    if not accept:
        offer.state = OfferState.DECLINED
        audit.record(actor, "decline.offer", "offer", offer.id, visit.territory_code, note=note)
        lapse(actor, visit, "declined")
        return visit.id
    offer.state = OfferState.ACCEPTED
    _take(actor, visit, offer)
    if offer.series:
        _assign_series(actor, visit, offer)
    return visit.id


def _take(actor: Actor, visit: Visit, offer: Offer) -> None:
    """A helper does not read in a refusal that the recipient asked for somebody else."""
    try:
        assign(actor, visit, offer.volunteer_id, offer.starts_at)
    except Refused as refusal:
        if refusal.code == "kept_apart" and actor.is_self(offer.volunteer_id):
            raise Refused("offer_over", state=OfferState.WITHDRAWN.value) from None
        raise


def assign(actor: Actor, visit: Visit, volunteer_id: int, starts_at: datetime, *, quiet: bool = False) -> None:
    """Plans the visit for the helper, with both sides told (unless `quiet`).  Raises the hard rules' refusals."""
    together.require_same_start(visit, starts_at)
    guarding.require_fit(visit, volunteer_id, starts_at)
    visit.volunteer_id = volunteer_id
    visit.starts_at = starts_at
    visit.ends_at = starts_at + timedelta(minutes=visit.minutes_planned)
    steps.move(actor, visit, Event.ACCEPT, volunteer=volunteer_id)
    steps.flush()
    _withdraw_others(visit.id)
    together.settle(actor, visit)
    if not quiet:
        steps.tell_helper(visit, "visit_planned", **steps.facts_of(visit))
        steps.tell_recipient(visit, "visit_planned", **steps.facts_of(visit))


def _withdraw_others(visit_id: int) -> None:
    open_ones = select(Offer).where(Offer.visit_id == visit_id, Offer.state == OfferState.OFFERED)
    for other in db.session.scalars(open_ones):
        other.state, other.answered_at = OfferState.WITHDRAWN, clock.now()
        tell(other.volunteer_id, "offer_withdrawn", path="/my/visits", begins=other.starts_at.isoformat())


def _assign_series(actor: Actor, first: Visit, offer: Offer) -> None:
    """The other open visits of the request at the same time of day; one that does not fit stays open."""
    request = steps.request_for_change(first.request_id or 0)
    civil = clock.civil(offer.starts_at)
    regular = Regular(offer.volunteer_id, civil.hour * 60 + civil.minute)
    if request.helpers_needed == 1 or request.regular_helper_id is None:
        request.regular_helper_id, request.regular_minute = regular.volunteer_id, regular.minute
    others = select(Visit).where(
        Visit.request_id == request.id,
        Visit.id != first.id,
        Visit.state.in_((VisitState.OPEN, VisitState.OFFERED)),
        Visit.latest_start > clock.now(),
    )
    for visit in db.session.scalars(others.order_by(Visit.earliest_start, Visit.id)).all():
        _assign(actor, visit, regular)


@dataclass(frozen=True, slots=True)
class Regular:
    """Who takes a series, and from which minute of the day."""

    volunteer_id: int
    minute: int


def assign_regular(actor: Actor, request: ServiceRequest, visit: Visit) -> bool:
    """Plans a visit for the helper who took the series; False (the visit stays open) where a hard rule forbids it."""
    if request.regular_helper_id is None or request.regular_minute is None:
        return False
    return _assign(actor, visit, Regular(request.regular_helper_id, request.regular_minute))


def _assign(actor: Actor, visit: Visit, regular: Regular) -> bool:
    if visit.state not in LOOKING or together.goes_already(visit, regular.volunteer_id):
        return False
    starts_at = clock.at(clock.civil(visit.earliest_start).date(), regular.minute)
    if not visit.earliest_start <= starts_at <= visit.latest_start or starts_at < clock.now():
        return False
    try:
        guarding.require_fit(visit, regular.volunteer_id, starts_at)
    except Refused as error:
        steps.note(actor, visit, visit.state, f"regular helper: {error.code}")
        return False
    assign(actor, visit, regular.volunteer_id, starts_at, quiet=True)
    return True


def lapse(actor: Actor, visit: Visit, reason: str) -> None:
    """Opens the visit again when its last offer is gone."""
    db.session.flush()
    left = select(Offer.id).where(Offer.visit_id == visit.id, Offer.state == OfferState.OFFERED).limit(1)
    if visit.state is VisitState.OFFERED and db.session.scalar(left) is None:
        steps.move(actor, visit, Event.LAPSE, reason)


@command
def withdraw_offer(actor: Actor, offer_id: int, *, key: str | None = None) -> int:
    """The coordinator takes an offer back; answers with the visit's id.  Raises `Refused("offer_over")`."""
    known = db.session.get(Offer, offer_id)
    if known is None:
        raise NotFound("no_such_offer")
    visit = steps.visit_for_change(known.visit_id)
    offer = offer_for_change(offer_id)
    actor.require("matching.offer", visit.territory_code)
    check_not_answered(offer.state)
    offer.state, offer.answered_at = OfferState.WITHDRAWN, clock.now()
    audit.record(actor, "withdraw.offer", "offer", offer.id, visit.territory_code)
    tell(offer.volunteer_id, "offer_withdrawn", path="/my/visits", begins=offer.starts_at.isoformat())
    lapse(actor, visit, "withdrawn")
    return visit.id


def drop_offers(visit: Visit) -> None:
    """Withdraws what is still offered for a visit that will not be (cancelled, moved)."""
    db.session.flush()
    _withdraw_others(visit.id)


@command
def expire_offers(actor: Actor, *, key: str | None = None) -> int:
    """Ends the offers nobody answered in time (tb.offer_hours); answers with their number.  A job calls it."""
    overdue = select(Offer.id, Offer.visit_id).where(Offer.state == OfferState.OFFERED, Offer.expires_at <= clock.now())
    found = db.session.execute(overdue.order_by(Offer.visit_id, Offer.id).limit(500)).all()
    for offer_id, visit_id in found:
        visit = steps.visit_for_change(visit_id)
        offer_for_change(offer_id).state = OfferState.EXPIRED
        lapse(actor, visit, "offer ran out")
    return len(found)


@command
def free_helper(actor: Actor, visit_id: int, reason: str, *, key: str | None = None) -> int:
    """The helper cannot come, or the coordinator replaces her: the visit is open again, its hold stays.

    The helper themself or "visits.write".  Raises `Refused`: reason_needed, visit_not_so_far.
    """
    visit = steps.visit_for_change(visit_id)
    actor.require_for(visit.volunteer_id or 0, "visits.write", visit.territory_code)
    if not reason.strip():
        raise Refused("reason_needed", field="reason")
    steps.tell_helper(visit, "visit_freed", **steps.facts_of(visit))
    steps.tell_recipient(visit, "helper_changes", **steps.facts_of(visit))
    steps.move(actor, visit, Event.FREE, reason, volunteer=visit.volunteer_id)
    visit.volunteer_id, visit.ends_at, visit.starts_at = None, None, visit.earliest_start
    together.settle(actor, visit)
    return visit.id


@command
def end_regular_helper(actor: Actor, request_id: int, *, key: str | None = None) -> int:
    """The helper of a series stops: visits made from now on are open; planned ones stay (free them one by one)."""
    request = steps.request_for_change(request_id)
    actor.require_for(request.regular_helper_id or 0, "visits.write", request.territory_code)
    request.regular_helper_id, request.regular_minute = None, None
    audit.record(actor, "end.regular_helper", "request", request.id, request.territory_code)
    return request.id


@command
def move_visit(
    actor: Actor, visit_id: int, starts_at: datetime, reason: str = "", told: str = "", *, key: str | None = None
) -> int:
    """Another time for one visit (coordinator); a planned helper keeps it when free then.  Answers with the visit's id.

    A partner organisation that has it keeps it too; `told`: who there knows the new time.  Its hours stay on hold until
    after the new day.  Helpers who go there together are moved together.  Raises `Refused`: in_past, same_time,
    visit_not_so_far, overlap, overlap_now, together_cannot_move (another of them cannot then), partner_cannot_then,
    partner_not_told, hold_ran_out (its hours were spent since) and the hard rules.
    """
    visit = steps.visit_for_change(visit_id)
    actor.require("visits.write", visit.territory_code)
    if starts_at < clock.now():
        raise Refused("in_past", field="starts_at")
    settled = visit.volunteer_id is not None or visit.state is VisitState.WITH_PARTNER
    if (settled or visit.earliest_start == visit.latest_start) and starts_at == visit.starts_at:
        raise Refused("same_time", field="starts_at", begins=starts_at)
    for one in [visit, *together.moves_with(visit)]:
        if one.volunteer_id is not None:
            together.require_fit(one, starts_at, alone=one is visit)
        _move(actor, one, starts_at, reason, told)
    steps.tell_recipient(visit, "visit_moved", **steps.facts_of(visit))
    return visit.id


def _move(actor: Actor, visit: Visit, starts_at: datetime, reason: str, told: str) -> None:
    """One visit to another time; its helper fits, or there is none."""
    if visit.volunteer_id is not None:
        visit.ends_at = starts_at + timedelta(minutes=visit.minutes_planned)
    elif visit.state is VisitState.WITH_PARTNER:
        partners_told.may_come(visit, starts_at, told)
        partners_told.write_down(actor, visit, partners_told.MOVED, told, reason, starts_at)
    else:
        drop_offers(visit)
        lapse(actor, visit, "moved")
    steps.move(actor, visit, Event.MOVE, reason, starts_at=starts_at.isoformat())
    visit.starts_at = visit.earliest_start = visit.latest_start = starts_at
    visit.window_from = visit.window_until = None
    steps.flush()
    holds.follow(actor, visit)
    steps.tell_helper(visit, "visit_moved", **steps.facts_of(visit))
