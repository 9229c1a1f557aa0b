"""One month's difference between two time banks: what it is made of, when it is due, how it was paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from timebank.core import clock
from timebank.core import parameters as dated
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.exchange.models.catalogue import Scheme
from timebank.exchange.models.netting import NettedMonth, NettedPair, NettingPayment, NettingStep
from timebank.exchange.queries import schemes
from timebank.exchange.queries.grants import fund_scheme
from timebank.exchange.queries.schemes import SchemeInfo
from timebank.exchange.rules.netting_payments import (
    LIVE,
    POSTED,
    PaymentState,
    Step,
    StepKind,
    Way,
    due_on,
    may_agree,
    objection,
)

READ, SETTLE = "netting.read", "netting.settle"


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment with its steps, oldest first; minutes."""

    id: int
    way: Way
    minutes: int
    reference: str
    state: PaymentState
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class PairLine:
    """Two time banks in a month; minutes.  `net_minutes`: what the debtor owes for the month; `due_on`: civil day.

    `payment`: the newest, whatever became of it.
    """

    id: int
    month: str
    debtor_id: int
    debtor: str
    creditor_id: int
    creditor: str
    forward_minutes: int
    back_minutes: int
    net_minutes: int
    by_purpose: dict[str, int]
    due_on: date
    payment: Payment | None

    @property
    def open_minutes(self) -> int:
        """What is still owed: nothing once a payment is in the books."""
        paid = self.payment is not None and self.payment.state in POSTED
        return 0 if paid else self.net_minutes

    @property
    def unfinished(self) -> bool:
        """Somebody still has to do something: pay, agree, or say that it arrived."""
        confirmed = self.payment is not None and self.payment.state is PaymentState.CONFIRMED
        return self.net_minutes > 0 and not confirmed

    @property
    def overdue(self) -> bool:
        return self.open_minutes > 0 and self.due_on < clock.today()


@dataclass(frozen=True, slots=True)
class PairPage:
    """A pair with all its payments, oldest first, and what the reader may do now."""

    line: PairLine
    debtor: SchemeInfo
    creditor: SchemeInfo
    way: Way
    payments: tuple[Payment, ...]
    may: frozenset[str]  # pay, agree, decline, confirm, object, undo


def way(scheme: SchemeInfo) -> Way:
    """How the time banks of a city pay each other: the rule of the city, the same for both sides."""
    return Way(schemes.parameters(fund_scheme(scheme).id, clock.today())["tb.netting_way"])


def readable(actor: Actor, pair_id: int) -> NettedPair:
    """The pair, if one of its time banks lies in the actor's territories; raises `NotFound("no_such_netting")`."""
    row = db.session.get(NettedPair, pair_id)
    mine = {one.id for one in schemes.within(actor, READ)}
    if row is None or not mine & {row.debtor_id, row.creditor_id}:
        raise NotFound("no_such_netting")
    return row


def pairs(actor: Actor, month: str = "") -> list[PairLine]:
    """The pairs in which a time bank of the actor's territories has a part, of one month or of all; few statements."""
    mine = {one.id for one in schemes.within(actor, READ)}
    wanted = select(NettedPair).where(or_(NettedPair.debtor_id.in_(mine), NettedPair.creditor_id.in_(mine)))
    if month:
        wanted = wanted.where(NettedPair.month == month)
    return _lines(db.session.scalars(wanted.order_by(NettedPair.month, NettedPair.id)).all())


def months(every: Iterable[PairLine], month: str) -> tuple[list[PairLine], list[PairLine]]:
    """The pairs of the month, and those of other months for which somebody still has to do something."""
    known = list(every)
    return [one for one in known if one.month == month], [one for one in known if one.month != month and one.unfinished]


def _lines(rows: Sequence[NettedPair]) -> list[PairLine]:
    names = {one.id: one.name for one in schemes.schemes()}
    newest = {pair: found[-1] for pair, found in _payments(row.id for row in rows).items()}
    dues = _dues({row.tenant for row in rows})
    return [
        PairLine(
            id=row.id,
            month=row.month,
            debtor_id=row.debtor_id,
            debtor=names[row.debtor_id],
            creditor_id=row.creditor_id,
            creditor=names[row.creditor_id],
            forward_minutes=row.forward_minutes,
            back_minutes=row.back_minutes,
            net_minutes=row.forward_minutes - row.back_minutes,
            by_purpose=dict(row.by_purpose),
            due_on=dues[row.tenant, row.month],
            payment=newest.get(row.id),
        )
        for row in rows
    ]


def _dues(tenants: set[int]) -> dict[tuple[int, str], date]:
    """The last day to pay each month of these cities, by the city's rule that holds today."""
    cities = {one.tenant: one for one in schemes.schemes() if one.parent_id is None and one.tenant in tenants}
    days = {
        tenant: schemes.parameters(one.id, clock.today()).number("tb.netting_days") for tenant, one in cities.items()
    }
    rows = db.session.scalars(select(NettedMonth).where(NettedMonth.tenant.in_(tenants)))
    return {(row.tenant, row.month): due_on(clock.civil(row.netted_at).date(), days[row.tenant]) for row in rows}


def steps(payment_id: int) -> tuple[Step, ...]:
    """Who did what with a payment, oldest first."""
    return _steps([payment_id])[payment_id]


