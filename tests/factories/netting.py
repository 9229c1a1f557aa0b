"""A month of hours between Yaohua and Wulaocun, netted: Wulaocun owes Yaohua 240 minutes."""

from __future__ import annotations

from sqlalchemy import select

from tests.factories import town
from timebank.core.clock import now
from timebank.core.db import db
from timebank.exchange.models import NettedMonth, NettedPair, NettingPayment, NettingStep, Scheme
from timebank.exchange.rules.netting_payments import PaymentState, StepKind, Way
from timebank.exchange.service.schemes import NewScheme, create_scheme


def other_street(parent: int) -> int:
    """The time bank of Wulaocun; its number."""
    new = NewScheme("wulaocun", "五老村时间银行", "Wulaocun time bank", town.WULAOCUN, parent)
    return create_scheme(town.operator(), new)


def pair() -> int:
    """Written straight into the table; the number of the pair."""
    banks = {one.code: one.id for one in db.session.scalars(select(Scheme))}
    owes = other_street(banks["nanjing"])
    db.session.add(NettedMonth(tenant=3201, month="2026-10", netted_at=now()))
    row = NettedPair(
        tenant=3201,
        month="2026-10",
        debtor_id=owes,
        creditor_id=banks["yaohua"],
        forward_minutes=337,
        back_minutes=97,
        by_purpose={"goods": 240, "visit": 0},
    )
    db.session.add(row)
    db.session.commit()
    return row.id


def payment(pair_id: int, state: PaymentState, *kinds: StepKind) -> int:
    """A payment that stands there, with steps of nobody in particular."""
    row = NettingPayment(pair_id=pair_id, way=Way.HOURS, minutes=240, state=state, transfers=[])
    db.session.add(row)
    db.session.flush()
    db.session.add_all(NettingStep(payment_id=row.id, kind=kind, name="somebody") for kind in kinds)
    db.session.commit()
    return row.id
