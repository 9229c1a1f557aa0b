"""What happens next, in words (the portal's promise: nobody has to guess)."""

from __future__ import annotations

from flask_babel import gettext as _

from timebank.exchange.models import VisitState
from timebank.reports.queries.first_page import NextVisit


def next_step(visit: NextVisit) -> str:
    """One or two sentences for the reader's part in the visit."""
    return _as_helper(visit) if visit.part == "helper" else _as_recipient(visit)


def _as_helper(visit: NextVisit) -> str:
    other = visit.other
    texts: dict[VisitState, str] = {
        VisitState.SCHEDULED: _("When you are at the door of %(name)s, open the visit and check in.", name=other),
        VisitState.IN_PROGRESS: _("You are with %(name)s. Check out when you leave.", name=other),
        VisitState.AWAITING_CONFIRMATION: _("Done. %(name)s now confirms; then the hours are yours.", name=other),
        VisitState.SECOND_REVIEW: _("A coordinator checks what you wrote. You need not do anything."),
        VisitState.DISPUTED: _("The hours are in doubt. The coordinator will talk to both of you."),
    }
    return texts.get(visit.state, "")


def _as_recipient(visit: NextVisit) -> str:
    other = visit.other
    texts: dict[VisitState, str] = {
        VisitState.OPEN: _("We are looking for a helper. You need not do anything."),
        VisitState.OFFERED: _("A helper was asked and will answer soon."),
        VisitState.SCHEDULED: _("%(name)s comes. Have your card or PIN ready to confirm afterwards.", name=other),
        VisitState.IN_PROGRESS: _("%(name)s is there now.", name=other),
        VisitState.AWAITING_CONFIRMATION: _(
            "%(name)s has been there. Please confirm, or say what was wrong.", name=other
        ),
        VisitState.SECOND_REVIEW: _("A coordinator checks what was written down."),
        VisitState.DISPUTED: _("The coordinator will talk to both of you."),
    }
    return texts.get(visit.state, "")
