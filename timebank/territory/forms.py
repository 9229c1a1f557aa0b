"""Forms of the territory."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FloatField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from timebank.core import clock
from timebank.core.forms import Form
from timebank.territory import labels
from timebank.territory.models import Duty
from timebank.territory.service import NOBODY_YET, NewDuty

NEEDED = InputRequired(_l("Please fill this in."))


class GridForm(Form):
    """A new grid, or another name for one."""

    name = StringField(_l("Name of the grid"), [NEEDED, Length(max=80)])


class PointForm(Form):
    """Where a place is."""

    lat = FloatField(_l("Latitude"), [Optional()], description=_l("WGS 84 degrees, for example 32.116"))
    lon = FloatField(_l("Longitude"), [Optional()], description=_l("WGS 84 degrees, for example 118.887"))


class DutyForm(Form):
    """Somebody takes a duty."""

    duty = SelectField(_l("Duty"), choices=[SelectChoice(code, words) for code, words in labels.DUTY.items()])
    person_id = StringField(
        _l("Who?"),
        [NEEDED, Length(max=64)],
        description=_l("Member number, phone or full name of a registered person."),
    )
    phone = StringField(_l("Phone on duty"), [Length(max=32)], render_kw={"inputmode": "tel"})
    starts_on = DateField(_l("From"), [NEEDED], default=clock.today)
    ends_on = DateField(_l("Until"), [Optional()], description=_l("Leave empty when it has no end."))

    def command(self, code: str) -> NewDuty:
        """The duty; its person is still to be found."""
        return NewDuty(
            code, Duty(self.duty.data), NOBODY_YET, self.phone.data or "", self.starts_on.data, self.ends_on.data
        )
