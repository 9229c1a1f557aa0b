"""Entries of the menu."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.web import MenuItem

MENU = [
    MenuItem(endpoint="reports.today", text=_l("Today"), permission="people.read", sort=0, face="staff"),
    MenuItem(endpoint="reports.today", text=_l("Today"), permission="people.find", sort=0, face="staff"),
    MenuItem(endpoint="reports.timebank", text=_l("Reports"), permission="reports.read", sort=80, face="staff"),
    MenuItem(endpoint="reports.mine", text=_l("My page"), permission=None, sort=0, face="portal"),
]
