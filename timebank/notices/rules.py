"""When a notice that could not be sent is tried again."""

from __future__ import annotations

from datetime import timedelta

ATTEMPTS = 6
CLAIM = timedelta(minutes=10)  # a sender that died gives its notices back after this long
_WAITS = (1, 5, 15, 60, 240)


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts that failed; None after the sixth: it has failed for good."""
    return timedelta(minutes=_WAITS[attempts - 1]) if attempts < ATTEMPTS else None
