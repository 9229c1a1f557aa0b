"""Forms of care packages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from timebank.core.forms import ClockField, Form, MinutesField
from timebank.redemption.commands import BuyPackage
from timebank.redemption.forms import MISSING, NUMBER, CareConfirmForm
from timebank.redemption.rules.packages import NewPackage

WEEKDAYS = (
    *(_l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday")),
    *(_l("Saturday"), _l("Sunday")),
)


class PackageForm(Form):
    """A package for the catalogue.  Choices of help and of places come from the view."""

    name_zh = StringField(_l("Name in Chinese"), [InputRequired(MISSING), Length(max=80)])
    name_en = StringField(_l("Name in English"), [InputRequired(MISSING), Length(max=80)])
    service_code = SelectField(_l("Which help?"))
    visits = IntegerField(_l("How many visits"), [InputRequired(NUMBER)], default=4)
    minutes = MinutesField(_l("Length of a visit"), [InputRequired(MISSING)], default=60)
    territory_code = SelectField(_l("Desks of"))

    def command(self) -> NewPackage:
        """The package."""
        return NewPackage(
            (self.name_zh.data or "").strip(),
            (self.name_en.data or "").strip(),
            self.service_code.data,
            int(self.visits.data or 0),
            int(self.minutes.data or 0),
            self.territory_code.data,
        )


class BuyForm(CareConfirmForm):
    """Which package, from when, on which days.  The choices of packages come from the view."""

    package_id = SelectField(_l("Which package?"), coerce=int)
    first_day = DateField(_l("From"), [InputRequired(MISSING)])
    weekdays = SelectMultipleField(
        _l("On these days of the week"), choices=[SelectChoice(str(n), name) for n, name in enumerate(WEEKDAYS)]
    )
    earliest_minute = ClockField(_l("May start from"), [InputRequired(MISSING)], default=480)
    latest_minute = ClockField(_l("May start until"), [InputRequired(MISSING)], default=600)
    wish = StringField(_l("What the helper should know"), [Length(max=200)])

    def command(self, desk_id: int, person_id: int) -> BuyPackage:
        """The purchase, confirmed."""
        return BuyPackage(
            person_id=person_id,
            desk_id=desk_id,
            package_id=self.package_id.data,
            first_day=self.first_day.data,
            weekdays="".join(sorted(self.weekdays.data or ())),
            earliest_minute=int(self.earliest_minute.data or 0),
            latest_minute=int(self.latest_minute.data or 0),
            confirmation=self.confirmation(),
            note=self.wish.data or "",
            again=bool(self.again.data),
        )
