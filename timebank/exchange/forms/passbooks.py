"""Forms of the passbook: a new booklet, and why a print is made again."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length

from timebank.core.forms import Form
from timebank.exchange.forms.requests import NEEDED, options
from timebank.exchange.rules.passbooks import BookletReason, StartBooklet
from timebank.exchange.words_passbooks import REASONS


class FirstBookletForm(Form):
    """The first booklet of a person."""

    begins = RadioField(
        _l("What the booklet begins with"),
        [InputRequired(NEEDED)],
        choices=options(
            [("all", _l("the first line of the account")), ("now", _l("the balance of today, brought forward"))]
        ),
        default="all",
    )

    def command(self, person_id: int) -> StartBooklet:
        """The command of `service.passbooks.start_booklet`."""
        return StartBooklet(person_id, BookletReason.FIRST, self.begins.data == "now")


class NextBookletForm(Form):
    """Another booklet."""

    reason = RadioField(
        _l("Why a new booklet"),
        [InputRequired(NEEDED)],
        choices=options([(code, REASONS[code]) for code in ("full", "lost", "worn")]),
    )

    def command(self, person_id: int) -> StartBooklet:
        """The command of `service.passbooks.start_booklet`."""
        return StartBooklet(person_id, BookletReason(self.reason.data))


class AgainForm(Form):
    """Why the last print is made again."""

    reason = StringField(
        _l("Why it is printed again"),
        [InputRequired(NEEDED), Length(max=200)],
        description=_l("For example: paper jam. It is kept with the print."),
    )
