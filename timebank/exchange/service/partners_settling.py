"""Settling with a partner: what it earned until the end of a closed month leaves its account, on its invoice.

The hours go back to where hours come from (`issued` of the time bank), as those paid for goods leave the members.  No
money is paid here.  Above tb.second_clerk_minutes a second person agrees before anything moves.
"""

from __future__ import annotations

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.exchange.models.partners import Partner, PartnerSettlement
from timebank.exchange.queries import partners as queries
from timebank.exchange.queries import schemes
from timebank.exchange.rules.partners import Invoice, SettlementState, needs_second
from timebank.exchange.service.partners import for_change
from timebank.exchange.service.partners_payment import account_of
from timebank.ledger import service as ledger
from timebank.ledger.queries.closings import closed_until
from timebank.ledger.rules import months

SETTLE = "partners.settle"


@command
def settle_month(actor: Actor, partner_id: int, invoice: Invoice, *, key: str | None = None) -> int:
    """Settles what the partner earned until the end of a closed month; answers with the settlement's number.

    "partners.settle".  Raises `Refused`: bad_month, partner_month_open, partner_invoice_missing,
    partner_month_settled, partner_settlement_waits, partner_nothing_due.
    """
    partner = for_change(actor, partner_id, SETTLE)
    _check(partner, invoice)
    row = PartnerSettlement(
        partner_id=partner.id,
        month=invoice.month,
        minutes=_due(partner, invoice.month),
        invoice_no=invoice.invoice_no.strip()[:64],
        reason=invoice.reason.strip()[:200],
        asked_by=actor.account_id,
        asked_name=actor.name[:80],
    )
    db.session.add(row)
    db.session.flush()
    limit = schemes.parameters(partner.scheme_id, clock.today()).number("tb.second_clerk_minutes") or None
    if needs_second(row.minutes, limit):
        action = "ask.partner_settlement"
        audit.record(actor, action, "partner", partner.id, partner.territory_code, minutes=row.minutes)
    else:
        _post(actor, partner, row)
    return row.id


def _check(partner: Partner, invoice: Invoice) -> None:
    ends = months.ends_at(invoice.month)
    closed = closed_until(schemes.scheme(partner.scheme_id).tenant)
    if closed is None or closed < ends:
        raise Refused("partner_month_open", field="month", month=invoice.month)
    if not invoice.invoice_no.strip():
        raise Refused("partner_invoice_missing", field="invoice_no")
    known = db.session.scalars(select(PartnerSettlement).where(PartnerSettlement.partner_id == partner.id)).all()
    if any(one.state is SettlementState.WAITING for one in known):
        raise Refused("partner_settlement_waits", field="month")
    if any(one.month == invoice.month and one.state is SettlementState.DONE for one in known):
        raise Refused("partner_month_settled", field="month", month=invoice.month)


def _due(partner: Partner, month: str) -> int:
    """Minutes, read behind the lock of the partner's account; raises `Refused("partner_nothing_due")`."""
    tenant = schemes.scheme(partner.scheme_id).tenant
    ledger.lock_accounts(tenant, [account_of(tenant, partner.id)])
    minutes = queries.due_until(partner.id, tenant, month)
    if not minutes:
        raise Refused("partner_nothing_due", field="month", month=month)
    return minutes


def _post(actor: Actor, partner: Partner, row: PartnerSettlement) -> None:
    tenant = schemes.scheme(partner.scheme_id).tenant
    made = ledger.post(
        tenant,
        account_of(tenant, partner.id),
        ledger.ensure_account(tenant, "issued", partner.scheme_id, floor=None),
        row.minutes,
        key=f"partner:{row.id}:settle",
        purpose="partner",
        memo=f"{row.month} {row.invoice_no}",
        actor=actor,
    )
    row.transfer_id = made.id
    _decide(actor, row, SettlementState.DONE)
    facts = {"minutes": row.minutes, "month": row.month, "invoice": row.invoice_no}
    audit.record(actor, "settle.partner", "partner", partner.id, partner.territory_code, **facts)


def _decide(actor: Actor, row: PartnerSettlement, state: SettlementState) -> None:
    row.state, row.decided_at = state, clock.now()
    row.decided_by, row.decided_name = actor.account_id, actor.name[:80]


def _waiting(actor: Actor, settlement_id: int) -> tuple[Partner, PartnerSettlement]:
    found = db.session.get(PartnerSettlement, settlement_id)
    if found is None:
        raise NotFound("no_such_settlement")
    partner = for_change(actor, found.partner_id, SETTLE)
    row = db.session.get_one(PartnerSettlement, settlement_id, with_for_update=True, populate_existing=True)
    if row.state is not SettlementState.WAITING:
        raise Refused("partner_settlement_decided")
    return partner, row


@command
def agree_settlement(actor: Actor, settlement_id: int, *, key: str | None = None) -> int:
    """The second person agrees, and the hours leave the partner's account; answers with the settlement's number.

    Raises `Refused`: partner_settlement_decided, partner_second_is_first, partner_due_changed (minutes).
    """
    partner, row = _waiting(actor, settlement_id)
    if row.asked_by == actor.account_id:
        raise Refused("partner_second_is_first")
    now = _due(partner, row.month)
    if now != row.minutes:
        raise Refused("partner_due_changed", now_minutes=now)
    _post(actor, partner, row)
    return row.id


@command
def decline_settlement(actor: Actor, settlement_id: int, reason: str, *, key: str | None = None) -> int:
    """Nothing moves; the reason is kept.  Whoever asked may take it back so.  Raises `Refused`: reason_needed, …"""
    partner, row = _waiting(actor, settlement_id)
    if not reason.strip():
        raise Refused("reason_needed", field="reason")
    row.answer = reason.strip()[:200]
    _decide(actor, row, SettlementState.DECLINED)
    audit.record(actor, "decline.partner_settlement", "partner", partner.id, partner.territory_code, reason=row.answer)
    return row.id
