"""A time bank pays what it owes another for a month.

One person of the side that owes asks, another agrees: then the hours move, in one transaction.  The other side confirms
or objects.  Either side may object later too, with a reason; when the other side agrees, the payment is undone by
opposite lines and is owed again.  Clearing accounts always sum to zero between the time banks of a city.
"""

from __future__ import annotations

import uuid

from sqlalchemy import select

from timebank.core import audit
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.exchange.models.netting import NettedPair, NettingPayment, NettingStep
from timebank.exchange.queries import netting_payments as queries
from timebank.exchange.queries import schemes
from timebank.exchange.queries.netting_transfers import standing
from timebank.exchange.queries.schemes import SchemeInfo
from timebank.exchange.rules.netting_payments import (
    LIVE,
    PaymentState,
    StepKind,
    Way,
    check_reference,
    may_agree,
    may_confirm,
    objection,
)
from timebank.ledger import service as ledger
from timebank.ledger.service import Post

SETTLE = queries.SETTLE
PURPOSE = "netting"


@command
def pay(actor: Actor, pair_id: int, reference: str, *, key: str | None = None) -> int:
    """Asks for the payment of a month's difference ("netting.settle" of the side that owes); its number.

    Nothing moves before a colleague agrees.  Raises `Refused`: netting_nothing_owed, netting_paid_already,
    netting_reference_missing; NotFound("no_such_netting").
    """
    pair, debtor, _creditor = _pair(actor, pair_id)
    actor.require(SETTLE, debtor.territory_code)
    minutes = pair.forward_minutes - pair.back_minutes
    if not minutes:
        raise Refused("netting_nothing_owed")
    standing = select(NettingPayment.id).where(NettingPayment.pair_id == pair_id, NettingPayment.state.in_(LIVE))
    if db.session.scalar(standing) is not None:
        raise Refused("netting_paid_already")
    way = queries.way(debtor)
    row = NettingPayment(pair_id=pair_id, way=way, minutes=minutes, reference=check_reference(way, reference))
    row.transfers = []
    db.session.add(row)
    db.session.flush()
    _note(actor, row, StepKind.ASKED, debtor)
    return row.id


@command
def agree(actor: Actor, payment_id: int, *, key: str | None = None) -> int:
    """A colleague of the side that owes agrees, and the hours move.

    Raises `Refused`: netting_step_past, netting_same.
    """
    row, pair, debtor, creditor = _payment(actor, payment_id, PaymentState.WAITING)
    actor.require(SETTLE, debtor.territory_code)
    if not may_agree(queries.steps(row.id), actor.account_id):
        raise Refused("netting_same")
    posts = _posts(debtor, creditor, row, f"{pair.month} {row.reference}".strip())
    made = ledger.post_many(debtor.tenant, posts, key=_key(pair, row), actor=actor)
    row.transfers = [str(one.id) for one in made if not isinstance(one, Exception)]
    row.state = PaymentState.PAID
    _note(actor, row, StepKind.AGREED, debtor)
    return row.id


def _key(pair: NettedPair, row: NettingPayment) -> str:
    """Where tables were made anew, numbers begin anew too, but the books go on: month, sides and moment tell apart."""
    asked = queries.steps(row.id)[0].at
    return f"netting-payment:{pair.month}:{pair.debtor_id}:{pair.creditor_id}:{row.id}:{asked:%Y%m%d%H%M%S}"


def _posts(debtor: SchemeInfo, creditor: SchemeInfo, row: NettingPayment, memo: str) -> list[Post]:
    """Below zero owes, above zero is owed: both clearing accounts go back by the same minutes."""

    def account(kind: str, of: SchemeInfo) -> int:
        return ledger.ensure_account(of.tenant, kind, of.id, floor=None)

    owing, owed = account("clearing", debtor), account("clearing", creditor)
    if row.way is Way.OUTSIDE:
        return [Post(owed, owing, row.minutes, purpose=PURPOSE, memo=memo)]
    return [
        Post(account("fund", debtor), owing, row.minutes, purpose=PURPOSE, memo=memo),
        Post(owed, account("fund", creditor), row.minutes, purpose=PURPOSE, memo=memo),
    ]


@command
def decline(actor: Actor, payment_id: int, reason: str, *, key: str | None = None) -> int:
    """Nothing moves.  Whoever asked may take it back so.  Raises `Refused`: netting_step_past, reason_needed."""
    row, _pair_row, debtor, _creditor = _payment(actor, payment_id, PaymentState.WAITING)
    actor.require(SETTLE, debtor.territory_code)
    row.state = PaymentState.DECLINED
    _note(actor, row, StepKind.DECLINED, debtor, _reason(reason))
    return row.id


