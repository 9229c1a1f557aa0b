"""What runs by the clock: looking for planned visits that nobody has begun.  Each alarm is a transaction of its own."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.authority import Actor
from timebank.core.jobs import Job
from timebank.exchange.service import alarms

CLOCK = Actor.system("clock")


def watch_visits() -> str:
    """Ends alarms that have nothing to watch any more, passes on those nobody answered, raises new ones."""
    ended = [alarms.close_moot(CLOCK, number) for number in alarms.moot_alarms()]
    passed = [alarms.pass_on(CLOCK, number) for number in alarms.unanswered()]
    raised = [alarms.raise_alarm(CLOCK, number) for number in alarms.missed_visits()]
    return f"{len(raised)} alarms raised, {len(passed)} looked at again, {len(ended)} ended by themselves"


JOBS = [
    Job("watch_visits", watch_visits, every_minutes=2, text=_l("Raises an alarm about visits that nobody has begun")),
]
