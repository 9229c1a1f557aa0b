"""What runs by the clock: hours for key elders."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from timebank.core.authority import Actor
from timebank.core.jobs import Job
from timebank.core.units import minutes_text
from timebank.exchange.service import grants


def monthly_grants() -> str:
    """Ends earlier months and gives this month's hours; a run in the middle of a month finds little to do."""
    run = grants.run_month(Actor.system("grants"))
    return str(
        _(
            "%(given)s grants given (%(minutes)s); %(ended)s ended, %(back)s went back to the fund.",
            given=run.given,
            minutes=minutes_text(run.minutes),
            ended=run.ended,
            back=minutes_text(run.returned_minutes),
        )
    )


JOBS = [Job("grants", monthly_grants, daily_at="00:10", text=_l("Gives key elders their monthly hours"))]
