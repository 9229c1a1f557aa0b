"""The form by which somebody registers alone."""

from __future__ import annotations

from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, Optional

from timebank.access.forms.own import NEEDED
from timebank.access.service.registration import Newcomer
from timebank.core.forms import Form


class RegisterForm(Form):
    """Name, phone, ID number or birth date, password, consent."""

    name = StringField(_l("Your full name"), [NEEDED, Length(max=64)], render_kw={"autocomplete": "name"})
    phone = StringField(
        _l("Your phone number"),
        [NEEDED, Length(max=32)],
        description=_l("You sign in with it."),
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    id_number = StringField(
        _l("Your ID number"),
        [Length(max=32)],
        description=_l("It helps us to know your age and to keep one record of you. It is stored encrypted."),
        render_kw={"autocomplete": "off"},
    )
    birth_date = DateField(
        _l("Your birth date"),
        [Optional()],
        description=_l("Only without the ID number: helpers have to be of age."),
        render_kw={"autocomplete": "bday"},
    )
    password = PasswordField(
        _l("Choose a password"),
        [NEEDED, Length(max=200)],
        description=_l("At least 8 characters. A short sentence is easy to keep in mind."),
        render_kw={"autocomplete": "new-password"},
    )
    consent = BooleanField(
        _l("I agree that my street's time bank uses these data to arrange help between neighbours"),
        [InputRequired(_l("Without your consent we may not register you. You can also come to the service desk."))],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Somebody without a known age could not apply to help afterwards."""
        fine = bool(super().validate(extra_validators))
        if self.id_number.data or self.birth_date.data or self.birth_date.errors:
            return fine
        self.birth_date.errors = [_l("Please give your ID number or your birth date.")]
        return False

    def command(self, territory_code: str) -> Newcomer:
        """The newcomer, living in this community."""
        locale = get_locale()
        return Newcomer(
            name=self.name.data,
            phone=self.phone.data,
            territory_code=territory_code,
            id_number=self.id_number.data or "",
            birth_date=self.birth_date.data,
            language="en" if locale is not None and locale.language == "en" else "zh",
            password=self.password.data,
        )
