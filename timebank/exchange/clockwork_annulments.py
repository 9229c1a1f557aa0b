"""What runs by the clock: annulled hours that were spent are taken back once there are hours again."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.authority import Actor
from timebank.core.jobs import Job
from timebank.exchange.service.annulments_books import take_back_rest


def rest_of_annulments() -> str:
    """Tries again what could not be taken back."""
    rest = take_back_rest(Actor.system("annulments"))
    refused = f" {rest.refused} cases were refused by the books." if rest.refused else ""
    return f"{rest.minutes} annulled minutes were taken back.{refused}"


JOBS = [Job("annulments", rest_of_annulments, daily_at="00:30", text=_l("Takes back annulled hours that were spent"))]
