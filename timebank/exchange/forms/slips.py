"""Forms of paper and telephone: the rows of the week's grid, and what is said on a landline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional

from timebank.core import units
from timebank.core.errors import TimebankError
from timebank.core.forms import ClockField, Form, MinutesField
from timebank.core.texts import refusal_text
from timebank.exchange.forms.requests import NEEDED, options
from timebank.exchange.rules.slips import Happened, Slip
from timebank.exchange.rules.telephone import Said, Told

FIELDS = ("done", "start", "minutes", "code")
MOST_ROWS = 100
_NAMES = {"from_minute": "start", "at": "start", "day": "done", "to_minute": "minutes", "break_minutes": "minutes"}
T = TypeVar("T")


@dataclass(slots=True)
class SlipRow:
    """A row of the grid as typed, and what is wrong with it, by field; a field that was not shown is not here."""

    visit_id: int
    typed: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def filled(self) -> bool:
        """Was anything said about the visit?  Times alone stand there from the beginning."""
        return bool(self.typed.get("done", "").strip() or self.typed.get("code", "").strip())

    @property
    def said(self) -> str:
        """Times and code as typed, for a row that has no cells any more."""
        return " · ".join(text for name in FIELDS[1:] if (text := self.typed.get(name, "").strip()))


def slip_rows(typed: Mapping[str, str]) -> dict[int, SlipRow]:
    """The rows of a grid as sent (fields "17-start" …), by visit; at most a hundred."""
    rows: dict[int, SlipRow] = {}
    for name, value in typed.items():
        number, _, what = name.partition("-")
        if (
            what in FIELDS
            and number.isdecimal()
            and len(number) < 10
            and (len(rows) < MOST_ROWS or int(number) in rows)
        ):
            rows.setdefault(int(number), SlipRow(int(number), {})).typed[what] = value
    return rows


def read_row(row: SlipRow) -> Slip | None:
    """What the row says; what cannot be read is noted in `row.wrong`.  A code alone says that the visit took place."""
    said = row.typed.get("done", "").strip() or Happened.YES.value
    if said not in {each.value for each in Happened}:
        row.wrong["done"] = str(_l("Choose whether the visit took place."))
        return None
    happened = Happened(said)
    if happened is not Happened.YES:
        return Slip(row.visit_id, happened)
    start, minutes = _read(row, "start", _clock), _read(row, "minutes", units.parse_minutes)
    if row.wrong:
        return None
    return Slip(row.visit_id, happened, start or 0, minutes or 0, row.typed.get("code", ""))


def _read(row: SlipRow, name: str, read: Callable[[str], T]) -> T | None:
    if name not in row.typed:  # it was known already, so nobody was asked
        return None
    try:
        return read(row.typed[name].strip())
    except ValueError:
        row.wrong[name] = str(
            _l("Type the time as 09:30 or 0930.")
            if name == "start"
            else _l("Write the time as minutes (90) or as hours and minutes (1:30).")
        )
        return None


def _clock(text: str) -> int:
    """ "9:30", "9：30", "0930" or "9" as minutes of the day; raises `ValueError`."""
    text = text.replace("：", ":").replace(".", ":")
    if ":" not in text:
        text = f"{text}:00" if len(text) <= 2 else f"{text[:-2]}:{text[-2:]}"
    hour, _, minute = text.partition(":")
    if not (hour.isdecimal() and minute.isdecimal()) or int(minute) > 59 or int(hour) > 23:
        raise ValueError(text)
    return int(hour) * 60 + int(minute)


def note_refusal(row: SlipRow, error: TimebankError) -> None:
    """Puts a refusal beside the cell it is about; if that was not shown, beside the first one."""
    name = _NAMES.get(error.field or "", error.field or "done")
    shown = [each for each in FIELDS if each in row.typed] or ["done"]
    row.wrong[name if name in shown else shown[0]] = refusal_text(error)


class LandlineForm(Form):
    """The helper is on the telephone: whose line, the code, coming or going."""

    recipient = StringField(
        _l("Whose telephone is it?"),
        [InputRequired(NEEDED), Length(max=64)],
        description=_l("The number on the display, or name, pinyin or member number of the recipient."),
    )
    code = StringField(
        _l("Code of the day"),
        [InputRequired(NEEDED), Length(max=20)],
        description=_l("Six digits on the recipient's sheet, beside today's visit."),
    )
    said = RadioField(
        _l("What does the helper say?"),
        choices=options([(Said.ARRIVED, _l("“I have arrived”")), (Said.LEAVES, _l("“I am leaving”"))]),
        validators=[InputRequired(NEEDED)],
        default=Said.ARRIVED.value,
    )
    minute = ClockField(_l("At what time today?"), [Optional()], description=_l("Empty: now."))
    break_minutes = MinutesField(_l("Break"), [Optional()])

    def told(self, recipient_id: int) -> Told:
        """What was said about a visit to this person."""
        leaves = Said(self.said.data) is Said.LEAVES
        pause = self.break_minutes.data or 0 if leaves else 0
        return Told(recipient_id, self.code.data or "", Said(self.said.data), self.minute.data, pause)

    def refuse(self, error: TimebankError) -> None:
        """The clock's refusals name the moment; here it is typed as a time of today."""
        error.field = {"at": "minute", "person": "recipient"}.get(error.field or "", error.field)
        super().refuse(error)
