"""Entries of jobs in the menu."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.web import MenuItem

MENU = [MenuItem("jobs.index", _l("Jobs"), "jobs.read", 90)]
