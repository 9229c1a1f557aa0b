"""What a visit given by a partner organisation costs, and the way of its hours to the partner's account.

The member pays what a helper's visit of that length would cost (domain.md F1: rounded, weighted, never more than was on
hold).  The caps of F2 protect people from working too much; an organisation has none.
"""

from __future__ import annotations

import uuid

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models.partners import Partner, PartnerVisit
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries import schemes
from timebank.exchange.rules.credit import Credit, Limits, Rounding, credit
from timebank.exchange.service import payment
from timebank.ledger import service as ledger

KIND = "partner"


def account_of(tenant: int, partner_id: int) -> int:
    """The partner's account in the ledger; it is opened if there is none."""
    return ledger.ensure_account(tenant, KIND, partner_id, floor=0)


def pay_partner(actor: Actor, visit: Visit) -> None:
    """Moves the hours of a visit to the account of the partner who gave it; at most once per credit_no.

    Raises `Refused`: insufficient_time (the payer has too little and nothing was on hold).
    """
    given = db.session.get_one(PartnerVisit, visit.id)
    partner = db.session.get_one(Partner, given.partner_id, with_for_update=True)
    reckoned = _reckon(visit)
    visit.credit_no += 1
    visit.minutes_credited = reckoned.credited
    visit.credit_explained = reckoned.explained() | {"held": visit.held_minutes, "break": 0}
    if not reckoned.credited:
        payment.free_hold(actor, visit, "不计时间 / nothing to credit")
        return
    from_whom = payment.payer(visit.scheme_id, visit.recipient_id, visit.funding)
    account = account_of(from_whom.tenant, partner.id)
    ledger.lock_accounts(from_whom.tenant, {from_whom.account, account})
    booking = payment.Booking(actor, visit, from_whom, _memo(visit, partner))
    booking.take("kept", account, reckoned.credited)
    visit.postings = booking.made
    visit.transfer_id = uuid.UUID(booking.made["kept"])
    payment.note_transfer(visit, visit.transfer_id, visit.credit_explained)


def _reckon(visit: Visit) -> Credit:
    service = schemes.service_type(visit.service_code)
    parameters = schemes.parameters(visit.scheme_id, clock.civil(visit.check_in_at or visit.starts_at).date())
    return credit(
        visit.minutes_actual or 0,
        Limits(
            rounding=Rounding(parameters["tb.rounding"]),
            weight_permille=service.weight_permille,
            min_session=parameters.number("tb.min_session_minutes"),
            longest=service.max_minutes,
            paid_for=visit.held_minutes if payment.holds(visit) else None,
        ),
    )


def _memo(visit: Visit, partner: Partner) -> str:
    """Names the help and the partner; whom it was for, the partner's statement does not say."""
    service = schemes.service_type(visit.service_code)
    return f"{service.name_zh}：{partner.name_zh} / {service.name_en}: {partner.name_en}"
