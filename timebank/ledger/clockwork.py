"""What the clock does for the ledger."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.authority import Actor
from timebank.core.jobs import Job
from timebank.ledger import service
from timebank.ledger.service import sealing


def sweep_holds() -> str:
    """Frees promises whose time is over; says how many."""
    return f"{service.sweep_holds()} released"


def join_hours() -> str:
    """Hours that came back under a number that was merged go to the kept one; says how many minutes."""
    return f"{service.join_what_came_back(Actor.system('join_hours'))} minutes"


def seal() -> str:
    """Seals and publishes what was written since; says how many transfers."""
    return f"{sum(sealing.seal_all().values())} sealed"


def seal_late() -> str:
    """Seals what the minute's look cannot see: transfers dated long before they were written."""
    return f"{sum(sealing.seal_all(everything=True).values())} sealed"


JOBS = [
    Job("sweep_holds", sweep_holds, every_minutes=10, text=_l("Free hours whose promise has expired")),
    Job("join_hours", join_hours, every_minutes=10, text=_l("Carry on hours that came back under an earlier number")),
    Job("seal", seal, every_minutes=1, text=_l("Seal new postings and publish the seal")),
    Job("seal_late", seal_late, daily_at="03:20", text=_l("Seal postings that were dated back")),
]
