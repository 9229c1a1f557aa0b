"""Forms by which two people are kept apart, and by which that ends."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from timebank.core.forms import Form
from timebank.exchange.forms.requests import NEEDED


class KeepApartForm(Form):
    """Why a coordinator keeps two people apart."""

    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(NEEDED), Length(max=300)],
        description=_l("Only coordinators read it. Neither of the two is told."),
    )


class EndApartForm(Form):
    """Why the two may meet again."""

    reason = TextAreaField(_l("Why they may meet again"), [InputRequired(NEEDED), Length(max=300)])


class NotAgainForm(Form):
    """Somebody would rather not meet this person again."""

    reason = TextAreaField(
        _l("Why? (you need not say)"),
        [Length(max=300)],
        description=_l("Only a coordinator reads it."),
    )
