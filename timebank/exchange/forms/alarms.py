"""The form by which an alarm is closed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from timebank.core.forms import Form
from timebank.exchange.forms.requests import NEEDED, options
from timebank.exchange.rules.alarms import CloseAlarm, Happened
from timebank.exchange.words_alarms import HAPPENED


class CloseAlarmForm(Form):
    """What happened, chosen and in words."""

    happened = RadioField(_l("What happened"), [InputRequired(NEEDED)], choices=options(list(HAPPENED.items())))
    words = TextAreaField(
        _l("In your words"),
        [InputRequired(NEEDED), Length(max=250)],
        description=_l("Who was asked, what was found, what happens next. It stands in the history of the visit."),
        render_kw={"rows": 3},
    )

    def command(self, alarm_id: int) -> CloseAlarm:
        """The command of `service.alarms.close_alarm`."""
        return CloseAlarm(alarm_id, Happened(self.happened.data), self.words.data or "")
