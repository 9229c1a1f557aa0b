"""Forms of the day's end → commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from timebank.core.forms import Form
from timebank.redemption.commands import DayEnd
from timebank.redemption.forms import MISSING, NUMBER
from timebank.redemption.queries.day_end import Article

COUNT, REASON = "count_", "reason_"


class DayEndForm(Form):
    """One line for each article (added by `day_end_form`), the receipts on paper, a note."""

    receipts = IntegerField(
        _l("Receipts on paper"),
        description=_l("Count the slips of today, also those of baskets that were handed out by a second clerk."),
        validators=[InputRequired(NUMBER)],
        render_kw={"inputmode": "numeric"},
    )
    note = StringField(_l("Note"), validators=[Length(max=300)])

    def command(self, desk_id: int) -> DayEnd:
        """What was counted."""
        counted = [(_item(name), int(field.data)) for name, field in self._named(COUNT) if field.data is not None]
        reasons = [(_item(name), str(field.data)) for name, field in self._named(REASON) if field.data]
        return DayEnd(desk_id, tuple(counted), self.receipts.data or 0, tuple(reasons), self.note.data or "")

    def _named(self, beginning: str) -> list[tuple[str, Any]]:
        return [(name, field) for name, field in self._fields.items() if name.startswith(beginning)]


def _item(name: str) -> int:
    return int(name.rsplit("_", 1)[1])


def day_end_form(articles: Iterable[Article]) -> DayEndForm:
    """A form with a count and a reason for each article."""
    fields: dict[str, Any] = {}
    for one in articles:
        fields[f"{COUNT}{one.item_id}"] = IntegerField(
            one.name, validators=[InputRequired(NUMBER)], render_kw={"inputmode": "numeric", "autocomplete": "off"}
        )
        fields[f"{REASON}{one.item_id}"] = StringField(
            _l("Reason of a difference"), validators=[Length(max=200)], render_kw={"autocomplete": "off"}
        )
    form: DayEndForm = type("ArticlesDayEndForm", (DayEndForm,), fields)()
    return form


class SignForm(Form):
    """The second clerk signs at the same screen."""

    name = StringField(
        _l("Sign-in name of the second clerk"),
        validators=[InputRequired(MISSING), Length(max=80)],
        render_kw={"autocomplete": "off"},
    )
    password = PasswordField(
        _l("Password of the second clerk"),
        validators=[InputRequired(MISSING), Length(max=200)],
        render_kw={"autocomplete": "off"},
    )
