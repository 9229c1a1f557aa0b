"""Forms of plans: which place and days, planning again."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from timebank.core.forms import Form
from timebank.matching.rules.plans import NewPlan, Replan

NEEDED = _l("Please fill this in.")
SECONDS = [
    SelectChoice("5", _l("a few seconds: a good plan")),
    SelectChoice("20", _l("20 seconds: usually enough for a street")),
    SelectChoice("60", _l("a minute: for a district")),
    SelectChoice("300", _l("five minutes: for a large district")),
]


class PlanForm(Form):
    """A plan of a place.  The choices of places come from the view."""

    territory_code = SelectField(_l("Place"))
    first_day = DateField(_l("Day, or first day"), [InputRequired(NEEDED)])
    days = RadioField(
        _l("How long"), choices=[SelectChoice("1", _l("One day")), SelectChoice("7", _l("A week"))], default="1"
    )
    seconds = RadioField(_l("Search for at most"), choices=SECONDS, default="20")

    def command(self) -> NewPlan:
        """What to plan."""
        return NewPlan(
            self.territory_code.data, self.first_day.data, int(self.days.data or 1), int(self.seconds.data or 20)
        )


class AgainForm(Form):
    """Planning again around what has happened.  The choices of helpers come from the view."""

    without = SelectMultipleField(
        _l("Who cannot come?"),
        description=_l("Whose visits need somebody else. Nobody marked: only visits that were cancelled or came in."),
        coerce=int,
        validate_choice=False,
    )
    may_move = BooleanField(_l("Visits already promised may be moved to other helpers or times"))
    seconds = RadioField(_l("Search for at most"), choices=SECONDS[:3], default="5")

    def command(self) -> Replan:
        """How to plan again."""
        return Replan(tuple(self.without.data or ()), bool(self.may_move.data), int(self.seconds.data or 5))
