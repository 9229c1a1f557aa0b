"""Forms of the ledger: the auditor's filter, and the reversal."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from timebank.core.errors import Refused
from timebank.core.forms import Form
from timebank.ledger import texts
from timebank.ledger.queries.accounts import AccountInfo
from timebank.ledger.rules.amounts import parse, typed
from timebank.ledger.rules.kinds import MINUTES
from timebank.ledger.service.by_hand import LimitChange


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


class CloseMonthForm(Form):
    """A note to the closing, and that the open points were seen."""

    note = TextAreaField(
        _l("Note"), description=_l("It is printed on the closing sheet."), validators=[Optional(), Length(max=200)]
    )
    acknowledged = BooleanField(_l("I have seen what is still open, and close the month all the same"))


class DecideReversalForm(Form):
    """The second person agrees or declines."""

    decision = RadioField(
        _l("Your decision"),
        choices=[SelectChoice("agree", _l("I agree; reverse it")), SelectChoice("decline", _l("I decline"))],
        validators=[InputRequired(_l("Choose whether you agree or decline."))],
    )
    note = TextAreaField(
        _l("Note"),
        description=_l("Needed when you decline; the one who asked reads it."),
        validators=[Optional(), Length(max=300)],
    )


class AmountField(StringField):
    """An amount of a unit, typed as 1:30, 12.50 or 3; `data` is an integer, or None for "without limit"."""

    unit = MINUTES

    def read(self) -> int | None:
        """The amount.  Raises Refused("bad_amount")."""
        try:
            return parse(self.data or "", self.unit)
        except ValueError:
            raise Refused("bad_amount", field=self.short_name) from None


class LimitsForm(Form):
    """How an account is limited from now on, and why.  A batched account has a state only."""

    floor = AmountField(_l("Lower limit"), description=_l("Empty means without limit."), validators=[Length(max=24)])
    ceiling = AmountField(_l("Upper limit"), description=_l("Empty means without limit."), validators=[Length(max=24)])
    state = SelectField(
        _l("State"),
        choices=[SelectChoice(code, words) for code, words in texts.STATES.items()],
        validators=[InputRequired()],
    )
    reason = TextAreaField(
        _l("Why is it changed?"),
        description=_l("The reason stays in the books for good."),
        validators=[InputRequired(_l("Please write why; the reason stays in the books.")), Length(max=300)],
    )

    def show(self, info: AccountInfo) -> None:
        """Fills in what is now; takes the limits away where the account cannot have any."""
        if info.batched:
            del self.floor, self.ceiling
        else:
            self.floor.unit = self.ceiling.unit = info.unit
        if self.is_submitted():
            return
        self.state.data = info.state
        if not info.batched:
            self.floor.data, self.ceiling.data = typed(info.floor, info.unit), typed(info.ceiling, info.unit)

    def change(self, info: AccountInfo) -> LimitChange:
        """The command.  Raises Refused("bad_amount")."""
        limits = (None, None) if info.batched else (self.floor.read(), self.ceiling.read())
        return LimitChange(info.tenant, info.id, *limits, self.state.data, self.reason.data or "")


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
