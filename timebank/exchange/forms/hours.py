"""Forms of hours written down afterwards: one phone screen, the coordinator's, the paper sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from timebank.core import units
from timebank.core.errors import Refused
from timebank.core.forms import ClockField, Form, MinutesField
from timebank.core.texts import refusal_text
from timebank.exchange.forms.requests import NEEDED, given, number, options
from timebank.exchange.rules.hours import LoggedByName, LoggedVisit
from timebank.exchange.words_visits import FUNDINGS

SOMEBODY = "0"
LINES = 12


class OwnHoursForm(Form):
    """Whom, what, when: everything a phone shows at once."""

    recipient_id = RadioField(_l("Whom did you help?"), validators=[InputRequired(NEEDED)])
    recipient_name = StringField(
        _l("Name"), [Length(max=64)], description=_l("Only for somebody else: the coordinator will look who it is.")
    )
    service_code = SelectField(_l("What did you do?"))
    day = DateField(_l("Day"), [InputRequired(NEEDED)])
    from_minute = ClockField(_l("Begins at"), [given], description=_l("For example 09:00."))
    to_minute = ClockField(_l("Ends at"), [given])
    break_minutes = MinutesField(_l("Break"), [Optional()])
    note = TextAreaField(_l("Note"), [Length(max=300)])

    def validate_recipient_name(self, typed: StringField) -> None:
        if self.recipient_id.data == SOMEBODY and not (typed.data or "").strip():
            raise ValidationError(_l("Write the name of the person you helped."))

    @property
    def by_name(self) -> bool:
        """Was somebody typed whom the list does not show?"""
        return bool(self.recipient_id.data == SOMEBODY)

    def command(self, volunteer_id: int) -> LoggedVisit:
        return LoggedVisit(volunteer_id, int(self.recipient_id.data), **self._when())

    def named(self, volunteer_id: int) -> LoggedByName:
        """The entry for somebody only named."""
        return LoggedByName(volunteer_id, self.recipient_name.data, **self._when())

    def _when(self) -> dict[str, Any]:
        return {
            "service_code": self.service_code.data,
            "day": self.day.data,
            "from_minute": self.from_minute.data,
            "to_minute": self.to_minute.data,
            "break_minutes": self.break_minutes.data or 0,
            "note": self.note.data or "",
        }


class StaffHoursForm(Form):
    """The coordinator writes hours down for somebody."""

    volunteer = StringField(
        _l("Helper"), [InputRequired(NEEDED)], description=_l("Name, pinyin, phone or member number.")
    )
    recipient = StringField(
        _l("Recipient"), [InputRequired(NEEDED)], description=_l("Name, pinyin, phone or member number.")
    )
    service_code = SelectField(_l("Kind of help"))
    day = DateField(_l("Day"), [InputRequired(NEEDED)])
    from_minute = ClockField(_l("Begins at"), [given])
    to_minute = ClockField(_l("Ends at"), [given])
    break_minutes = MinutesField(_l("Break"), [Optional()])
    funding = RadioField(_l("Whose hours pay"), choices=options(FUNDINGS.items()), default="own")
    note = TextAreaField(_l("Note"), [Length(max=300)])

    def command(self, volunteer_id: int, recipient_id: int) -> LoggedVisit:
        return LoggedVisit(
            volunteer_id,
            recipient_id,
            self.service_code.data,
            self.day.data,
            number(self.from_minute),
            number(self.to_minute),
            self.break_minutes.data or 0,
            self.note.data or "",
            self.funding.data,
        )

    def refuse(self, error: Any) -> None:
        """Refusals name ids; the fields here are names."""
        names = {"volunteer_id": "volunteer", "recipient_id": "recipient"}
        error.field = names.get(error.field, error.field)
        super().refuse(error)


class ReviewForm(Form):
    """The second pair of eyes."""

    decision = RadioField(
        _l("Decision"),
        choices=options([("approve", _l("Credit the hours")), ("return", _l("Send back"))]),
        validators=[InputRequired(NEEDED)],
    )
    funding = RadioField(_l("Whose hours pay"), validators=[Optional()])
    reason = TextAreaField(_l("Reason"), [Length(max=200)], description=_l("Needed to send it back."))


class FindForm(Form):
    """Who is it?"""

    recipient_id = RadioField(_l("Who was helped?"), validators=[InputRequired(NEEDED)])


@dataclass(slots=True)
class SheetLine:
    """A line of the paper sheet as typed, and what is wrong with it, by field."""

    place: int
    typed: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not any(self.typed[name].strip() for name in ("helper", "recipient", "from", "to"))


FIELDS = ("helper", "recipient", "service", "day", "from", "to", "break")
_NAMES = {
    "volunteer_id": "helper",
    "recipient_id": "recipient",
    "service_code": "service",
    "from_minute": "from",
    "to_minute": "to",
    "break_minutes": "break",
}


def sheet_lines(typed: Mapping[str, str], lines: int = LINES) -> list[SheetLine]:
    """The lines of a sheet as sent (fields "3-helper" …)."""
    return [SheetLine(place, {name: typed.get(f"{place}-{name}", "") for name in FIELDS}) for place in range(lines)]


def read_line(line: SheetLine, helper_id: int, recipient_id: int) -> LoggedVisit | None:
    """The visit a line means; what cannot be read is noted in `line.wrong`."""
    day = _read(line, "day", date.fromisoformat)
    begin, end = _read(line, "from", _clock), _read(line, "to", _clock)
    pause = _read(line, "break", units.parse_minutes) if line.typed["break"].strip() else 0
    if line.wrong or day is None or begin is None or end is None:
        return None
    return LoggedVisit(helper_id, recipient_id, line.typed["service"], day, begin, end, pause or 0, source="sheet")


def _read(line: SheetLine, name: str, read: Any) -> Any:
    try:
        return read(line.typed[name].strip())
    except ValueError:
        words = (
            _l("Year-month-day, for example 2026-11-24.") if name == "day" else _l("Type the time as 09:30 or 0930.")
        )
        line.wrong[name] = str(words)
        return None


def _clock(text: str) -> int:
    """ "9:30", "9：30" or "0930" as minutes of the day."""
    text = text.replace("：", ":")
    hour, _, minute = text.partition(":") if ":" in text else (text[:-2], "", text[-2:])
    value = int(hour) * 60 + int(minute)
    if int(minute) > 59 or not 0 <= value <= 1440:
        raise ValueError(text)
    return value


def note_refusal(line: SheetLine, error: Refused) -> None:
    """Puts a refusal beside the field it is about."""
    name = _NAMES.get(error.field or "", error.field or "helper")
    line.wrong[name if name in FIELDS else "helper"] = refusal_text(error)
