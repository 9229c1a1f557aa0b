"""Forms of letters."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from timebank.core.forms import Form
from timebank.notices.rules import LetterWay, WishForLetters

NEEDED = _l("Please fill this in.")
USUAL = "usual"


class WishForm(Form):
    """How somebody wants to be written to."""

    way = RadioField(
        _l("Messages of the time bank"),
        [InputRequired(NEEDED)],
        choices=[
            SelectChoice(USUAL, _l("as usual: a letter only where there is neither phone nor e-mail")),
            SelectChoice(LetterWay.LETTER.value, _l("always as a letter")),
            SelectChoice(LetterWay.NEVER.value, _l("never as a letter")),
        ],
    )
    large = BooleanField(_l("In large print"))

    def command(self, person_id: int) -> WishForLetters:
        """The command of `service.letters.wish`."""
        way = None if self.way.data == USUAL else LetterWay(self.way.data)
        return WishForLetters(person_id, way, bool(self.large.data))


class LetterReasonForm(Form):
    """Why letters are not sent, or printed once more."""

    reason = StringField(_l("Reason"), [InputRequired(NEEDED), Length(max=200)])
