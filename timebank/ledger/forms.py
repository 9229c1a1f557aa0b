"""Forms of the ledger: the auditor's filter, and the reversal."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from timebank.core.forms import Form
from timebank.ledger import texts


def _choices(words: dict[str, Any]) -> list[SelectChoice]:
    """A list to choose from that begins with "all"."""
    return [SelectChoice(code, text) for code, text in {"": _l("all"), **words}.items()]


class ReverseForm(Form):
    """Why a transfer is undone."""

    reason = TextAreaField(
        _l("Why is it reversed?"),
        description=_l("The reason stays in the books for good."),
        validators=[InputRequired(_l("Please write why; the reason stays in the books.")), Length(max=300)],
    )
    whole = BooleanField(_l("Reverse every step of this event together"), default=True)


class DaysForm(PlainForm):
    """Two days, both included; read from the address, so that a page can be kept as a bookmark."""

    from_day = DateField(_l("From day"), validators=[Optional()])
    to_day = DateField(_l("To day"), validators=[Optional()])


class JournalForm(DaysForm):
    """What the auditor asks for."""

    who = StringField(_l("Person (name, phone or member number)"), validators=[Length(max=40)])
    actor = StringField(_l("Done by"), validators=[Length(max=40)])
    purpose = SelectField(_l("Purpose"), default="", choices=_choices(texts.PURPOSES))
    kind = SelectField(_l("Step"), default="", choices=_choices(texts.STEPS))
    account = StringField(_l("Account number"), validators=[Length(max=20)])
