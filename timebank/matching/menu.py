"""Entries of matching in the menu."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.web import MenuItem

MENU = [MenuItem("matching.plans", _l("Plans"), "matching.plan", 14)]
