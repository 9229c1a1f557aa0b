"""Entries of the territory in the menu."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.web import MenuItem

MENU = [MenuItem("territory.index", _l("Places"), "territory.manage", 75)]
