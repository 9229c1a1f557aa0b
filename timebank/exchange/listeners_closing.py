"""What visits can say before a month of the books is closed."""

from __future__ import annotations

from datetime import datetime

from flask import has_request_context, url_for
from flask_babel import gettext as _

from timebank.core.hooks import on
from timebank.exchange.queries.late import unsettled

Answer = tuple[str, int, str]


@on("before_closing")
def before_closing(tenant: int, ends_at: datetime) -> list[Answer]:
    """Visits of the month that are not credited yet: their hours would be posted in the month after it."""
    found = unsettled(tenant, ends_at)
    return [
        (_("Visits that wait for confirmation"), found.unconfirmed, _list("awaiting_confirmation")),
        (_("Visits in dispute"), found.disputed, _list("disputed")),
        (_("Hours under review"), found.under_review, _page("exchange.hours_review")),
        (_("Visits nobody reported; look at the paper sheets"), found.not_reported, _list("scheduled")),
        (_("Hours that only carry a name"), found.names, _page("exchange.hours_review")),
    ]


def _list(state: str) -> str:
    return _page("exchange.visit_list", state)


def _page(endpoint: str, state: str | None = None) -> str:
    """No address where nobody reads a page (the command line)."""
    return url_for(endpoint, state=state) if has_request_context() else ""
