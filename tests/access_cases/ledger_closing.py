"""Who gets which page about months, reversals with a second person, and limits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import time_machine

from tests.architecture.cases import Case, Facts
from tests.factories import ledger, town
from timebank.core.authority import Actor
from timebank.ledger.service.closing import close_month
from timebank.ledger.service.second import ask_reversal

T = ledger.TENANT
OCTOBER = datetime(2025, 10, 30, 2, tzinfo=UTC)
NOVEMBER = datetime(2025, 11, 7, 2, tzinfo=UTC)
AUDITORS = dict.fromkeys(("operator", "auditor"), 200)
READERS = dict.fromkeys(("broker", "other_broker", "operator", "auditor"), 200)


def _october(facts: Facts) -> dict[str, Any]:
    """A payment between two neighbours last October; the month is closed, and somebody asks for the reversal."""
    with time_machine.travel(OCTOBER):
        payer, receiver = ledger.member(facts["person"], 100), ledger.member(facts["neighbour"])
        paid = ledger.pay(payer, receiver, 60).id
    with time_machine.travel(NOVEMBER):
        close_month(Actor.system("test"), T, "2025-10")
        request = ask_reversal(town.operator(name="another"), T, str(paid), "wrong")
    return {"account": payer, "request": request}


def _month(_: Facts) -> dict[str, Any]:
    return {"tenant": T, "month": "2025-11"}


def _account(facts: Facts) -> dict[str, Any]:
    return {"tenant": T, "account_id": facts["account"]}


def _limits(_: Facts) -> dict[str, Any]:
    return {"floor": "0:00", "ceiling": "", "state": "frozen", "reason": "asked for"}


def _request(facts: Facts) -> dict[str, Any]:
    return {"request_id": facts["request"]}


ACCESS_CASES = [
    Case("ledger.months", statuses=AUDITORS, make=_october),
    Case("ledger.close_month", _month, {"operator": 200}, make=_october),
    Case("ledger.close_month", _month, {"operator": 303}, method="POST", make=_october),
    Case("ledger.month_sheet", lambda _: {"tenant": T, "month": "2025-10"}, AUDITORS, make=_october),
    Case("ledger.month_sheet", _month, dict.fromkeys(AUDITORS, 404), make=_october),
    Case("ledger.reversal_list", statuses=READERS, make=_october),
    Case("ledger.reversal", _request, READERS | {"other_broker": 404}, make=_october),
    Case(
        "ledger.reversal",
        _request,
        {"operator": 303, "other_broker": 404},
        method="POST",
        form=lambda _: {"decision": "agree"},
        make=_october,
    ),
    # Somebody else's request: who sees it may not take it back.
    Case(
        "ledger.withdraw_reversal",
        _request,
        dict.fromkeys(READERS, 403) | {"other_broker": 404},
        method="POST",
        make=_october,
    ),
    Case("ledger.account_limits", _account, {"operator": 200}, make=_october),
    Case("ledger.account_limits", _account, {"operator": 303}, method="POST", form=_limits, make=_october),
]
