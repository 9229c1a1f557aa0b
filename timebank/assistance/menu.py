"""Entries of the menu."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.web import MenuItem

MENU = [MenuItem(endpoint="assistance.index", text=_l("Cases"), permission="cases.read", sort=40, face="staff")]
