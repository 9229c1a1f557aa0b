"""What the recipient says at the end of a visit, on the portal or on the phone to a coordinator."""

from __future__ import annotations

from timebank.core.web import actor
from timebank.exchange.forms.visits import LikedForm
from timebank.exchange.rules.apart import AskedBy
from timebank.exchange.service import apart, visits


def confirm(form: LikedForm, visit_id: int, how: str) -> int:
    """Confirms the visit (`how`: portal or call), then notes the wish for somebody else."""
    visits.confirm(actor(), visit_id, how, form.stars(), form.note.data or "", key=form.key.data)
    return perhaps_not_again(form, visit_id)


def perhaps_not_again(form: LikedForm, visit_id: int) -> int:
    """The wish for somebody else is a command of its own: sent again after a lost answer it stays one wish."""
    if form.not_again.data:
        apart.not_again(actor(), visit_id, AskedBy.RECIPIENT, form.note.data or "", key=form.key.data)
    return visit_id
