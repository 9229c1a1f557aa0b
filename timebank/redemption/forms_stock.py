"""Forms of the shelf → commands."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from timebank.core import clock
from timebank.core.forms import Form
from timebank.redemption import words
from timebank.redemption.commands import Arrival, Delivery, Minimum, NewLimit, NewPicture, Sending, StockCount, WriteOff
from timebank.redemption.forms import MISSING, NUMBER
from timebank.redemption.pictures import MOST_BYTES
from timebank.redemption.queries.batches import BatchRow

DIGITS = {"inputmode": "numeric"}


class DeliveryForm(Form):
    """Goods in."""

    item_id = SelectField(_l("Article"), coerce=int, validators=[InputRequired(MISSING)])
    pieces = IntegerField(_l("Pieces"), validators=[InputRequired(NUMBER)], render_kw=DIGITS)
    expires_on = DateField(
        _l("To be used by"),
        description=_l("The last day on which it is handed out. Empty when it does not go bad."),
        validators=[Optional()],
    )
    source_kind = SelectField(
        _l("Where from"),
        choices=[SelectChoice(code, text) for code, text in words.GIVEN.items()],
        validators=[InputRequired(MISSING)],
    )
    source = StringField(_l("Given or sold by"), validators=[Length(max=120)])
    note = StringField(_l("Delivery note"), validators=[Length(max=200)])

    def command(self, desk_id: int) -> Delivery:
        """The delivery."""
        return Delivery(
            desk_id,
            self.item_id.data,
            self.pieces.data,
            self.source.data or "",
            self.note.data or "",
            self.source_kind.data,
            self.expires_on.data,
        )


class CountForm(Form):
    """What was found on the shelf."""

    counted = IntegerField(_l("Pieces on the shelf"), validators=[InputRequired(NUMBER)], render_kw=DIGITS)
    reason = StringField(
        _l("Reason of a difference"),
        description=_l("Needed when the count differs: broken, gone off, lost, counted wrongly …"),
        validators=[Length(max=200)],
    )

    def command(self, desk_id: int, item_id: int) -> StockCount:
        """The count."""
        return StockCount(desk_id, item_id, self.counted.data, self.reason.data or "")


class WriteOffForm(Form):
    """Pieces that are thrown away."""

    pieces = IntegerField(_l("Pieces"), validators=[InputRequired(NUMBER)], render_kw=DIGITS)
    reason = StringField(_l("Reason"), validators=[InputRequired(MISSING), Length(max=200)])

    def suggest(self, row: BatchRow) -> None:
        """All that is free; why, when it has expired."""
        self.pieces.data = row.batch.free
        if row.batch.expired and row.batch.expires_on:
            self.reason.data = str(words.EXPIRED_ON) % {"day": row.batch.expires_on.isoformat()}

    def command(self, desk_id: int, batch_id: int) -> WriteOff:
        """The pieces and the reason."""
        return WriteOff(desk_id, batch_id, self.pieces.data, self.reason.data or "")


class MinimumForm(Form):
    """When an article runs low at a desk."""

    pieces = IntegerField(
        _l("Low when so many are left"),
        description=_l("Empty: as the article says for all desks."),
        validators=[Optional(), NumberRange(0, 9999)],
        render_kw=DIGITS,
    )

    def command(self, desk_id: int, item_id: int) -> Minimum:
        """The pieces, or none."""
        return Minimum(desk_id, item_id, self.pieces.data)


class LimitForm(Form):
    """How many pieces one person may have."""

    pieces = IntegerField(
        _l("Pieces for one person"),
        description=_l("0: no limit any more."),
        validators=[InputRequired(NUMBER)],
        render_kw=DIGITS,
    )
    period = SelectField(
        _l("In this period"),
        choices=[SelectChoice(code, text) for code, text in words.PERIODS.items()],
        default="month",
        validators=[InputRequired(MISSING)],
    )
    valid_from = DateField(_l("From"), default=clock.today, validators=[InputRequired(MISSING)])

    def command(self, item_id: int) -> NewLimit:
        """The limit."""
        return NewLimit(item_id, self.pieces.data, self.period.data, self.valid_from.data)


class PictureForm(Form):
    """A picture of an article."""

    upload = FileField(
        _l("Picture"),
        validators=[FileRequired(_l("Choose a file."))],
        description=_l(
            "JPEG, PNG or WebP, at most %(most)s MB. Place and camera that a phone writes into it are left out.",
            most=MOST_BYTES // 2**20,
        ),
        render_kw={"accept": "image/jpeg,image/png,image/webp"},
    )
    alt_zh = StringField(
        _l("What it shows, in Chinese"),
        description=_l("For people who do not see it, for example: “a red 5 kg bag”."),
        validators=[Length(max=160)],
    )
    alt_en = StringField(_l("What it shows, in English"), validators=[Length(max=160)])
    CALLED = {"file": "upload"}

    def command(self, item_id: int) -> NewPicture:
        """The picture with its words."""
        return NewPicture(item_id, self.upload.data.read(), self.alt_zh.data or "", self.alt_en.data or "")


class SendingForm(Form):
    """Pieces for another desk."""

    item_id = SelectField(_l("Article"), coerce=int, validators=[InputRequired(MISSING)])
    to_desk_id = SelectField(_l("To the desk"), coerce=int, validators=[InputRequired(MISSING)])
    pieces = IntegerField(_l("Pieces"), validators=[InputRequired(NUMBER)], render_kw=DIGITS)
    note = StringField(_l("Note for the other desk"), validators=[Length(max=200)])

    def command(self, desk_id: int) -> Sending:
        """What is sent where."""
        return Sending(desk_id, self.item_id.data, self.to_desk_id.data, self.pieces.data, self.note.data or "")


class ArrivalForm(Form):
    """What arrived."""

    pieces = IntegerField(_l("Pieces that arrived"), validators=[InputRequired(NUMBER)], render_kw=DIGITS)
    reason = StringField(
        _l("Reason of a difference"),
        description=_l("Needed when more or fewer pieces arrived than were sent."),
        validators=[Length(max=200)],
    )

    def command(self, shelf_transfer_id: int) -> Arrival:
        """The count."""
        return Arrival(shelf_transfer_id, self.pieces.data, self.reason.data or "")
