"""The form of an emergency: as short as a call is."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from timebank.core.forms import Form, MinutesField
from timebank.core.units import minutes_text
from timebank.exchange.words_visits import FUNDINGS
from timebank.matching.rules.emergencies import EmergencyCall

NEEDED = _l("Please fill this in.")
WHY: dict[str, Any] = {
    "grant": _l("The recipient has %(own)s of own hours left, which is not enough for this. So the grant is chosen."),
    "pot": _l(
        "The recipient has %(own)s of own hours left, and no grant that is enough. So the community pot is chosen."
    ),
    "issued": _l(
        "The recipient has %(own)s of own hours left, and neither a grant nor the community pot is enough. "
        "So free community help is chosen."
    ),
}


class EmergencyForm(Form):
    """Somebody must come now.  The choices of services come from the view."""

    person = StringField(
        _l("Who needs somebody?"),
        [InputRequired(NEEDED), Length(max=80)],
        description=_l("Name, pinyin, phone or member number."),
    )
    service_code = SelectField(_l("Kind of help"))
    what = TextAreaField(
        _l("What has happened, and what is to be done?"),
        [InputRequired(NEEDED), Length(max=500)],
        description=_l("The helper reads this."),
    )
    minutes = MinutesField(
        _l("How long"),
        [InputRequired(NEEDED)],
        default=60,
        description=_l("Minutes (90) or hours and minutes (1:30)."),
    )
    funding = RadioField(
        _l("Whose hours pay"),
        choices=[SelectChoice(str(code), text) for code, text in FUNDINGS.items()],
        default="own",
    )

    def choose_payer(self, funding: str, own_minutes: int) -> None:
        """Presets whose hours pay, and says why it is not the recipient's own."""
        self.funding.data = funding
        if funding in WHY:
            self.funding.description = str(WHY[funding]) % {"own": minutes_text(own_minutes)}

    def command(self, recipient_id: int) -> EmergencyCall:
        """What to do for whom."""
        return EmergencyCall(
            recipient_id=recipient_id,
            service_code=self.service_code.data,
            what=(self.what.data or "").strip(),
            minutes=int(self.minutes.data or 0),
            funding=self.funding.data or "own",
        )
