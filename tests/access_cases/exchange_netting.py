"""Who gets the pages of settling up between time banks; Wulaocun owes Yaohua."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.architecture.cases import Case, Facts
from tests.factories import netting as factory
from timebank.exchange.rules.netting_payments import PaymentState, StepKind


def _pair(_facts: Facts) -> dict[str, Any]:
    return {"pair": factory.pair()}


def _payment(state: PaymentState, *kinds: StepKind) -> Callable[[Facts], dict[str, Any]]:
    def make(_facts: Facts) -> dict[str, Any]:
        return {"payment": factory.payment(factory.pair(), state, *kinds)}

    return make


def _of_pair(facts: Facts) -> dict[str, Any]:
    return {"pair_id": facts["pair"]}


def _of_payment(facts: Facts) -> dict[str, Any]:
    return {"payment_id": facts["payment"]}


WAITING = _payment(PaymentState.WAITING, StepKind.ASKED)
PAID = _payment(PaymentState.PAID, StepKind.ASKED, StepKind.AGREED)
OBJECTED = _payment(PaymentState.OBJECTED, StepKind.ASKED, StepKind.AGREED, StepKind.OBJECTED_BY_CREDITOR)
READERS = {"operator": 200, "auditor": 200}

ACCESS_CASES = [
    Case("exchange.netting", statuses=READERS),
    Case("exchange.netted_pair", _of_pair, READERS, make=_pair),
    Case("exchange.pay_netting", _of_pair, {"operator": 200}, make=_pair),
    Case("exchange.agree_netting", _of_payment, {"operator": 303}, method="POST", make=WAITING),
    Case("exchange.decline_netting", _of_payment, {"operator": 200}, make=WAITING),
    Case("exchange.confirm_netting", _of_payment, {"operator": 303}, method="POST", make=PAID),
    Case("exchange.object_netting", _of_payment, {"operator": 200}, make=PAID),
    Case("exchange.undo_netting", _of_payment, {"operator": 303}, method="POST", make=OBJECTED),
]
