"""What the desk does by the clock."""

from __future__ import annotations

from timebank.core.jobs import Job
from timebank.redemption.service import expire_waiting


def _expire() -> str:
    return f"{expire_waiting()} baskets expired"


JOBS = [Job("redemption-expiry", every_minutes=10, function=_expire)]
