"""Who gets which page of partner organisations."""

from __future__ import annotations

from typing import Any

from tests.access_cases.exchange_visits import _open
from tests.architecture.cases import Case, Facts
from tests.factories import partners as factory
from tests.factories import town
from timebank.core.db import db
from timebank.exchange.models import PartnerSettlement
from timebank.exchange.service import partners, requests

READERS = dict.fromkeys(("broker", "clerk", "operator", "auditor"), 200)
SETTLERS = {"clerk": 200, "operator": 200, "other_clerk": 404}


def _partner(_facts: Facts) -> dict[str, Any]:
    return {"partner": factory.partner()}


def _waiting(facts: Facts) -> dict[str, Any]:
    """A settlement that waits for a second person."""
    made = _partner(facts)
    row = PartnerSettlement(partner_id=made["partner"], month="2026-10", minutes=700, invoice_no="FP-1")
    db.session.add(row)
    db.session.commit()
    return {**made, "settlement": row.id}


def _visit(facts: Facts) -> dict[str, Any]:
    return {**_open(facts), **_partner(facts)}


def _given(facts: Facts) -> dict[str, Any]:
    made = _visit(facts)
    partners.give_visit(town.broker(), made["visit"], made["partner"])
    return made


def _cancelled(facts: Facts) -> dict[str, Any]:
    made = _given(facts)
    requests.cancel_visit(town.broker(), made["visit"], "fell ill")
    return made


def _one(facts: Facts) -> dict[str, Any]:
    return {"partner_id": facts["partner"]}


def _settlement(facts: Facts) -> dict[str, Any]:
    return {"settlement_id": facts["settlement"]}


def _of_visit(facts: Facts) -> dict[str, Any]:
    return {"visit_id": facts["visit"]}


WRITERS = {"broker": 200, "operator": 200, "other_broker": 404}
SHARED = {"other_broker": 404, "other_clerk": 404}

ACCESS_CASES = [
    Case("exchange.partners", statuses={**READERS, "other_broker": 200, "other_clerk": 200}),
    Case("exchange.partner", _one, {**READERS, **SHARED}, make=_partner),
    Case("exchange.partner_statement", _one, {**READERS, **SHARED}, make=_partner),
    Case("exchange.new_partner", statuses={"operator": 200}),
    Case("exchange.edit_partner", _one, {"operator": 200}, make=_partner),
    Case("exchange.end_partner", _one, {"operator": 200}, make=_partner),
    Case("exchange.settle_partner", _one, SETTLERS, make=_partner),
    Case(
        "exchange.agree_settlement",
        _settlement,
        {"clerk": 303, "operator": 303, "other_clerk": 404},
        method="POST",
        make=_waiting,
    ),
    Case("exchange.decline_settlement", _settlement, SETTLERS, make=_waiting),
    Case("exchange.give_visit_to_partner", _of_visit, WRITERS, make=_visit),
    Case("exchange.take_visit_from_partner", _of_visit, WRITERS, make=_given),
    Case("exchange.note_partner_care", _of_visit, WRITERS, make=_given),
    Case("exchange.partner_calls", statuses={"broker": 200, "operator": 200, "other_broker": 200}),
    Case("exchange.call_partner", _one, WRITERS, make=_cancelled),
]
