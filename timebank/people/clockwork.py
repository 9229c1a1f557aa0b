"""What the registry does by the clock."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.jobs import Job
from timebank.people.service.imports import forget_rejects, work_imports


def read_spreadsheets() -> str:
    """Reads the spreadsheets that wait, or whose worker stopped half way."""
    return f"{work_imports()} read"


def forget_rejected_rows() -> str:
    """Erases rejected rows that nobody fetched for 30 days."""
    return f"{forget_rejects()} erased"


JOBS = [
    Job(
        "people_imports",
        read_spreadsheets,
        every_minutes=1,
        text=_l("Reads spreadsheets of people that were sent in."),
    ),
    Job(
        "people_rejects",
        forget_rejected_rows,
        daily_at="03:20",
        text=_l("Erases rejected rows of spreadsheets after 30 days."),
    ),
]
