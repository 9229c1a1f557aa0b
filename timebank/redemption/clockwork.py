"""What the desk does by the clock."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.jobs import Job
from timebank.redemption.service import expire_waiting


def _expire() -> str:
    return f"{expire_waiting()} baskets expired"


TEXT = _l("Frees baskets that waited too long for a second clerk.")
JOBS = [Job("redemption-expiry", _expire, every_minutes=10, text=TEXT)]
