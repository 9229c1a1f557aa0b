"""Forms of assistance: fields to commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from timebank.assistance import texts
from timebank.assistance.models.plans import VisitKind
from timebank.assistance.rules.cases import CaseKind, CloseReason, LegalBasis, Urgency
from timebank.assistance.rules.plans import LineKind, NeedKind
from timebank.assistance.rules.self_care import CareItem
from timebank.assistance.rules.status import Category
from timebank.assistance.service.cases import NewCase
from timebank.assistance.service.health import HealthUpdate, NewStatus
from timebank.assistance.service.plans import NewHomeVisit, NewLine
from timebank.core import clock
from timebank.core.forms import ClockField, Form, MinutesField

MISSING = _l("Fill this in.")
CHOOSE = _l("Choose one.")
NEEDED = DataRequired(MISSING)


def choices(texts_of: Mapping[Any, Any]) -> list[SelectChoice]:
    """Codes with their names as choices of a field."""
    return [SelectChoice(code, text) for code, text in texts_of.items()]


class MoneyField(StringField):
    """An amount typed in yuan ("1240" or "1240.50"); `data` is integer fen."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = (valuelist[0] if valuelist else "").strip().replace(",", "").removeprefix("¥")
        self.data = None
        if not self.typed:
            return
        yuan, _, fen = self.typed.partition(".")
        if not yuan.isdecimal() or (fen and not fen.isdecimal()) or len(fen) > 2 or len(yuan) > 9:
            raise ValidationError(_l("Write the amount in yuan, for example 1240 or 1240.50."))
        self.data = int(yuan) * 100 + int((fen or "0").ljust(2, "0"))

    def _value(self) -> str:
        typed = getattr(self, "typed", None)
        if typed is not None:
            return str(typed)
        return f"{self.data / 100:.2f}" if isinstance(self.data, int) else ""


class PurposeForm(Form):
    """Why somebody who does not work on a case looks into it."""

    purpose = RadioField(
        _l("Why do you need to see this file?"), choices=choices(texts.PURPOSES), validators=[InputRequired(CHOOSE)]
    )
    words = StringField(_l("In your words"), validators=[Length(max=150)], description=_l("Needed for another reason."))

    def validate_words(self, field: StringField) -> None:
        if self.purpose.data == "other" and not (field.data or "").strip():
            raise ValidationError(MISSING)

    def text(self) -> str:
        """What is kept: the code, and the words after a colon."""
        words = (self.words.data or "").strip()
        return f"{self.purpose.data}: {words}" if words else str(self.purpose.data)


class CaseForm(Form):
    """Opens a case for a person found before."""

    kind = SelectField(_l("What is it about?"), choices=choices(texts.KINDS), validators=[NEEDED])
    urgency = RadioField(
        _l("How urgent is it?"),
        choices=choices(texts.URGENCIES),
        default="ordinary",
        validators=[InputRequired(CHOOSE)],
    )
    legal_basis = RadioField(
        _l("Why may we use the data?"),
        choices=choices(texts.BASES),
        default="consent",
        validators=[InputRequired(CHOOSE)],
    )
    summary = TextAreaField(
        _l("What is the situation?"), validators=[NEEDED, Length(max=4000)], description=_l("Kept encrypted.")
    )
    case_worker_id = SelectField(_l("Who answers for the case?"), coerce=int, validators=[InputRequired(CHOOSE)])

    def command(self, person_id: int) -> NewCase:
        return NewCase(
            person_id=person_id,
            kind=CaseKind(self.kind.data),
            legal_basis=LegalBasis(self.legal_basis.data),
            urgency=Urgency(self.urgency.data),
            summary=self.summary.data.strip(),
            case_worker_id=self.case_worker_id.data,
        )


class WorkerForm(Form):
    """Hands a case over."""

    case_worker_id = SelectField(_l("Who answers for the case?"), coerce=int, validators=[InputRequired(CHOOSE)])


class VisitForm(Form):
    """A home visit that took place."""

    CALLED = MappingProxyType({"started_at": "starts", "ended_at": "ends"})

    kind = SelectField(_l("Kind of visit"), choices=choices(texts.VISIT_KINDS), validators=[NEEDED])
    visitors = StringField(
        _l("Who went?"), validators=[NEEDED, Length(max=200)], description=_l("Names with commas; better two than one.")
    )
    day = DateField(_l("Day"), validators=[InputRequired(MISSING)])
    starts = ClockField(_l("From"), validators=[InputRequired(MISSING)], description=_l("For example 09:00"))
    ends = ClockField(_l("Until"), validators=[InputRequired(MISSING)], description=_l("For example 09:40"))
    findings = TextAreaField(
        _l("What did you see and hear?"), validators=[NEEDED, Length(max=8000)], description=_l("Kept encrypted.")
    )
    next_action = StringField(_l("What comes next?"), validators=[Length(max=300)])
    next_due_on = DateField(_l("Next visit until"), validators=[Optional()])
    signed_by = StringField(_l("Who signed?"), validators=[Length(max=80)])
    signature = HiddenField()

    def command(self, case_id: int) -> NewHomeVisit:
        names = str(self.visitors.data).replace("，", ",").replace("、", ",").split(",")
        return NewHomeVisit(
            case_id=case_id,
            kind=VisitKind(self.kind.data),
            visitors=tuple(name.strip() for name in names if name.strip()),
            started_at=clock.at(self.day.data, self.starts.data or 0),
            ended_at=clock.at(self.day.data, self.ends.data or 0),
            findings=self.findings.data.strip(),
            next_action=(self.next_action.data or "").strip(),
            next_due_on=self.next_due_on.data,
            signed_by=(self.signed_by.data or "").strip(),
            signature=(self.signature.data or "")[:20_000] or None,
        )


