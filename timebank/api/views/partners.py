"""Partner organisations that give care for hours."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.base import Reason
from timebank.api.schemas.partners import (
    CancelledTold,
    GivenTo,
    LastDay,
    PartnerCalls,
    PartnerFacts,
    PartnerQuery,
    Partners,
    PartnerSheet,
    PartnerWithStatement,
    SettleMonth,
    TakenBack,
)
from timebank.core.web import actor
from timebank.exchange.queries import partners as queries
from timebank.exchange.queries import partners_calls
from timebank.exchange.service import partners as service
from timebank.exchange.service import partners_settling as settling
from timebank.exchange.service import partners_told

ONE = "/partners/<int:partner_id>"
VISIT = "/visits/<int:visit_id>/partner"


@read("/partners", Partners, permission="partners.read")
def list_partners() -> dict[str, Any]:
    """Those of one's area, the ones that still work first."""
    return {"items": queries.partners(actor())}


@read(ONE, PartnerWithStatement, permission="partners.read", query=PartnerQuery)
def get_partner(partner_id: int, query: PartnerQuery) -> dict[str, Any]:
    """One partner with the statement of a month."""
    one = queries.partner(actor(), partner_id, query.month)
    return {
        "info": one.info,
        "balance_minutes": one.balance_minutes,
        "month": one.month,
        "statement": one.statement,
        "visit_ids": [line.id for line in one.visits],
        "told": one.told,
        "settlements": one.settlements,
    }


@write("/partners", body=PartnerFacts, permission="partners.manage", status=201)
def add_partner(body: Any, key: str) -> dict[str, Any]:
    """A partner of a place."""
    return {"id": service.add_partner(actor(), body.command(), key=key)}


@write(ONE, body=PartnerFacts, permission="partners.manage", method="PUT")
def change_partner(partner_id: int, body: Any, key: str) -> dict[str, Any]:
    """Other facts of a partner; its place stays."""
    return {"id": service.change_partner(actor(), partner_id, body.command(), key=key)}


@write(f"{ONE}/end", body=LastDay, permission="partners.manage")
def end_partner(partner_id: int, body: LastDay, key: str) -> dict[str, Any]:
    """The partner's last day."""
    return {"id": service.end_partner(actor(), partner_id, body.until_day, key=key)}


@write(f"{ONE}/settlements", body=SettleMonth, permission="partners.settle", status=201)
def settle_partner(partner_id: int, body: Any, key: str) -> dict[str, Any]:
    """Settles what was earned until the end of a closed month, or asks a second person to agree."""
    return {"id": settling.settle_month(actor(), partner_id, body.command(), key=key)}


@write("/partner-settlements/<int:settlement_id>/agreement", permission="partners.settle")
def agree_settlement(settlement_id: int, key: str) -> dict[str, Any]:
    """The second person agrees."""
    return {"id": settling.agree_settlement(actor(), settlement_id, key=key)}


@write("/partner-settlements/<int:settlement_id>/refusal", body=Reason, permission="partners.settle")
def decline_settlement(settlement_id: int, body: Reason, key: str) -> dict[str, Any]:
    """Nothing is settled, for a reason."""
    return {"id": settling.decline_settlement(actor(), settlement_id, body.reason, key=key)}


@write(VISIT, body=GivenTo, permission="visits.write")
def give_visit_to_partner(visit_id: int, body: GivenTo, key: str) -> dict[str, Any]:
    """A partner gives this visit instead of a helper."""
    return {"id": service.give_visit(actor(), visit_id, body.partner_id, key=key)}


@write(f"{VISIT}/return", body=TakenBack, permission="visits.write")
def take_visit_from_partner(visit_id: int, body: TakenBack, key: str) -> dict[str, Any]:
    """The partner cannot come; a helper is looked for again."""
    return {"id": service.take_visit_back(actor(), visit_id, body.reason, body.told, key=key)}


@write(f"{VISIT}/sheet", body=PartnerSheet, permission="visits.confirm")
def note_partner_care(visit_id: int, body: PartnerSheet, key: str) -> dict[str, Any]:
    """The partner's signed sheet: the hours go from the hold to the partner's account."""
    return {"id": service.note_care(actor(), visit_id, body.command(), key=key)}


@read("/partners/calls", PartnerCalls, permission="visits.write")
def list_partner_calls() -> dict[str, Any]:
    """Cancelled visits that were with a partner which does not know yet."""
    return {"items": partners_calls.calls(actor())}


@write(f"{ONE}/calls", body=CancelledTold, permission="visits.write")
def call_partner(partner_id: int, body: CancelledTold, key: str) -> dict[str, Any]:
    """Somebody at the partner knows that these visits are cancelled."""
    return {"id": partners_told.tell_cancelled(actor(), partner_id, body.visit_ids, body.told, key=key)}
