"""Forms of letters."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from timebank.core.forms import Form
from timebank.notices.queries.wishes import PersonLetters
from timebank.notices.rules import Language, LetterWay, WishForLetters

NEEDED = _l("Please fill this in.")
USUAL = "usual"
WAYS: dict[str, Any] = {
    USUAL: _l("as usual: a letter only where there is neither phone nor e-mail"),
    LetterWay.LETTER.value: _l("always as a letter"),
    LetterWay.EMAIL.value: _l("by e-mail, and on the page “Messages”"),
    LetterWay.MESSAGE.value: _l("only on the page “Messages”"),
    LetterWay.NEVER.value: _l("never as a letter"),
}


class WishForm(Form):
    """How somebody wants to be told."""

    way = RadioField(
        _l("Messages of the time bank"),
        [InputRequired(NEEDED)],
        choices=[SelectChoice(code, words) for code, words in WAYS.items()],
    )
    large = BooleanField(_l("In large print"))
    reads = RadioField(
        _l("Language"),
        [InputRequired(NEEDED)],
        choices=[SelectChoice("zh", "中文"), SelectChoice("en", "English")],
    )
    copies = BooleanField(_l("A copy of messages about visits, and of letters, for who may act"))

    def prepare(self, person: PersonLetters, *, own: bool, may_translate: bool, may_agree: bool = False) -> None:
        """Shows what holds now and leaves out what does not apply.

        `may_translate`: the language is theirs to set; `may_agree`: so is the consent to copies.
        """
        if not self.is_submitted():
            self.way.data, self.large.data = person.way.value if person.way else USUAL, person.large
            self.reads.data, self.copies.data = person.reads, person.copies
        if own and person.way is not LetterWay.NEVER:
            self.way.choices = [one for one in self.way.choices if one.value != LetterWay.NEVER.value]
        if not may_translate:
            del self.reads
        if not (may_agree and person.agents):
            del self.copies

    def command(self, person_id: int) -> WishForLetters:
        """The command of `service.wishes.wish`."""
        way = None if self.way.data == USUAL else LetterWay(self.way.data)
        reads: Language = self.reads.data if "reads" in self else ""
        copies = bool(self.copies.data) if "copies" in self else None
        return WishForLetters(person_id, way, bool(self.large.data), reads, copies)


class LetterReasonForm(Form):
    """Why letters are not sent, or printed once more."""

    reason = StringField(_l("Reason"), [InputRequired(NEEDED), Length(max=200)])
