"""What the clock does for the ledger."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.jobs import Job
from timebank.ledger import service


def sweep_holds() -> str:
    """Frees promises whose time is over; says how many."""
    return f"{service.sweep_holds()} released"


JOBS = [Job("sweep_holds", sweep_holds, every_minutes=10, text=_l("Free hours whose promise has expired"))]
