"""The form of a desk without a line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from timebank.core.forms import Form
from timebank.redemption.commands import Intention
from timebank.redemption.forms import MISSING, pairs
from timebank.redemption.queries.goods import ShelfItem
from timebank.redemption.rules.basket import MOST_PIECES

PIECES = "pieces_"


class OfflineForm(Form):
    """Whose goods, how many of what; `lines`, `total` and `at` are filled by the tablet (js/desk-offline.js)."""

    member = StringField(
        _l("Member: scan the card, or type the member number"),
        validators=[InputRequired(MISSING), Length(max=200)],
        render_kw={"autocomplete": "off"},
    )
    how = RadioField(
        _l("How does the member confirm?"),
        choices=[
            SelectChoice("later", _l("With the PIN when the line is back; the goods wait until then")),
            SelectChoice("signature", _l("Signed on paper now")),
        ],
        default="later",
        validators=[InputRequired(MISSING)],
    )
    lines = HiddenField()
    total = HiddenField()
    at = HiddenField()

    def command(self, desk_id: int) -> Intention:
        """What was entered; the tablet's own fields count where there are any."""
        total = self.total.data or ""
        return Intention(
            desk_id,
            self.member.data or "",
            tuple(pairs(self.lines.data or "")) or tuple(self._pieces()),
            self.how.data or "later",
            int(total) if total.isdecimal() else None,
            _moment(self.at.data or ""),
        )

    def _pieces(self) -> Iterable[tuple[int, int]]:
        for name, field in self._fields.items():
            if name.startswith(PIECES) and field.data:
                yield int(name.removeprefix(PIECES)), int(field.data)


def _moment(milliseconds: str) -> datetime | None:
    """The tablet's clock (milliseconds since 1970); none when it is left out or beyond all calendars."""
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def offline_form(shelf: Iterable[ShelfItem]) -> OfflineForm:
    """A form with a number for each article that is handed out here."""
    fields: dict[str, Any] = {
        f"{PIECES}{one.article.id}": IntegerField(
            one.article.name,
            validators=[Optional(), NumberRange(0, MOST_PIECES)],
            render_kw={"inputmode": "numeric", "type": "number", "min": 0, "max": MOST_PIECES, "autocomplete": "off"},
        )
        for one in shelf
    }
    form: OfflineForm = type("ShelfOfflineForm", (OfflineForm,), fields)()
    return form
