"""How many wrong tries at a secret are allowed, and how long one waits after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `tries` wrong tries within `window`."""

    tries: int
    window: timedelta


SIGN_IN = Limit(5, timedelta(minutes=15))  # per sign-in name, phone or member number
ADDRESS = Limit(30, timedelta(minutes=15))  # per IP address
PIN = Limit(5, timedelta(minutes=15))  # per person
VISIT_CODE = Limit(5, timedelta(minutes=15))  # the six digits of a paper card, per visit
VISIT_CODE_CALLER = Limit(10, timedelta(minutes=15))  # the same, per account that types them
REGISTRATION = Limit(10, timedelta(hours=1))  # per IP address


def visit_code(visit_id: int) -> str:
    """The subject under which wrong codes of a visit are counted."""
    return f"visit-code:{visit_id}"


def visit_code_caller(who: int | str) -> str:
    """The subject under which the wrong codes of one account are counted."""
    return f"visit-code-by:{who}"[:80]


def waits_until(wrong: Sequence[datetime], now: datetime, limit: Limit) -> datetime | None:
    """The moment from which one may try again, or None when one may try now.  `wrong` is in any order."""
    recent = sorted(moment for moment in wrong if moment > now - limit.window)
    if len(recent) < limit.tries:
        return None
    return recent[-limit.tries] + limit.window


def tries_left(wrong: Sequence[datetime], now: datetime, limit: Limit) -> int:
    """How many more wrong tries are allowed now."""
    recent = [moment for moment in wrong if moment > now - limit.window]
    return max(0, limit.tries - len(recent))
