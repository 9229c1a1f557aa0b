"""Base of all forms: the key that makes a second click harmless, and refusals put beside their fields."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, StringField
from wtforms.validators import ValidationError

from timebank.core import units
from timebank.core.errors import TimebankError
from timebank.core.texts import refusal_text


class Form(FlaskForm):
    """A form with an idempotency key.  Subclasses give `command()`: the fields as a frozen dataclass."""

    CALLED: ClassVar[Mapping[str, str]] = {}  # what the command calls a value -> the field in which it is typed

    key = HiddenField(default=lambda: uuid.uuid4().hex)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refusals: list[str] = []
        if not self.key.data:
            self.key.data = uuid.uuid4().hex

    def refuse(self, error: TimebankError) -> None:
        """Puts the text of a refusal beside the field it names, else on top of the form."""
        text = refusal_text(error)
        field = self._fields.get(self.CALLED.get(error.field, error.field)) if error.field else None
        if field is None:
            self.refusals.append(text)
        else:
            field.errors = [*field.errors, text]

    def visible_fields(self) -> list[Field]:
        """The fields a person fills in, in order."""
        return [field for field in self if field.type not in {"HiddenField", "CSRFTokenField"}]

    def problems(self) -> list[tuple[str, str]]:
        """(id of the field, text) for the summary on top; the id is empty for the form as a whole.

        A text that several fields share is told apart by their labels, and what is missing is named.
        """
        found = [(field, str(text)) for field in self for text in _flat(field.errors)]
        often = Counter(text for _field, text in found)
        named = [
            (field.id, _("%(field)s: %(problem)s", field=field.label.text, problem=text))
            if often[text] > 1 or _left_out(field)
            else (field.id, text)
            for field, text in found
        ]
        return [("", text) for text in self.refusals] + named


def _left_out(field: Field) -> bool:
    """Was a field that must be filled in left empty?"""
    return bool(field.flags.required) and not any(field.raw_data or ())


def _flat(errors: Any) -> list[Any]:
    if isinstance(errors, dict):
        return [text for item in errors.values() for text in _flat(item)]
    if isinstance(errors, (list, tuple)):
        return [text for item in errors for text in _flat(item)]
    return [errors] if errors else []


class MinutesField(StringField):
    """A length of time, typed as 90, 1:30, 1h30 or 1小时30分; `data` is integer minutes."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = valuelist[0] if valuelist else ""
        if not self.typed.strip():
            self.data = None
            return
        try:
            self.data = units.parse_minutes(self.typed)
        except ValueError:
            self.data = None
            raise ValidationError(_l("Write the time as minutes (90) or as hours and minutes (1:30).")) from None

    def _value(self) -> str:
        typed = getattr(self, "typed", None)
        return str(typed if typed is not None else self.data if self.data is not None else "")


class ClockField(StringField):
    """A time of day, typed as 8:05 or 08:05; `data` is integer minutes from midnight."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = (valuelist[0] if valuelist else "").strip().replace("：", ":")
        if not self.typed:
            self.data = None
            return
        hour, _, minute = self.typed.partition(":")
        if hour.isdecimal() and minute[:2].isdecimal() and int(hour) <= 24 and int(minute[:2]) < 60:
            self.data = int(hour) * 60 + int(minute[:2])
        if self.data is None or self.data > 1440 or not isinstance(self.data, int):
            self.data = None
            raise ValidationError(_l("Write the time as hours and minutes, for example 08:30."))

    def _value(self) -> str:
        typed = getattr(self, "typed", None)
        if typed is not None:
            return str(typed)
        return units.clock_text(self.data) if isinstance(self.data, int) else ""
