"""Care that was entered for a member just now: whose line dropped enters the same once more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select

from timebank.core import clock
from timebank.core.db import db
from timebank.exchange.models import RequestState, ServiceRequest
from timebank.exchange.rules.requests import NewRequest
from timebank.redemption.rules.allowance import RedeemRules

ALIVE = (RequestState.UNDER_REVIEW, RequestState.PUBLISHED)


def entered_just_now(person_ids: Iterable[int], wanted: NewRequest, rules: RedeemRules) -> ServiceRequest | None:
    """The newest living request of the member for this help on this day (and these days of the week) within
    tb.same_again_minutes, at whichever desk, on the portal or by telephone.  One statement.
    """
    if not rules.same_again_minutes:
        return None
    return db.session.scalar(
        select(ServiceRequest)
        .where(
            ServiceRequest.recipient_id.in_(list(person_ids)),
            ServiceRequest.service_code == wanted.service_code,
            ServiceRequest.first_day == wanted.first_day,
            ServiceRequest.weekdays == wanted.days,
            ServiceRequest.state.in_(ALIVE),
            ServiceRequest.created_at > clock.now() - timedelta(minutes=rules.same_again_minutes),
        )
        .order_by(ServiceRequest.id.desc())
        .limit(1)
    )
