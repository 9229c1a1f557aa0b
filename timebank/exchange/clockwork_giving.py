"""What runs by the clock: gifts to relatives whose proof nobody looked at."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.authority import Actor
from timebank.core.jobs import Job
from timebank.exchange.service import gifts


def late_gifts() -> str:
    """Closes what ran out; the hours themselves became free with their hold."""
    return f"{gifts.lapse_gifts(Actor.system('gifts'))} gifts ran out."


JOBS = [Job("gifts", late_gifts, daily_at="00:20", text=_l("Closes gifts to relatives whose proof came too late"))]
