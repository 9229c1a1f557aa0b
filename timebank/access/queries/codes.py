"""Whether the code of a visit can be tried now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from timebank.access.models import Attempt
from timebank.access.queries.accounts import account_of_person
from timebank.access.rules import throttle as limits
from timebank.core import clock
from timebank.core.db import db


def visit_code_locked(visit_id: int, helper_id: int) -> datetime | None:
    """Until when wrong codes keep the helper from checking in to a visit by code, or None; two statements."""
    helper = account_of_person(helper_id)
    allowed = {limits.visit_code(visit_id): limits.VISIT_CODE}
    if helper is not None:
        allowed[limits.visit_code_caller(helper.id)] = limits.VISIT_CODE_CALLER
    now = clock.now()
    wrong: dict[str, list[datetime]] = {subject: [] for subject in allowed}
    for subject, at in db.session.execute(select(Attempt.subject, Attempt.at).where(Attempt.subject.in_(allowed))):
        wrong[subject].append(at)
    waits = [limits.waits_until(wrong[subject], now, limit) for subject, limit in allowed.items()]
    return max((until for until in waits if until), default=None)
