"""Forms of gifts to relatives, of the community pot, and of what lies above the cap."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from timebank.core.forms import Form, MinutesField
from timebank.exchange import words_giving as words
from timebank.exchange.forms.volunteers import NEEDED, options
from timebank.exchange.rules.giving import Proof
from timebank.exchange.service.gifts import NewGift, SeenProof
from timebank.exchange.service.pot import FromPot

AMOUNT = _l("As minutes (90) or as hours and minutes (1:30).")


class GiftForm(Form):
    """Hours for a relative; the relative is named by number and name."""

    receiver_no = StringField(
        _l("Member number of the relative"),
        [InputRequired(NEEDED), Length(max=32)],
        description=_l("It stands on the relative's member card."),
    )
    receiver_name = StringField(_l("Name of the relative"), [InputRequired(NEEDED), Length(max=64)])
    relation = SelectField(_l("The relative is"), [InputRequired(NEEDED)])
    minutes = MinutesField(_l("How much shall the relative get?"), [InputRequired(NEEDED)], description=AMOUNT)
    note = StringField(_l("A word with it"), [Optional(), Length(max=200)])

    def fill(self, relations: Iterable[str]) -> GiftForm:
        """Gives the relations that the time bank allows."""
        self.relation.choices = options({code: words.RELATIONS[code] for code in relations})
        return self

    def command(self, giver_id: int) -> NewGift:
        return NewGift(
            giver_id,
            self.receiver_no.data or "",
            self.receiver_name.data or "",
            self.relation.data,
            self.minutes.data or 0,
            self.note.data or "",
        )


class GiftForForm(GiftForm):
    """The same, written down by a coordinator for somebody without a phone."""

    person = StringField(
        _l("Who gives"), [InputRequired(NEEDED)], description=_l("Name, pinyin, phone or member number.")
    )


class ProofForm(Form):
    """The paper that was seen."""

    proof = SelectField(_l("What shows the relation?"), choices=options(words.PROOFS))
    note = StringField(
        _l("Which paper was it?"),
        [InputRequired(NEEDED), Length(max=200)],
        description=_l("For example its number, or who showed it."),
    )

    def command(self, gift_id: int) -> SeenProof:
        return SeenProof(gift_id, Proof(self.proof.data), self.note.data or "")


class FromPotForm(Form):
    """Hours from the pot for a neighbour."""

    person = StringField(_l("Person"), [InputRequired(NEEDED)], description=_l("Name, pinyin, phone or member number."))
    minutes = MinutesField(_l("How much?"), [InputRequired(NEEDED)], description=AMOUNT)
    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(_l("Give a reason.")), Length(max=200)],
        description=_l("Only coordinators and auditors read it."),
    )
    all_the_same = BooleanField(_l("This person gets hours although key elders without hours come first"))

    def command(self, person_id: int) -> FromPot:
        return FromPot(person_id, self.minutes.data or 0, self.reason.data or "", bool(self.all_the_same.data))


class OverflowForm(Form):
    """What becomes of minutes above the most that an account may hold."""

    choice = RadioField(_l("Hours above the most"), choices=options(words.OVERFLOWS), default="")
