"""When one side says it was not so: dispute, and how a coordinator settles it (domain.md C3.2)."""

from __future__ import annotations

from datetime import timedelta

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.errors import Refused
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries import schemes
from timebank.exchange.rules.visits import Event, VisitState
from timebank.exchange.service import annulments_books, payment, steps
from timebank.exchange.service.closing import close_when_done
from timebank.exchange.service.partners_payment import pay_partner


@command
def dispute(actor: Actor, visit_id: int, reason: str, *, key: str | None = None) -> int:
    """Helper, recipient (guardian, agent) or "visits.write" says that the visit was otherwise; answers with its id.

    Before the credit at any time, after it within tb.dispute_days; nothing moves in the ledger until it is settled.
    Raises `Refused`: reason_needed, visit_not_so_far, dispute_too_late (until).
    """
    visit = steps.visit_for_change(visit_id)
    if not (actor.is_self(visit.volunteer_id) or actor.is_self(visit.recipient_id)):
        actor.require("visits.write", visit.territory_code)
    if not reason.strip():
        raise Refused("reason_needed", field="reason")
    if visit.state is VisitState.CREDITED:
        _in_time(visit)
    steps.move(actor, visit, Event.DISPUTE, reason)
    visit.dispute_reason, visit.disputed_by = reason.strip()[:300], actor.account_id
    facts = steps.facts_of(visit)
    if not actor.is_self(visit.volunteer_id):
        steps.tell_helper(visit, "visit_disputed", **facts)
    if not actor.is_self(visit.recipient_id):
        steps.tell_recipient(visit, "visit_disputed", **facts)
    return visit.id


def _in_time(visit: Visit) -> None:
    days = schemes.parameters(visit.scheme_id, clock.today()).number("tb.dispute_days")
    until = (visit.confirmed_at or visit.check_out_at or visit.starts_at) + timedelta(days=days)
    if clock.now() > until:
        raise Refused("dispute_too_late", until=until)


@command
def settle_dispute(actor: Actor, visit_id: int, minutes: int, reason: str, *, key: str | None = None) -> int:
    """The coordinator decides how many minutes were worked; 0 voids the visit.  Answers with the visit's id.

    A credit made before is reversed by opposite entries and, for minutes above 0, made again by the rules (F1, F2); the
    books are never edited.  "disputes.settle", never by the helper or the recipient.  Raises `Refused`: reason_needed,
    minutes_negative, too_long, confirm_own, visit_not_so_far, insufficient_time (the helper has spent the hours).
    """
    visit = steps.visit_for_change(visit_id)
    actor.require("disputes.settle", visit.territory_code)
    if actor.is_self(visit.volunteer_id) or actor.is_self(visit.recipient_id):
        raise Refused("confirm_own")
    _check_minutes(visit, minutes, reason)
    in_question = annulments_books.step_aside(actor, visit.id)
    if visit.postings:
        payment.take_back(actor, visit, reason.strip())
    if minutes == 0:
        _void(actor, visit, reason)
    else:
        _credit_anew(actor, visit, minutes, reason)
    annulments_books.go_on(actor, in_question)
    return visit.id


def _credit_anew(actor: Actor, visit: Visit, minutes: int, reason: str) -> None:
    steps.move(actor, visit, Event.SETTLE, reason, minutes=minutes)
    visit.minutes_actual = minutes
    visit.confirmed_how, visit.confirmed_by, visit.confirmed_at = "settled", actor.account_id, clock.now()
    (payment.pay if visit.volunteer_id is not None else pay_partner)(actor, visit)
    steps.flush()
    close_when_done(actor, visit.request_id)
    steps.tell_credited(visit)


def _check_minutes(visit: Visit, minutes: int, reason: str) -> None:
    if not reason.strip():
        raise Refused("reason_needed", field="reason")
    if minutes < 0:
        raise Refused("minutes_negative", field="minutes")
    longest = schemes.service_type(visit.service_code).max_minutes
    if minutes > longest:
        raise Refused("too_long", field="minutes", longest_minutes=longest)


def _void(actor: Actor, visit: Visit, reason: str) -> None:
    payment.free_hold(actor, visit, reason.strip())
    steps.move(actor, visit, Event.VOID, reason)
    visit.minutes_credited = 0
    close_when_done(actor, visit.request_id)
    steps.tell_helper(visit, "visit_voided", **steps.facts_of(visit))