def _steps(payment_ids: Iterable[int]) -> dict[int, tuple[Step, ...]]:
    found: dict[int, tuple[Step, ...]] = defaultdict(tuple)
    wanted = select(NettingStep).where(NettingStep.payment_id.in_(list(payment_ids))).order_by(NettingStep.id)
    for row in db.session.scalars(wanted):
        found[row.payment_id] += (Step(row.kind, row.account_id, row.name, row.at, row.reason),)
    return found


def _payments(pair_ids: Iterable[int]) -> dict[int, list[Payment]]:
    wanted = select(NettingPayment).where(NettingPayment.pair_id.in_(list(pair_ids))).order_by(NettingPayment.id)
    rows = db.session.scalars(wanted).all()
    known = _steps(row.id for row in rows)
    found: dict[int, list[Payment]] = defaultdict(list)
    for row in rows:
        found[row.pair_id].append(Payment(row.id, row.way, row.minutes, row.reference, row.state, known[row.id]))
    return found


def pair(actor: Actor, pair_id: int) -> PairPage:
    """One month between two time banks; raises `NotFound("no_such_netting")`."""
    row = readable(actor, pair_id)
    [line] = _lines([row])
    known = {one.id: one for one in schemes.schemes()}
    debtor, creditor = known[row.debtor_id], known[row.creditor_id]
    payments = tuple(_payments([pair_id]).get(pair_id, ()))
    return PairPage(line, debtor, creditor, way(debtor), payments, _may(actor, line, debtor, creditor))


def _may(actor: Actor, line: PairLine, debtor: SchemeInfo, creditor: SchemeInfo) -> frozenset[str]:
    owes, owed = (actor.may(SETTLE, one.territory_code) for one in (debtor, creditor))
    payment = line.payment
    if payment is None or payment.state in (PaymentState.DECLINED, PaymentState.UNDONE):
        return frozenset({"pay"} if owes and line.net_minutes else ())
    another = may_agree(payment.steps, actor.account_id)
    against = objection(payment.steps)
    other = owes if against and against.kind is StepKind.OBJECTED_BY_CREDITOR else owed
    allowed = {
        "agree": payment.state is PaymentState.WAITING and owes and another,
        "decline": payment.state is PaymentState.WAITING and owes,
        "confirm": payment.state in (PaymentState.PAID, PaymentState.OBJECTED) and owed and another,
        "object": payment.state in (PaymentState.PAID, PaymentState.CONFIRMED) and (owes or owed),
        "undo": payment.state is PaymentState.OBJECTED
        and other
        and against is not None
        and against.account_id != actor.account_id,
    }
    return frozenset(name for name, may in allowed.items() if may)


def payment_pair(actor: Actor, payment_id: int) -> int:
    """The pair that a payment is for; raises `NotFound("no_such_netting")`."""
    row = db.session.get(NettingPayment, payment_id)
    if row is None:
        raise NotFound("no_such_netting")
    return readable(actor, row.pair_id).id


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many months wait for the actor: to be paid (late ones apart), for a second person, for the other side."""

    to_pay: int
    late: int
    to_agree: int
    to_confirm: int


def waiting(actor: Actor) -> Waiting:
    """What the actor can do something about; one statement, and one more for the rule of each city that has to pay."""
    owes, owed, city = aliased(Scheme), aliased(Scheme), aliased(Scheme)
    scopes = actor.scopes(SETTLE)
    mine = exists().where(NettingStep.payment_id == NettingPayment.id, NettingStep.account_id == actor.account_id)
    rows = db.session.execute(
        select(
            *(NettedPair.tenant, city.id.label("city"), NettedMonth.netted_at, NettingPayment.state),
            in_scope(owes.territory_code, scopes).label("owes"),
            in_scope(owed.territory_code, scopes).label("owed"),
            mine.label("mine"),
        )
        .join(NettedMonth, (NettedMonth.tenant == NettedPair.tenant) & (NettedMonth.month == NettedPair.month))
        .join(owes, owes.id == NettedPair.debtor_id)
        .join(owed, owed.id == NettedPair.creditor_id)
        .join(city, (city.tenant == NettedPair.tenant) & city.parent_id.is_(None))
        .outerjoin(NettingPayment, (NettingPayment.pair_id == NettedPair.id) & NettingPayment.state.in_(LIVE))
        .where(
            NettedPair.forward_minutes > NettedPair.back_minutes,
            or_(in_scope(owes.territory_code, scopes), in_scope(owed.territory_code, scopes)),
            or_(NettingPayment.id.is_(None), NettingPayment.state.in_((PaymentState.WAITING, PaymentState.PAID))),
        )
    ).all()
    to_pay = [row for row in rows if row.state is None and row.owes]
    return Waiting(
        len(to_pay),
        sum(_is_late(to_pay)),
        sum(row.state is PaymentState.WAITING and row.owes and not row.mine for row in rows),
        sum(row.state is PaymentState.PAID and row.owed and not row.mine for row in rows),
    )


def _is_late(rows: Sequence[Any]) -> list[bool]:
    """By the rule of each row's own city."""
    cities = {row.tenant: (f"scheme:{row.city}", f"city:{row.tenant}") for row in rows}
    days = {one: dated.values(scopes, clock.today()).number("tb.netting_days") for one, scopes in cities.items()}
    return [due_on(clock.civil(row.netted_at).date(), days[row.tenant]) < clock.today() for row in rows]
