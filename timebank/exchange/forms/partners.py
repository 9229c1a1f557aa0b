"""Forms of partner organisations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, DateTimeLocalField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from timebank.core.clock import CIVIL
from timebank.core.forms import Form, MinutesField
from timebank.exchange.forms.requests import NEEDED, MoveForm, ReasonForm
from timebank.exchange.rules.partners import GivenCare, Invoice, PartnerFacts

TOLD = _l("Who at the partner knows it")


class PartnerForm(Form):
    """A partner.  Choices of help and places come from the view."""

    name_zh = StringField(_l("Name in Chinese"), [InputRequired(NEEDED), Length(max=80)])
    name_en = StringField(_l("Name in English"), [InputRequired(NEEDED), Length(max=80)])
    registered_no = StringField(
        _l("Registered number"),
        [InputRequired(NEEDED), Regexp(r"\s*[0-9A-Za-z]{5,32}\s*$", message=_l("Letters and digits, at least five."))],
        description=_l("Unified social credit code"),
    )
    contact = StringField(_l("Who answers there"), [InputRequired(NEEDED), Length(max=80)])
    phone = StringField(_l("Phone"), [InputRequired(NEEDED), Length(max=32)])
    territory_code = SelectField(_l("Where it gives care"))
    services = SelectMultipleField(_l("Which kinds of help?"))
    from_day = DateField(_l("First day"), [InputRequired(NEEDED)])
    until_day = DateField(_l("Last day, if known"), [Optional()])

    def command(self, *_subject: int) -> PartnerFacts:
        """The facts of the partner."""
        return PartnerFacts(
            self.name_zh.data or "",
            self.name_en.data or "",
            (self.registered_no.data or "").strip(),
            self.contact.data or "",
            self.phone.data or "",
            self.territory_code.data,
            tuple(self.services.data or ()),
            self.from_day.data,
            self.until_day.data,
        )


class EndForm(Form):
    """The last day of a partner."""

    until_day = DateField(_l("Last day"), [InputRequired(NEEDED)])


class GiveForm(Form):
    """Which partner gives the visit; choices come from the view."""

    partner_id = SelectField(_l("Which partner?"), coerce=int)


class TakeBackForm(ReasonForm):
    """Why the visit is taken back, and who at the partner knows."""

    told = StringField(TOLD, [InputRequired(NEEDED), Length(max=80)])


class CancelledForm(Form):
    """Of which cancelled visits somebody at the partner knows; choices come from the view, the service checks them."""

    visits = SelectMultipleField(
        _l("Cancelled visits"),
        coerce=int,
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    told = StringField(TOLD, [InputRequired(NEEDED), Length(max=80)])


class PartnerMoveForm(MoveForm):
    """Another time for a visit that a partner gives, and who there knows it."""

    told = StringField(TOLD, [InputRequired(NEEDED), Length(max=80)])


class CareForm(Form):
    """What the partner's sheet says."""

    began = DateTimeLocalField(
        _l("When it began"), [InputRequired(NEEDED)], format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    )
    minutes = MinutesField(_l("How long"), [InputRequired(NEEDED)])
    signed_by = StringField(_l("Who signed the sheet"), [InputRequired(NEEDED), Length(max=80)])

    def command(self) -> GivenCare:
        """What was given."""
        return GivenCare(self.began.data.replace(tzinfo=CIVIL), int(self.minutes.data or 0), self.signed_by.data or "")


class SettleForm(Form):
    """The month and the invoice."""

    month = StringField(
        _l("Closed month"), [InputRequired(NEEDED), Length(max=7)], description=_l("For example 2026-10")
    )
    invoice_no = StringField(_l("Number of the invoice"), [InputRequired(NEEDED), Length(max=64)])
    reason = StringField(_l("Reason"), [Length(max=200)])

    def command(self) -> Invoice:
        """What is to be settled."""
        return Invoice(self.month.data or "", self.invoice_no.data or "", self.reason.data or "")
