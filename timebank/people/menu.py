"""Entries of the registry in the menu."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.web import MenuItem

MENU = [
    MenuItem("people.index", _l("People"), "people.read", 30),
    MenuItem("people.my_details", _l("My details"), None, 90, face="portal"),
]
