"""What runs by the clock: hours for key elders."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.authority import Actor
from timebank.core.jobs import Job
from timebank.exchange.service import grants


def monthly_grants() -> str:
    """Ends earlier months and gives this month's hours; a run in the middle of a month finds little to do."""
    run = grants.run_month(Actor.system("grants"))
    return (
        f"{run.given} grants given ({run.minutes} minutes); "
        f"{run.ended} ended, {run.returned_minutes} minutes went back to the fund."
    )


JOBS = [Job("grants", monthly_grants, daily_at="00:10", text=_l("Gives key elders their monthly hours"))]