@command
def confirm(actor: Actor, payment_id: int, *, key: str | None = None) -> int:
    """The side that is owed has it, also after an objection.  Raises `Refused`: netting_step_past, netting_same."""
    row, _pair_row, _debtor, creditor = _payment(actor, payment_id, PaymentState.PAID, PaymentState.OBJECTED)
    actor.require(SETTLE, creditor.territory_code)
    if not may_confirm(queries.steps(row.id), actor.account_id):
        raise Refused("netting_same")
    row.state = PaymentState.CONFIRMED
    _note(actor, row, StepKind.CONFIRMED, creditor)
    return row.id


@command
def object_to(actor: Actor, payment_id: int, reason: str, *, key: str | None = None) -> int:
    """One side says that the payment is not right; nothing moves until the other side undoes it or it is confirmed.

    Raises `Refused`: netting_step_past, reason_needed; NotAllowed for whoever belongs to neither side.
    """
    row, _pair_row, debtor, creditor = _payment(actor, payment_id, PaymentState.PAID, PaymentState.CONFIRMED)
    for side, kind in ((creditor, StepKind.OBJECTED_BY_CREDITOR), (debtor, StepKind.OBJECTED_BY_DEBTOR)):
        if actor.may(SETTLE, side.territory_code):
            row.state = PaymentState.OBJECTED
            _note(actor, row, kind, side, _reason(reason))
            return row.id
    raise NotAllowed(SETTLE)


@command
def undo(actor: Actor, payment_id: int, *, key: str | None = None) -> int:
    """The other side than the one that objected agrees: opposite lines, and the month is owed again.

    Both persons stand in the books, so that it is possible in closed months too.  A line whose reversal stands already
    is left as it is.  Raises `Refused`: netting_step_past, netting_same, and those of `ledger.service.reverse`.
    """
    row, pair, debtor, creditor = _payment(actor, payment_id, PaymentState.OBJECTED)
    against = objection(queries.steps(row.id))
    assert against is not None  # no other step leads to OBJECTED
    other = debtor if against.kind is StepKind.OBJECTED_BY_CREDITOR else creditor
    actor.require(SETTLE, other.territory_code)
    if against.account_id == actor.account_id:
        raise Refused("netting_same")
    first = Actor(account_id=against.account_id, name=against.name)
    for number, transfer in enumerate(row.transfers):
        where = f"{_key(pair, row)}:undo:{number}"
        if found := standing(debtor.tenant, uuid.UUID(transfer)):
            ledger.reverse(debtor.tenant, found, key=where, reason=against.reason, actor=actor, second=first)
    row.state = PaymentState.UNDONE
    _note(actor, row, StepKind.UNDONE, other, against.reason)
    return row.id


def _pair(actor: Actor, pair_id: int) -> tuple[NettedPair, SchemeInfo, SchemeInfo]:
    """The pair, behind its lock, with its two sides: whoever pays it twice waits here."""
    queries.readable(actor, pair_id)
    row = db.session.get_one(NettedPair, pair_id, with_for_update=True, populate_existing=True)
    return row, schemes.scheme(row.debtor_id), schemes.scheme(row.creditor_id)


def _payment(
    actor: Actor, payment_id: int, *states: PaymentState
) -> tuple[NettingPayment, NettedPair, SchemeInfo, SchemeInfo]:
    known = db.session.get(NettingPayment, payment_id)
    if known is None:
        raise NotFound("no_such_netting")
    pair, debtor, creditor = _pair(actor, known.pair_id)
    row = db.session.get_one(NettingPayment, payment_id, with_for_update=True, populate_existing=True)
    if row.state not in states:
        raise Refused("netting_step_past")
    return row, pair, debtor, creditor


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refused("reason_needed", field="reason")
    return reason.strip()[:200]


def _note(actor: Actor, row: NettingPayment, kind: StepKind, side: SchemeInfo, reason: str = "") -> None:
    step = NettingStep(payment_id=row.id, kind=kind, account_id=actor.account_id, name=actor.name[:80], reason=reason)
    db.session.add(step)
    db.session.flush()
    facts = {"minutes": row.minutes, "step": kind.value, "reason": reason}
    audit.record(actor, "settle.netting", "netting_payment", row.id, side.territory_code, **facts)
