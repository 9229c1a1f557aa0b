"""What access does by the clock."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from timebank.access.service import throttle
from timebank.core import clock
from timebank.core.jobs import Job


def sweep_attempts() -> str:
    """Removes wrong tries that are older than a day (the longest window is an hour)."""
    return f"{throttle.sweep(clock.now() - timedelta(days=1))} old tries removed"


JOBS = [
    Job("sweep_attempts", sweep_attempts, daily_at="03:20", text=_l("Removes old wrong tries at passwords and PINs")),
]
