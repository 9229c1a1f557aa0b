"""What runs by the clock: the time banks of a city settle up after each month."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.authority import Actor
from timebank.core.jobs import Job
from timebank.exchange.service.netting import net_past_months


def netting() -> str:
    """Does nothing on most days: each month is netted once."""
    done = net_past_months(Actor.system("netting"))
    return f"Netted: {', '.join(done) if done else 'nothing was left'}."


JOBS = [Job("netting", netting, daily_at="01:10", text=_l("Settles up between the time banks of a city each month"))]
