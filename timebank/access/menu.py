"""Entries of access in the menu."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.web import MenuItem

MENU = [
    MenuItem("access.accounts", _l("User accounts"), "accounts.manage", 80),
    MenuItem("access.log", _l("Access log"), "audit.read", 85),
]
