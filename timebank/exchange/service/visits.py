"""The visit itself: check in and out, confirm (which credits), rate, no-show (domain.md C3.2, C3.3, F1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from timebank.access import queries as access
from timebank.access import service as secrets_of
from timebank.access.service import codes
from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries import schemes, slips
from timebank.exchange.rules.credit import actual_minutes
from timebank.exchange.rules.signatures import signed
from timebank.exchange.rules.slips import tidy
from timebank.exchange.rules.visits import BY_TELEPHONE, Event, VisitState, after, channel_of, check_end, check_start
from timebank.exchange.service import payment, steps
from timebank.exchange.service.closing import close_when_done
from timebank.exchange.service.disputes import dispute, settle_dispute

__all__ = [
    "allow_extra",
    "begin",
    "check_in",
    "check_out",
    "confirm",
    "dispute",
    "mark_no_show",
    "rate",
    "settle_dispute",
    "to_confirm",
    "unlock_code",
]

WAYS_IN = ("button", "code", *BY_TELEPHONE)
NO_SHOW_MEMOS = {
    "volunteer": "志愿者没有到 / the helper did not come",
    "recipient": "服务对象不在 / the recipient was not there",
}
WAYS_TO_CONFIRM = ("pin", "signature", "portal", "call", "auto")


def check_in(
    actor: Actor,
    visit_id: int,
    how: str,
    code: str | None = None,
    at: datetime | None = None,
    *,
    key: str | None = None,
) -> int:
    """The helper is there.  `how`: button, code (six digits of the recipient's paper card, or the member card), phone.

    The helper (now), or "visits.write" for a helper on the phone (`at` may lie back).  Answers with the visit's id.
    Wrong codes are counted in transactions of their own, before, for the visit and for the caller.
    Raises `Refused`: visit_not_so_far, wrong_visit_code, visit_code_locked, too_early, too_late, in_future,
    still_checked_in, unknown_way.
    """
    if how == "code":
        visit = db.session.get(Visit, visit_id)
        if visit is None:
            raise NotFound("no_such_visit")
        _moment(actor, visit, how, at)
        if visit.state is VisitState.SCHEDULED:  # a retry of a visit that has begun asks for no code again
            codes.check_visit_code(actor, visit_id, lambda: _is_code(visit, code or ""))
    return begin(actor, visit_id, how, code, at, key=key)


@command
def begin(
    actor: Actor,
    visit_id: int,
    how: str,
    code: str | None = None,
    at: datetime | None = None,
    *,
    key: str | None = None,
) -> int:
    """As `check_in`, for callers inside a transaction of their own: a wrong code is refused and not counted."""
    visit = steps.visit_for_change(visit_id)
    moment = _moment(actor, visit, how, at)
    after(visit.state, Event.CHECK_IN)
    if how == "code" and not _is_code(visit, code or ""):
        raise Refused("no_visit_code", field="code")
    parameters = schemes.parameters(visit.scheme_id, clock.today())
    early = timedelta(minutes=parameters.number("tb.check_in_early_minutes"))
    check_start(moment, visit.starts_at, max(visit.latest_start, visit.starts_at), early=early, now=clock.now())
    _refuse_two_at_once(visit)
    visit.check_in_at, visit.check_in_how = moment, how
    steps.move(actor, visit, Event.CHECK_IN, channel=channel_of(how), how=how)
    steps.flush()
    return visit.id


def _moment(actor: Actor, visit: Visit, how: str, at: datetime | None) -> datetime:
    """When it happened: now for the helper; what the coordinator was told on the phone."""
    if how not in WAYS_IN:
        raise Refused("unknown_way", field="how")
    by_staff = actor.may("visits.write", visit.territory_code) and not actor.is_self(visit.volunteer_id)
    if how in BY_TELEPHONE or at is not None:
        if not by_staff:
            actor.require("visits.write", visit.territory_code)
            raise Refused("not_your_own_clock", field="at")
        return (at or clock.now()).replace(second=0, microsecond=0)
    actor.require_for(visit.volunteer_id or 0, "visits.write", visit.territory_code)
    return clock.now()


def _is_code(visit: Visit, code: str) -> bool:
    digits = tidy(code)
    if (visit.code and slips.fits(digits, visit.code)) or slips.fits(digits, slips.day_code(visit)):
        return True
    return bool(digits) and access.person_by_card(digits) == visit.recipient_id


@command
def unlock_code(actor: Actor, visit_id: int, *, key: str | None = None) -> int:
    """The coordinator ("visits.write") lets the code of a visit be tried again; answers with the visit's id.

    The helper's own count is forgotten too: who mistyped ten times is not locked out of the next visit.
    """
    visit = steps.visit_for_change(visit_id)
    actor.require("visits.write", visit.territory_code)
    helper = access.account_of_person(visit.volunteer_id) if visit.volunteer_id else None
    codes.unlock_visit_code(visit_id, helper.id if helper else None)
    audit.record(actor, "unlock_code.visit", "visit", visit.id, visit.territory_code)
    return visit.id


def _refuse_two_at_once(visit: Visit) -> None:
    other = db.session.scalar(
        select(Visit).where(Visit.volunteer_id == visit.volunteer_id, Visit.state == VisitState.IN_PROGRESS).limit(1)
    )
    if other is not None:
        service = schemes.service_type(other.service_code).name
        raise Refused("still_checked_in", service=service, begins=other.check_in_at)


@command
def check_out(
    actor: Actor,
    visit_id: int,
    break_minutes: int = 0,
    at: datetime | None = None,
    note: str = "",
    *,
    how: str = "button",
    key: str | None = None,
) -> int:
    """The helper leaves; the minutes are counted and wait for the recipient's word.  Answers with the visit's id.

    Raises `Refused`: visit_not_so_far, not_a_minute, ends_before_start, too_long, in_future, break_negative,
    break_too_long, overlap, overlap_now.
    """
    visit = steps.visit_for_change(visit_id)
    how = "phone" if at is not None and how not in BY_TELEPHONE else how
    moment = _moment(actor, visit, how, at)
    if visit.check_in_at is None or visit.state is not VisitState.IN_PROGRESS:
        raise Refused("visit_not_so_far", state=visit.state.value, event=Event.CHECK_OUT.value)
    check_end(visit.check_in_at, moment, schemes.service_type(visit.service_code).max_minutes, clock.now())
    visit.minutes_actual = actual_minutes(visit.check_in_at, moment, break_minutes)
    steps.refuse_worked_twice(visit, moment)
    visit.check_out_at, visit.break_minutes = moment, break_minutes
    visit.note = "\n".join(part for part in (visit.note, note.strip()) if part)
    steps.move(actor, visit, Event.CHECK_OUT, channel=channel_of(how), minutes=visit.minutes_actual)
    steps.flush()
    steps.tell_recipient(visit, "please_confirm", **steps.facts_of(visit), minutes=visit.minutes_actual)
    return visit.id


def confirm(
    actor: Actor,
    visit_id: int,
    how: str,
    rating: int | None = None,
    note: str = "",
    *,
    pin: str | None = None,
    signature: str | None = None,
    key: str | None = None,
) -> int:
    """The recipient says that it was so; the hours are credited in the same transaction.  Answers with the visit's id.

    `how`: pin (recipient's, typed at the door), signature (SVG path of the pad), portal (recipient, guardian, agent),
    call (coordinator, "visits.confirm"), auto (the clock).  A wrong PIN is counted in a transaction of its own, before.
    Raises `Refused`: wrong_pin, pin_locked, pin_missing, signature_missing, confirm_own, visit_not_so_far,
    insufficient_time.
    """
    if how == "pin":
        visit = db.session.get(Visit, visit_id)
        if visit is None:
            raise NotFound("no_such_visit")
        _may_confirm(actor, visit, how, None)
        if visit.state is VisitState.AWAITING_CONFIRMATION:  # a retry of a confirmed visit asks for no PIN again
            secrets_of.check_pin(visit.recipient_id, (pin or "").strip())
    return _confirm(actor, visit_id, how, rating, note, signature=signature, key=key)


@command
def _confirm(
    actor: Actor,
    visit_id: int,
    how: str,
    rating: int | None,
    note: str,
    *,
    signature: str | None,
    key: str | None = None,
) -> int:
    visit = steps.visit_for_change(visit_id)
    _may_confirm(actor, visit, how, signature)
    steps.move(actor, visit, Event.CONFIRM, how=how)
    visit.confirmed_how, visit.confirmed_by, visit.confirmed_at = how, actor.account_id, clock.now()
    visit.signature = signature if how == "signature" else None
    _rate(visit, rating, note)
    payment.pay(actor, visit)
    steps.flush()
    close_when_done(actor, visit.request_id)
    steps.tell_credited(visit)
    return visit.id


def _may_confirm(actor: Actor, visit: Visit, how: str, signature: str | None) -> None:
    """Who may say so: never the helper alone (the PIN and the signature are the recipient's)."""
    if how not in WAYS_TO_CONFIRM:
        raise Refused("unknown_way", field="how")
    helps = visit.volunteer_id is not None and actor.person_id == visit.volunteer_id
    if how in ("pin", "signature"):
        if not (helps or actor.is_self(visit.recipient_id)):
            actor.require("visits.confirm", visit.territory_code)
        if how == "signature" and signature is not None:
            _check_signature(signature)
        elif how == "signature":
            raise Refused("signature_missing", field="signature")
        return
    if helps:
        raise Refused("confirm_own", field="how")
    if how == "portal":
        actor.require_for(visit.recipient_id, "visits.confirm", visit.territory_code)
    elif how == "auto" and not actor.everything:
        raise Refused("unknown_way", field="how")
    else:
        actor.require("visits.confirm", visit.territory_code)


def _check_signature(path: str) -> None:
    """A drawing of some length, and nothing but path data in it."""
    if not signed(path):
        raise Refused("signature_missing", field="signature")


def _rate(visit: Visit, rating: int | None, note: str) -> None:
    if rating is None and not note.strip():
        return
    if rating is not None and rating not in range(1, 6):
        raise Refused("rating_range", field="rating")
    visit.rating, visit.rating_note = rating, note.strip()[:300]


@command
def rate(actor: Actor, visit_id: int, rating: int, note: str = "", *, key: str | None = None) -> int:
    """The recipient's stars (1-5) and words, now or later; answers with the visit's id.  Raises `Refused`."""
    visit = steps.visit_for_change(visit_id)
    actor.require_for(visit.recipient_id, "visits.confirm", visit.territory_code)
    if visit.state not in (VisitState.CREDITED, VisitState.AWAITING_CONFIRMATION):
        raise Refused("visit_not_so_far", state=visit.state.value, event="rate")
    _rate(visit, rating, note)
    audit.record(actor, "rate.visit", "visit", visit.id, visit.territory_code, rating=rating)
    return visit.id


@command
def allow_extra(actor: Actor, visit_id: int, *, key: str | None = None) -> int:
    """The coordinator lets a visit cost more than was on hold, if the payer has it; answers with the visit's id.

    Never the helper or the recipient themself.  Raises `Refused`: visit_not_so_far, confirm_own.
    """
    visit = steps.visit_for_change(visit_id)
    actor.require("visits.confirm", visit.territory_code)
    if actor.is_self(visit.volunteer_id) or actor.is_self(visit.recipient_id):
        raise Refused("confirm_own")
    if visit.state not in (VisitState.IN_PROGRESS, VisitState.AWAITING_CONFIRMATION, VisitState.DISPUTED):
        raise Refused("visit_not_so_far", state=visit.state.value, event="extra")
    visit.extra_approved_by = actor.account_id or 0
    audit.record(actor, "allow_extra.visit", "visit", visit.id, visit.territory_code)
    return visit.id


@command
def mark_no_show(actor: Actor, visit_id: int, who: str, note: str = "", *, key: str | None = None) -> int:
    """Somebody was not there (`who`: volunteer or recipient); counted, the hold is freed; answers with the visit's id.

    The helper reports an absent recipient, the recipient an absent helper (after tb.no_show_after_minutes), or
    "visits.write".  Raises `Refused`: visit_not_so_far, no_show_too_soon (from), unknown_way.
    """
    visit = steps.visit_for_change(visit_id)
    if who not in ("volunteer", "recipient"):
        raise Refused("unknown_way", field="who")
    reporter = visit.volunteer_id if who == "recipient" else visit.recipient_id
    actor.require_for(reporter or 0, "visits.write", visit.territory_code)
    wait = 0
    if who == "volunteer":
        wait = schemes.parameters(visit.scheme_id, clock.today()).number("tb.no_show_after_minutes")
    begins = visit.starts_at + timedelta(minutes=wait)
    if clock.now() < begins:
        raise Refused("no_show_too_soon", begins=begins)
    visit.no_show_by = who
    payment.free_hold(actor, visit, NO_SHOW_MEMOS[who])
    steps.move(actor, visit, Event.NO_SHOW, note, who=who)
    close_when_done(actor, visit.request_id)
    absent = steps.tell_helper if who == "volunteer" else steps.tell_recipient
    absent(visit, "no_show_noted", **steps.facts_of(visit))
    return visit.id


def to_confirm() -> list[int]:
    """Visits that have waited tb.auto_confirm_days for a word (each scheme's own number)."""
    rows = db.session.execute(
        select(Visit.id, Visit.scheme_id, Visit.check_out_at)
        .where(Visit.state == VisitState.AWAITING_CONFIRMATION, Visit.check_out_at <= clock.now() - timedelta(days=1))
        .order_by(Visit.id)
        .limit(1000)
    ).all()
    days = {
        scheme_id: schemes.parameters(scheme_id, clock.today()).number("tb.auto_confirm_days")
        for scheme_id in {row.scheme_id for row in rows}
    }
    now = clock.now()
    return [row.id for row in rows if row.check_out_at <= now - timedelta(days=days[row.scheme_id])]
