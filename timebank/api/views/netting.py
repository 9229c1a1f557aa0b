"""What the time banks of a city owe each other, and how it is paid."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.base import Reason
from timebank.api.schemas.netting import NettedPairPage, Netting, NettingPaper, NettingQuery
from timebank.core import clock
from timebank.core.web import actor
from timebank.exchange.queries import netting as queries
from timebank.exchange.queries import netting_payments as payments
from timebank.exchange.rules.grants import month_before, month_of
from timebank.exchange.service import netting_payments as service

PAYMENT = "/netting-payments/<int:payment_id>"


@read("/netting", Netting, permission="netting.read", query=NettingQuery)
def get_netting(query: NettingQuery) -> dict[str, Any]:
    """The differences of a month between time banks, what is still open of others, and where each stands now."""
    month = query.month or month_before(month_of(clock.today()))
    items, still_open = payments.months(payments.pairs(actor()), month)
    return {
        "month": month,
        "items": items,
        "still_open": still_open,
        "standings": [
            {"scheme_id": one.scheme.id, "scheme": one.scheme.name, "minutes": one.minutes}
            for one in queries.standings(actor())
        ],
    }


@read("/netting/pairs/<int:pair_id>", NettedPairPage, permission="netting.read")
def get_netted_pair(pair_id: int) -> dict[str, Any]:
    """One month between two time banks with its payments and what one may do now."""
    one = payments.pair(actor(), pair_id)
    return {"line": one.line, "way": one.way, "payments": one.payments, "may": sorted(one.may)}


@write("/netting/pairs/<int:pair_id>/payments", body=NettingPaper, permission="netting.settle", status=201)
def pay_netting(pair_id: int, body: NettingPaper, key: str) -> dict[str, Any]:
    """The side that owes asks for the payment; a colleague must agree."""
    return {"id": service.pay(actor(), pair_id, body.reference, key=key)}


@write(f"{PAYMENT}/agreement", permission="netting.settle")
def agree_netting(payment_id: int, key: str) -> dict[str, Any]:
    """The second person agrees, and it is posted."""
    return {"id": service.agree(actor(), payment_id, key=key)}


@write(f"{PAYMENT}/refusal", body=Reason, permission="netting.settle")
def decline_netting(payment_id: int, body: Reason, key: str) -> dict[str, Any]:
    """Nothing is posted, for a reason."""
    return {"id": service.decline(actor(), payment_id, body.reason, key=key)}


@write(f"{PAYMENT}/confirmation", permission="netting.settle")
def confirm_netting(payment_id: int, key: str) -> dict[str, Any]:
    """The side that is owed has it."""
    return {"id": service.confirm(actor(), payment_id, key=key)}


@write(f"{PAYMENT}/objection", body=Reason, permission="netting.settle")
def object_netting(payment_id: int, body: Reason, key: str) -> dict[str, Any]:
    """One side says that the payment is not right, and why."""
    return {"id": service.object_to(actor(), payment_id, body.reason, key=key)}


@write(f"{PAYMENT}/undoing", permission="netting.settle")
def undo_netting(payment_id: int, key: str) -> dict[str, Any]:
    """The other side agrees to an objection: opposite lines, owed again."""
    return {"id": service.undo(actor(), payment_id, key=key)}
