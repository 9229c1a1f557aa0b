"""What matching does by the clock."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.jobs import Job
from timebank.matching.background import work
from timebank.matching.service.asking import ask_next, go_on_at_once
from timebank.matching.service.calls import forget_drafts
from timebank.matching.service.forgetting import forget_plans


def ask_others() -> str:
    """Who was asked and did not answer, or said no: the next helper is asked."""
    return f"{ask_next()} asked instead"


def hurry() -> str:
    """Somebody must come now, and who was asked says nothing, or no."""
    return f"{go_on_at_once()} asked instead"


def forget() -> str:
    """Plans of days long gone are erased, and drafts of calls nobody came back to."""
    return f"{forget_plans()} plans, {forget_drafts()} drafts erased"


JOBS = [
    Job("plans", work, every_minutes=1, text=_l("Searches plans that wait, and asks the helpers of accepted ones")),
    Job("ask_next", ask_others, every_minutes=5, text=_l("Asks the next helper where one said no or nothing")),
    Job("hurry", hurry, every_minutes=1, text=_l("Asks the next helper at once where somebody must come now")),
    Job(
        "forget_plans",
        forget,
        daily_at="03:40",
        text=_l("Erases plans of days more than 90 days ago, and parked calls whose time is over"),
    ),
]
