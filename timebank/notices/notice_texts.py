"""Notices about an account: access lies below this domain and only says what happened."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.notices.texts import Text

TEXTS: dict[str, Text] = {
    "password_reset": Text(
        _l("Your password was set anew"),
        _l(
            "On %(at)s staff gave your account a new one-time password, and all devices were signed out. "
            "If you did not ask for it, call your coordinator at once."
        ),
    ),
}