class NeedForm(Form):
    """A need in the person's words."""

    kind = SelectField(_l("What is needed?"), choices=choices(texts.NEED_KINDS), validators=[NEEDED])
    words = TextAreaField(_l("In the person's words"), validators=[NEEDED, Length(max=2000)])

    def need_kind(self) -> NeedKind:
        return NeedKind(self.kind.data)


class LineForm(Form):
    """A promise of cash, goods or a service."""

    CALLED = MappingProxyType({"amount_fen": "amount"})

    kind = RadioField(_l("What kind of help?"), choices=choices(texts.LINE_KINDS), validators=[InputRequired(CHOOSE)])
    programme = StringField(
        _l("What exactly?"), validators=[NEEDED, Length(max=200)], description=_l("Programme, goods or service")
    )
    provider = StringField(_l("Who gives it?"), validators=[NEEDED, Length(max=80)])
    need_id = SelectField(_l("Which need does it answer?"), coerce=int, validators=[Optional()])
    amount = MoneyField(_l("Amount in yuan"), description=_l("Only for cash"))
    quantity = IntegerField(
        _l("How many?"),
        validators=[Optional(), NumberRange(1, 100_000, _l("At least 1."))],
        description=_l("Only for goods"),
    )
    unit = StringField(_l("Unit"), validators=[Length(max=16)], description=_l("Bags, bottles, sets"))
    minutes = MinutesField(_l("How long?"), description=_l("Only for a service: 90 or 1:30"))
    monthly = BooleanField(_l("Every month"))
    due_on = DateField(_l("Until when?"), validators=[InputRequired(MISSING)])

    def command(self, case_id: int) -> NewLine:
        return NewLine(
            case_id=case_id,
            kind=LineKind(self.kind.data),
            programme=self.programme.data.strip(),
            provider=self.provider.data.strip(),
            due_on=self.due_on.data,
            need_id=self.need_id.data or None,
            amount_fen=self.amount.data,
            quantity=self.quantity.data,
            unit=(self.unit.data or "").strip(),
            minutes=self.minutes.data,
            monthly=bool(self.monthly.data),
        )


class DeliverForm(Form):
    """Something promised was given."""

    on = DateField(_l("Given on"), default=clock.today, validators=[InputRequired(MISSING)])
    note = StringField(_l("Receipt or note"), validators=[Length(max=200)])


class WordsForm(Form):
    """A sentence that says why."""

    words = TextAreaField(_l("Why?"), validators=[NEEDED, Length(max=1000)])


class CloseForm(Form):
    """Closes a case with its reason."""

    reason = RadioField(
        _l("Why is the case closed?"), choices=choices(texts.CLOSE_REASONS), validators=[InputRequired(CHOOSE)]
    )
    words = TextAreaField(_l("Anything else?"), validators=[Length(max=1000)])

    def close_reason(self) -> CloseReason:
        return CloseReason(self.reason.data)


class HealthForm(Form):
    """A health file; what is ticked the person cannot do alone."""

    failed_items = SelectMultipleField(
        _l("What can the person not do alone?"),
        choices=choices(texts.CARE_ITEMS),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        description=_l("None: copes alone. One to three: partly lost. Four and more: fully lost."),
    )
    conditions = TextAreaField(
        _l("Illnesses and disabilities"),
        validators=[Length(max=4000)],
        description=_l("One on each line. Kept encrypted."),
    )
    medication = TextAreaField(
        _l("Medication"), validators=[Length(max=4000)], description=_l("One on each line. Kept encrypted.")
    )
    care_every_days = IntegerField(
        _l("Somebody looks in every … days"), validators=[Optional(), NumberRange(1, 365, _l("1 to 365."))]
    )
    checked_on = DateField(_l("Checked on"), default=clock.today, validators=[InputRequired(MISSING)])

    def command(self, person_id: int) -> HealthUpdate:
        return HealthUpdate(
            person_id=person_id,
            conditions=self.conditions.data or "",
            medication=self.medication.data or "",
            failed_items=tuple(CareItem(code) for code in self.failed_items.data or ()),
            checked_on=self.checked_on.data,
            care_every_days=self.care_every_days.data,
        )


class StatusForm(Form):
    """A category from a day on."""

    category = SelectField(_l("Category"), choices=choices(texts.CATEGORIES), validators=[NEEDED])
    starts_on = DateField(_l("First day"), validators=[InputRequired(MISSING)])
    ends_on = DateField(_l("Last day"), validators=[Optional()])
    decision = StringField(_l("Number of the decision"), validators=[Length(max=120)])

    def command(self, person_id: int) -> NewStatus:
        return NewStatus(
            person_id=person_id,
            category=Category(self.category.data),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            decision=(self.decision.data or "").strip(),
        )


class EndStatusForm(Form):
    """The last day of a category."""

    ends_on = DateField(_l("Last day"), default=clock.today, validators=[InputRequired(MISSING)])


def workers(accounts: Iterable[Any]) -> list[SelectChoice]:
    """Accounts as choices."""
    return choices({account.id: account.display_name for account in accounts})
