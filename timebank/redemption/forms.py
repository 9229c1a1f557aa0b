"""Forms of the desk → commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from timebank.core import clock
from timebank.core.forms import ClockField, Form, MinutesField
from timebank.redemption.commands import (
    CareCommand,
    Confirmation,
    ItemChange,
    NewDesk,
    NewItem,
    NewPrice,
    RedeemCommand,
    ReturnCommand,
)
from timebank.redemption.queries.baskets import BasketView
from timebank.redemption.queries.receipts import ReceiptLine
from timebank.redemption.words import CONSENTS, RELATIONS

MISSING = _l("Please fill this in.")
NUMBER = _l("Please enter a whole number.")
WAYS = [
    SelectChoice("pin", _l("PIN")),
    SelectChoice("pad", _l("Signed on the screen")),
    SelectChoice("signature", _l("Signed on paper")),
    SelectChoice("companion", _l("Somebody came for the member")),
]


def options(texts: Mapping[str, Any]) -> list[SelectChoice]:
    """Codes and words as choices, the first one empty."""
    return [SelectChoice("", "–"), *(SelectChoice(code, text) for code, text in texts.items())]


class PinField(PasswordField):
    """Digits that the member types; never shown, never kept."""


class ConfirmForm(Form):
    """The member agrees."""

    pin = PinField(_l("PIN of the member"), render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": 12})
    how = RadioField(_l("Confirmed by"), choices=WAYS, default="pin", validators=[InputRequired(MISSING)])
    companion = StringField(_l("Name of who came"), validators=[Length(max=80)])
    relation = SelectField(_l("Who this is to the member"), choices=options(RELATIONS), validate_choice=False)
    consent = SelectField(_l("How the member agreed"), choices=options(CONSENTS), validate_choice=False)
    note = StringField(_l("Why the member does not come"), validators=[Length(max=200)])
    signature = HiddenField()

    def confirmation(self) -> Confirmation:
        """How the member agreed."""
        return Confirmation(
            self.how.data or "pin",
            self.pin.data or "",
            self.note.data or "",
            self.companion.data or "",
            self.relation.data or "",
            self.consent.data or "",
            self.signature.data or "",
        )


class CareConfirmForm(ConfirmForm):
    """The member agrees to care; the same once more is asked about."""

    again = BooleanField(_l("Enter the same once more"))


class RedeemForm(ConfirmForm):
    """The basket as the clerk and the member saw it: "12:2,15:1" and the minutes it costs."""

    again = BooleanField(_l("Hand the same out once more"))
    lines = HiddenField()
    total = HiddenField()

    def show(self, basket: BasketView) -> None:
        """Puts the basket into the form."""
        self.lines.data = ",".join(f"{item}:{count}" for item, count in basket.pieces)
        self.total.data = str(basket.total_minutes)

    def command(self, desk_id: int, person_id: int) -> RedeemCommand:
        """The goods of the hidden fields, confirmed."""
        total = self.total.data or ""
        return RedeemCommand(
            person_id,
            desk_id,
            tuple(pairs(self.lines.data or "")),
            self.confirmation(),
            int(total) if total.isdecimal() else None,
            again=bool(self.again.data),
        )


def pairs(text: str) -> Iterable[tuple[int, int]]:
    """(item, pieces) of "12:2,15:1"; what is neither is left out."""
    for part in text.split(","):
        item, _, count = part.partition(":")
        if item.isdecimal() and count.isdecimal():
            yield int(item), int(count)


class CareForm(CareConfirmForm):
    """Care instead of goods."""

    service_code = SelectField(_l("Which help?"), validators=[InputRequired(MISSING)])
    first_day = DateField(_l("Day"), validators=[InputRequired(MISSING)])
    weekly = BooleanField(_l("Every week on this day"))
    earliest_minute = ClockField(_l("May start from"), default=480, validators=[InputRequired(MISSING)])
    latest_minute = ClockField(_l("May start until"), default=600, validators=[InputRequired(MISSING)])
    minutes = MinutesField(
        _l("Length of a visit"),
        default=60,
        description=_l("As minutes (90) or as hours and minutes (1:30)."),
        validators=[InputRequired(MISSING)],
    )
    wish = StringField(_l("Anything the helper should know"), validators=[Length(max=300)])

    def command(self, desk_id: int, person_id: int) -> CareCommand:
        """The visit wished for, confirmed."""
        return CareCommand(
            person_id=person_id,
            desk_id=desk_id,
            service_code=self.service_code.data,
            first_day=self.first_day.data,
            earliest_minute=self.earliest_minute.data or 0,
            latest_minute=self.latest_minute.data or 0,
            minutes=self.minutes.data or 0,
            confirmation=self.confirmation(),
            weekly=self.weekly.data,
            note=self.wish.data or "",
            again=bool(self.again.data),
        )


class ReturnForm(Form):
    """How many of each line come back; a field for every line is added by `return_form`."""

    reason = StringField(_l("Reason"), validators=[InputRequired(MISSING), Length(max=200)])
    to_shelf = RadioField(
        _l("The goods"),
        choices=[
            SelectChoice("yes", _l("are fine and go back on the shelf")),
            SelectChoice("no", _l("are faulty and do not")),
        ],
        default="yes",
        validators=[InputRequired(MISSING)],
    )

    def command(self, redemption_id: int) -> ReturnCommand:
        """The pieces that come back."""
        pieces = tuple(
            (int(name.removeprefix("line_")), int(field.data or 0))
            for name, field in self._fields.items()
            if name.startswith("line_")
        )
        return ReturnCommand(redemption_id, pieces, self.reason.data or "", self.to_shelf.data == "yes")


def return_form(lines: Iterable[ReceiptLine]) -> ReturnForm:
    """A return form with a number field for each line that can still come back."""
    fields: dict[str, Any] = {
        f"line_{line.id}": IntegerField(
            f"{line.name} (0–{line.left})",
            default=0,
            validators=[Optional(), NumberRange(0, line.left, _l("Between 0 and %(max)s pieces can come back."))],
            render_kw={"inputmode": "numeric", "type": "number", "min": 0, "max": line.left},
        )
        for line in lines
        if line.left
    }
    form: ReturnForm = type("LinesReturnForm", (ReturnForm,), fields)()
    return form


class ReasonForm(Form):
    """Why a basket is given up."""

    reason = StringField(_l("Reason"), validators=[InputRequired(MISSING), Length(max=200)])


class _ArticleFields(Form):
    name_zh = StringField(_l("Name in Chinese"), validators=[InputRequired(MISSING), Length(max=80)])
    name_en = StringField(_l("Name in English"), validators=[InputRequired(MISSING), Length(max=80)])
    unit_zh = StringField(_l("Unit in Chinese"), default="件", validators=[InputRequired(MISSING), Length(max=16)])
    unit_en = StringField(_l("Unit in English"), default="piece", validators=[InputRequired(MISSING), Length(max=24)])
    source = StringField(_l("Donated by"), validators=[Length(max=120)])
    low_stock = IntegerField(
        _l("Low when so many are left"), default=5, validators=[InputRequired(NUMBER), NumberRange(0, 9999)]
    )


class NewItemForm(_ArticleFields):
    """An article."""

    sku = StringField(
        _l("Article number"),
        description=_l("Letters, digits and hyphens; the bar code if it has one."),
        validators=[InputRequired(MISSING), Length(max=32)],
    )
    price_minutes = MinutesField(
        _l("Price"), description=_l("In time: 1:30 or 90."), validators=[InputRequired(MISSING)]
    )
    territory_code = SelectField(_l("Time bank of"), validators=[InputRequired(MISSING)])

    def command(self) -> NewItem:
        """The article with its first price."""
        return NewItem(
            self.sku.data,
            self.name_zh.data,
            self.name_en.data,
            self.unit_zh.data,
            self.unit_en.data,
            self.price_minutes.data or 0,
            self.territory_code.data,
            self.source.data or "",
            self.low_stock.data,
        )


class ItemForm(_ArticleFields):
    """What may change about an article."""

    active = BooleanField(_l("Is handed out"), default=True)

    def command(self, item_id: int) -> ItemChange:
        """The article as it shall be."""
        return ItemChange(
            item_id,
            self.name_zh.data,
            self.name_en.data,
            self.unit_zh.data,
            self.unit_en.data,
            self.source.data or "",
            self.low_stock.data,
            self.active.data,
        )


class PriceForm(Form):
    """A price from a day on."""

    minutes = MinutesField(_l("Price"), description=_l("In time: 1:30 or 90."), validators=[InputRequired(MISSING)])
    valid_from = DateField(_l("From"), default=clock.today, validators=[InputRequired(MISSING)])

    def command(self, item_id: int) -> NewPrice:
        """The new price."""
        return NewPrice(item_id, self.minutes.data or 0, self.valid_from.data)


class DeskForm(Form):
    """A service point."""

    code = StringField(
        _l("Short code"),
        description=_l("Stands in front of each receipt number, for example YH1."),
        validators=[InputRequired(MISSING), Length(max=12)],
    )
    name_zh = StringField(_l("Name in Chinese"), validators=[InputRequired(MISSING), Length(max=80)])
    name_en = StringField(_l("Name in English"), validators=[InputRequired(MISSING), Length(max=80)])
    territory_code = SelectField(_l("Where"), validators=[InputRequired(MISSING)])
    address = StringField(_l("Address"), validators=[Length(max=200)])
    hours_zh = StringField(_l("Opening hours in Chinese"), validators=[Length(max=120)])
    hours_en = StringField(_l("Opening hours in English"), validators=[Length(max=120)])
    phone = StringField(_l("Telephone of the desk"), validators=[Length(max=32)])

    def command(self) -> NewDesk:
        """The desk."""
        return NewDesk(
            self.code.data,
            self.name_zh.data,
            self.name_en.data,
            self.territory_code.data,
            self.address.data or "",
            self.hours_zh.data or "",
            self.hours_en.data or "",
            self.phone.data or "",
        )
