"""Forms about one's own account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, NumberRange

from timebank.core.forms import Form

NEEDED = InputRequired(_l("Please fill this in."))


class SignInForm(Form):
    """A name and a password; `next` is where to go, `kept` what was typed before the sign-in ran out."""

    name = StringField(
        _l("Sign-in name, phone number or member number"),
        [NEEDED, Length(max=64)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(_l("Password"), [NEEDED, Length(max=200)], render_kw={"autocomplete": "current-password"})
    next = HiddenField()
    kept = HiddenField()


class PasswordForm(Form):
    """A new password, typed twice, and the present one."""

    old_password = PasswordField(_l("Your present password"), [NEEDED], render_kw={"autocomplete": "current-password"})
    password = PasswordField(
        _l("New password"),
        [NEEDED, Length(max=200)],
        description=_l("At least 8 characters. A short sentence is easy to keep in mind."),
        render_kw={"autocomplete": "new-password"},
    )
    password_again = PasswordField(
        _l("New password again"),
        [NEEDED, EqualTo("password", _l("The two passwords are not the same. Type the new one twice."))],
        render_kw={"autocomplete": "new-password"},
    )


class PinForm(Form):
    """A PIN, typed twice."""

    pin = PasswordField(
        _l("New PIN"),
        [NEEDED],
        description=_l("4 to 6 digits; not 1234 or 0000, not the birth date."),
        render_kw={"autocomplete": "off", "inputmode": "numeric", "maxlength": "6"},
    )
    pin_again = PasswordField(
        _l("New PIN again"),
        [NEEDED, EqualTo("pin", _l("The two PINs are not the same. Type the new one twice."))],
        render_kw={"autocomplete": "off", "inputmode": "numeric", "maxlength": "6"},
    )


class TokenForm(Form):
    """What a token is for and how long it works."""

    label = StringField(_l("What is it for?"), [NEEDED, Length(max=80)])
    days = IntegerField(
        _l("For how many days?"),
        [NEEDED, NumberRange(1, 366, _l("A token works for 1 to 366 days."))],
        default=90,
        render_kw={"inputmode": "numeric"},
    )
