"""Forms of visits: moments told on the phone, confirming, disputing, settling."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateTimeLocalField, HiddenField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from timebank.core.clock import CIVIL
from timebank.core.forms import Form, MinutesField
from timebank.exchange.forms.requests import NEEDED, options

STARS = options([("5", _l("5 – very good")), ("4", "4"), ("3", "3"), ("2", "2"), ("1", _l("1 – not good"))])


class PhoneForm(Form):
    """What the coordinator was told on the phone: when it began or ended."""

    at = DateTimeLocalField(_l("When it was"), [InputRequired(NEEDED)], format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])

    def moment(self) -> datetime:
        """The typed time as a moment of Nanjing."""
        moment: datetime = self.at.data.replace(tzinfo=CIVIL)
        return moment


class PhoneEndForm(PhoneForm):
    """The end, with a break."""

    break_minutes = MinutesField(_l("Break"), [Optional()], description=_l("Minutes without work; empty: none."))
    note = StringField(_l("Note"), [Length(max=300)])


class CheckOutForm(Form):
    """The helper leaves."""

    break_minutes = MinutesField(_l("Break"), [Optional()], description=_l("Minutes without work; empty: none."))
    note = StringField(_l("Note"), [Length(max=300)], description=_l("The recipient and the coordinator can read it."))


class CodeForm(Form):
    """The six digits of the recipient's paper card."""

    code = StringField(
        _l("Code on the recipient's card"),
        [InputRequired(NEEDED), Length(max=32)],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


class PinForm(Form):
    """The recipient types the PIN on the helper's phone."""

    pin = PasswordField(
        _l("PIN of the recipient"),
        [InputRequired(NEEDED), Length(max=12)],
        description=_l("Hand over the phone. Only the recipient types it."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


class SignatureForm(Form):
    """The recipient signs with a finger."""

    signature = HiddenField()


class RatingForm(Form):
    """Confirming with stars and words, both optional."""

    rating = RadioField(_l("How was it?"), choices=STARS, validators=[Optional()])
    note = TextAreaField(_l("Some words"), [Length(max=300)])

    def stars(self) -> int | None:
        """1 to 5, or None."""
        return int(self.rating.data) if self.rating.data else None


class LikedForm(RatingForm):
    """The same at a visit that a helper made: with the wish for somebody else."""

    not_again = BooleanField(
        _l("Next time somebody else, please"),
        description=_l("This helper will not come again. The helper is told neither that you asked nor why."),
    )


class DisputeForm(Form):
    """It was otherwise."""

    reason = TextAreaField(
        _l("What was otherwise?"),
        [InputRequired(NEEDED), Length(max=300)],
        description=_l("A coordinator will call both."),
    )


class SettleForm(Form):
    """How many minutes were worked."""

    minutes = MinutesField(
        _l("Minutes worked"),
        [InputRequired(NEEDED)],
        description=_l("0 voids the visit. Rounding and caps are applied afterwards."),
    )
    reason = TextAreaField(_l("Reason"), [InputRequired(NEEDED), Length(max=300)])


class NoShowForm(Form):
    """Who was not there."""

    who = RadioField(
        _l("Who was not there?"),
        choices=options([("volunteer", _l("The helper")), ("recipient", _l("The recipient"))]),
        validators=[InputRequired(NEEDED)],
    )
    note = StringField(_l("Note"), [Length(max=200)])
