"""Forms of requests: the coordinator's, the member's own, and the decisions on them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from timebank.core.clock import CIVIL
from timebank.core.forms import ClockField, Form, MinutesField
from timebank.exchange.rules.requests import MOST_AT_ONCE, NewRequest
from timebank.exchange.words_visits import FUNDINGS, SPEECH

NEEDED = _l("Please fill this in.")
DAYS = (_l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"), _l("Sunday"))
ONCE, WEEKLY = "once", "weekly"


def options(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Codes and words as choices of a field."""
    return [SelectChoice(str(code), words) for code, words in pairs]


def given(_form: Form, field: Field) -> None:
    """Something that can be read must have been typed (0 counts)."""
    if field.data is None and not field.errors:
        raise StopValidation(str(NEEDED))


def number(typed: Field) -> int:
    """The number of a field that must be filled in."""
    return int(typed.data)


class RequestForm(Form):
    """What help, when, how long, which wishes.  Choices of services, payers and wards come from the view."""

    service_code = SelectField(_l("Kind of help"))
    kind = RadioField(_l("How often"), choices=options([(ONCE, _l("Once")), (WEEKLY, _l("Every week"))]), default=ONCE)
    first_day = DateField(_l("Day, or first day"), [InputRequired(NEEDED)])
    weekdays = SelectMultipleField(
        _l("On these days of the week"),
        choices=options((str(number), name) for number, name in enumerate(DAYS)),
        description=_l("Only for help every week."),
    )
    last_day = DateField(
        _l("Last day"), [Optional()], description=_l("Only for help every week; empty: until it is cancelled.")
    )
    earliest_minute = ClockField(_l("Start at the earliest"), [given], description=_l("For example 09:00."))
    latest_minute = ClockField(
        _l("Start at the latest"),
        [given],
        description=_l("The helper may come at any time between. It may be the same."),
    )
    minutes = MinutesField(_l("How long"), [given], description=_l("Minutes (90) or hours and minutes (1:30)."))
    helpers_needed = RadioField(
        _l("How many helpers at once?"),
        choices=options((str(number), str(number)) for number in range(1, MOST_AT_ONCE + 1)),
        default="1",
        description=_l("For lifting, bathing, moving house. They come together, and the hours of each are paid."),
    )
    helper_sex = RadioField(
        _l("Who should come"),
        choices=options([("", _l("Anybody")), ("F", _l("A woman")), ("M", _l("A man"))]),
        default="",
    )
    language = SelectField(
        _l("Language of the helper"), choices=options([("", _l("Any")), *SPEECH.items()]), default=""
    )
    note = TextAreaField(_l("What a helper should know about the task"), [Length(max=500)])
    funding = RadioField(_l("Whose hours pay"))
    urgent = BooleanField(_l("Urgent: help is needed within two days"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Every week needs a day of the week."""
        fine = bool(super().validate(extra_validators))
        if self.kind.data == WEEKLY and not self.weekdays.data:
            self.weekdays.errors = [*self.weekdays.errors, _l("Choose at least one day of the week.")]
            return False
        return fine

    def command(self, recipient_id: int) -> NewRequest:
        weekly = self.kind.data == WEEKLY
        return NewRequest(
            recipient_id=recipient_id,
            service_code=self.service_code.data,
            first_day=self.first_day.data,
            earliest_minute=number(self.earliest_minute),
            latest_minute=number(self.latest_minute),
            minutes=number(self.minutes),
            helpers_needed=int(self.helpers_needed.data),
            weekdays="".join(self.weekdays.data) if weekly else "",
            last_day=self.last_day.data if weekly else None,
            funding=self.funding.data,
            helper_sex=self.helper_sex.data or None,
            language=self.language.data or None,
            urgent=self.urgent.data,
            note=self.note.data or "",
            address=self.address.data or "" if "address" in self else "",
        )


class StaffRequestForm(RequestForm):
    """The same, with another place."""

    address = StringField(
        _l("Address of the task"), [Length(max=200)], description=_l("Empty: where the recipient lives.")
    )


class ApproveForm(Form):
    """Approval, with the payer."""

    funding = RadioField(_l("Whose hours pay"), choices=options(FUNDINGS.items()))


class ReasonForm(Form):
    """A reason the other side will read."""

    reason = TextAreaField(_l("Reason"), [InputRequired(NEEDED), Length(max=200)])


class CancelTogetherForm(ReasonForm):
    """Several helpers would come together: shall none of them come, or all but one?"""

    whole = RadioField(
        _l("Which helpers shall not come"),
        choices=options([("all", _l("All of them: the whole visit is cancelled")), ("one", _l("Only this one"))]),
        default="all",
    )


class MoveForm(Form):
    """Another time for a visit."""

    starts_at = DateTimeLocalField(
        _l("New start"), [InputRequired(NEEDED)], format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    )
    reason = StringField(_l("Reason"), [Length(max=200)])

    def moment(self) -> datetime:
        """The typed time as a moment of Nanjing."""
        moment: datetime = self.starts_at.data.replace(tzinfo=CIVIL)
        return moment


class OfferForm(Form):
    """Asking a helper: sent by a button (moment with zone) or typed by the coordinator (civil time)."""

    volunteer_id = IntegerField(_l("Helper"), [InputRequired(NEEDED)])
    starts_at = HiddenField()
    series = HiddenField()

    def moment(self) -> datetime | None:
        """The proposed start; None when it cannot be read."""
        try:
            moment = datetime.fromisoformat(self.starts_at.data or "")
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=CIVIL)


def day_or_none(text: str | None) -> date | None:
    """A typed day of a filter, or None."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
