"""What keeps the house clean by the clock."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.jobs import Job
from timebank.jobs.service import sweep

JOBS = [
    Job("sweep", sweep, daily_at="03:30", text=_l("Removes kept answers of old forms and the old history of jobs")),
]
