"""What the desk does by the clock."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.jobs import Job
from timebank.redemption.service import expire_waiting, reckon_all


def _expire() -> str:
    return f"{expire_waiting()} baskets expired"


def _reckon() -> str:
    found = reckon_all()
    return f"{len(found)} time banks, {sum(len(one.findings) for one in found)} findings"


TEXT = _l("Frees baskets that waited too long for a second clerk.")
RECKON = _l("Compares goods with the hours that were paid for them.")
JOBS = [
    Job("redemption-expiry", _expire, every_minutes=10, text=TEXT),
    Job("goods-reckoning", _reckon, daily_at="02:50", text=RECKON),
]
