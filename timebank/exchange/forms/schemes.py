"""Forms of schemes, their parameters and the catalogue of services."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, StopValidation

from timebank.core.forms import Form, MinutesField
from timebank.exchange.rules.catalogue import Service
from timebank.exchange.rules.parameters import GROUPS, POOR, Measure, ParameterRule
from timebank.exchange.service.schemes import NewScheme, NewValue
from timebank.exchange.words_parameters import CHOICES

NEEDED = _l("Please fill this in.")


def options(words: Mapping[Any, Any]) -> list[SelectChoice]:
    """Choices of a field from code → words."""
    return [SelectChoice(code, text) for code, text in words.items()]


class SchemeForm(Form):
    """A new time bank."""

    name_zh = StringField(_l("Name in Chinese"), [InputRequired(NEEDED), Length(max=80)])
    name_en = StringField(_l("Name in English"), [InputRequired(NEEDED), Length(max=80)])
    code = StringField(
        _l("Short name"),
        [InputRequired(NEEDED), Regexp(r"[a-z][a-z0-9-]{1,31}$", message=_l("Small letters and digits, no blanks."))],
        description=_l("Small letters, for example: yaohua"),
    )
    territory_code = StringField(
        _l("Code of the place"),
        [InputRequired(NEEDED), Regexp(r"\d{4,12}$", message=_l("A division code has 4 to 12 digits."))],
        description=_l("City 4 digits, district 6, street 9, for example: 320113001"),
    )
    parent_id = SelectField(_l("Belongs to"), coerce=int)

    def command(self) -> NewScheme:
        return NewScheme(
            code=self.code.data,
            name_zh=self.name_zh.data.strip(),
            name_en=self.name_en.data.strip(),
            territory_code=self.territory_code.data,
            parent_id=self.parent_id.data or None,
        )


class ValueForm(Form):
    """A dated value; the field of the value itself depends on the parameter (see `value_form`)."""

    valid_from = DateField(_l("Holds from"), [InputRequired(NEEDED)])
    source = StringField(
        _l("Where it comes from"),
        [InputRequired(NEEDED), Length(max=300)],
        description=_l("The document with its date, or who decided it."),
    )
    is_assumption = BooleanField(_l("This is an assumption, not in any document"))
    reason = TextAreaField(
        _l("Reason"),
        [Optional(), Length(max=300)],
        description=_l("Needed when it changes what already held."),
    )

    def value(self) -> Any:
        """What was typed, as it is stored."""
        raise NotImplementedError

    def command(self, scheme_id: int, key: str) -> NewValue:
        return NewValue(
            scheme_id=scheme_id,
            parameter=key,
            value=self.value(),
            valid_from=self.valid_from.data,
            source=self.source.data,
            is_assumption=self.is_assumption.data,
            reason=self.reason.data or "",
        )


def given(_form: Form, field: Field) -> None:
    """Something that can be read must have been typed (0 counts)."""
    if field.data is None and not field.errors:
        raise StopValidation(str(NEEDED))


def value_form(rule: ParameterRule, now: Any) -> ValueForm:
    """The form for a parameter, with the present value filled in."""
    fields = _FIELDS.get(rule.measure, _number)(rule)
    names = tuple(fields)
    read = _READS.get(rule.measure, lambda form: form[names[0]].data)
    kind = type("ParameterValueForm", (ValueForm,), {**fields, "value_names": names, "value": read})
    form: ValueForm = kind(data=_shown(rule, now))
    return form


def _number(rule: ParameterRule) -> dict[str, Any]:
    return {"value_": IntegerField(_l("Value"), [given], description=_hint(rule))}


def _hint(rule: ParameterRule) -> Any:
    units = {
        Measure.HOURS: _l("In hours."),
        Measure.DAYS: _l("In days."),
        Measure.WEEKS: _l("In weeks."),
        Measure.MONTHS: _l("In months."),
        Measure.YEARS: _l("In years."),
        Measure.METRES: _l("In metres."),
        Measure.TENTHS_MM: _l("In tenths of a millimetre: 70 is 7 mm."),
        Measure.AGE: _l("In years; 0 for none."),
        Measure.DAY_OF_MONTH: _l("1 to 28; 0 for none."),
    }
    return units.get(rule.measure, "")


def _minutes(rule: ParameterRule) -> dict[str, Any]:
    hint = _l("As minutes (90) or as hours and minutes (1:30 or 20h).")
    return {"value_": MinutesField(_l("Value"), [given], description=hint)}


def _money(rule: ParameterRule) -> dict[str, Any]:
    field = DecimalField(_l("Value"), [given, NumberRange(0)], places=2, description=_l("In yuan."))
    return {"value_": field}


def _yes_no(rule: ParameterRule) -> dict[str, Any]:
    choices = options({"yes": _l("yes"), "no": _l("no")})
    return {"value_": RadioField(_l("Value"), [InputRequired(NEEDED)], choices=choices)}


def _choice(rule: ParameterRule) -> dict[str, Any]:
    choices = options({code: CHOICES.get(code, code) for code in rule.choices})
    return {"value_": RadioField(_l("Value"), [InputRequired(NEEDED)], choices=choices)}


def _choices(rule: ParameterRule) -> dict[str, Any]:
    choices = options({code: CHOICES.get(code, code) for code in rule.choices})
    return {"value_": SelectMultipleField(_l("Value"), choices=choices)}


def _steps(rule: ParameterRule) -> dict[str, Any]:
    return {f"step_{number}": IntegerField(label, [given]) for number, label in enumerate(_STARS, 1)}


_STARS = (
    _l("Hours for one star"),
    _l("Hours for two stars"),
    _l("Hours for three stars"),
    _l("Hours for four stars"),
    _l("Hours for five stars"),
)


def _shares(rule: ParameterRule) -> dict[str, Any]:
    return {
        "share_service": IntegerField(_l("Services, per cent"), [given]),
        "share_goods": IntegerField(_l("Goods, per cent"), [given]),
        "share_cash": IntegerField(_l("Cash, per cent"), [given]),
    }


def _key_elder(rule: ParameterRule) -> dict[str, Any]:
    choices = options({code: CHOICES[code] for code in POOR})
    return {
        "alone_from_age": IntegerField(_l("Living alone, from the age of"), [given]),
        "poor_from_age": IntegerField(_l("Poor, in need of care and living alone, from the age of"), [given]),
        "poor_category": SelectField(_l("Poor means"), choices=choices),
    }


_FIELDS = {
    Measure.MINUTES: _minutes,
    Measure.FEN: _money,
    Measure.YES_NO: _yes_no,
    Measure.CHOICE: _choice,
    Measure.CHOICES: _choices,
    Measure.STEPS: _steps,
    Measure.SHARES: _shares,
    Measure.KEY_ELDER: _key_elder,
}


def _read_shares(form: Any) -> dict[str, Any]:
    return {name: form[f"share_{name}"].data for name in ("service", "goods", "cash")}


def _read_steps(form: Any) -> list[int]:
    return [form[name].data for name in form.value_names]


def _read_key_elder(form: Any) -> dict[str, Any]:
    return {name: form[name].data for name in form.value_names}


_READS = {
    Measure.FEN: lambda form: int(form.value_.data * 100),
    Measure.YES_NO: lambda form: form.value_.data == "yes",
    Measure.STEPS: _read_steps,
    Measure.SHARES: _read_shares,
    Measure.KEY_ELDER: _read_key_elder,
}


def _shown(rule: ParameterRule, now: Any) -> dict[str, Any]:
    if now is None:
        return {}
    if rule.measure is Measure.FEN:
        return {"value_": Decimal(now) / 100}
    if rule.measure is Measure.YES_NO:
        return {"value_": "yes" if now else "no"}
    if rule.measure is Measure.STEPS:
        return {f"step_{number}": step for number, step in enumerate(now, 1)}
    if rule.measure is Measure.SHARES:
        return {f"share_{name}": share for name, share in now.items()}
    return dict(now) if rule.measure is Measure.KEY_ELDER else {"value_": now}


class ServiceForm(Form):
    """A kind of help in the catalogue."""

    name_zh = StringField(_l("Name in Chinese"), [InputRequired(NEEDED), Length(max=40)])
    name_en = StringField(_l("Name in English"), [InputRequired(NEEDED), Length(max=60)])
    group = SelectField(_l("Group"), choices=options({code: CHOICES[code] for code in GROUPS}))
    usual_minutes = MinutesField(_l("Usual length"), [given])
    max_minutes = MinutesField(_l("Longest visit"), [given])
    max_self_care_loss = RadioField(
        _l("For people who"),
        choices=options(
            {
                "able": _l("look after themselves"),
                "partial": _l("look after themselves, or need some care"),
                "full_loss": _l("need any care"),
            }
        ),
    )
    needs_training = BooleanField(_l("Needs a passed training"))
    needs_insurance = BooleanField(_l("Needs accident insurance"))
    same_sex_only = BooleanField(_l("Only by a helper of the same sex"))
    weight = DecimalField(
        _l("Weight"), [given, NumberRange(Decimal("0.1"), 5)], places=2, description=_l("1.00: an hour is an hour.")
    )
    sort = IntegerField(_l("Place in the list"), [given, NumberRange(0, 9999)])
    active = BooleanField(_l("Offered now"))

    def command(self, code: str) -> Service:
        return Service(
            code=code,
            name_zh=self.name_zh.data.strip(),
            name_en=self.name_en.data.strip(),
            group=self.group.data,
            usual_minutes=self.usual_minutes.data or 0,
            max_minutes=self.max_minutes.data or 0,
            needs_training=self.needs_training.data,
            needs_insurance=self.needs_insurance.data,
            same_sex_only=self.same_sex_only.data,
            max_self_care_loss=self.max_self_care_loss.data,
            weight_permille=int(self.weight.data * 1000),
            sort=self.sort.data,
            active=self.active.data,
        )


class NewServiceForm(ServiceForm):
    """The same with the code, which stays for good."""

    code = StringField(
        _l("Code"),
        [
            InputRequired(NEEDED),
            Regexp(r"[a-z][a-z0-9_]{1,31}$", message=_l("Small letters, digits and _, no blanks.")),
        ],
        description=_l("Small letters, for example: gardening. Spreadsheets name services by it; it stays for good."),
    )
