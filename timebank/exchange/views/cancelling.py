"""A visit is cancelled by the coordinator or the recipient: with all who would come together, or alone."""

from __future__ import annotations

from collections.abc import Callable

from timebank.core.web import actor
from timebank.exchange.forms.requests import CancelTogetherForm, ReasonForm
from timebank.exchange.service import requests


def cancel_form(helpers: int) -> ReasonForm:
    """Asks why, and which of them where several helpers go together."""
    return CancelTogetherForm() if helpers > 1 else ReasonForm()


def cancels(form: ReasonForm, visit_id: int) -> Callable[[], int]:
    """What the form does once it is right."""
    return lambda: requests.cancel_visit(
        actor(),
        visit_id,
        form.reason.data or "",
        isinstance(form, CancelTogetherForm) and form.whole.data == "all",
        key=form.key.data,
    )
