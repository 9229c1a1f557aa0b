"""What the API refuses, in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

REFUSALS = {
    "bad_text": _l("A text holds a character (NUL) that cannot be kept. Leave it out."),
    "not_json": _l("Send a JSON object."),
    "password_is_new": _l("This password was given out by somebody else. Sign in on the website and choose your own."),
}
