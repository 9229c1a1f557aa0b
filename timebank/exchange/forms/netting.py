"""The form of paying what a time bank owes another."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length

from timebank.core.forms import Form


class PayForm(Form):
    """The number of the paper; needed only where time banks pay each other outside."""

    reference = StringField(
        _l("Number of the paper"), [Length(max=64)], description=_l("For example of the transfer or the minutes.")
    )
