"""Entries of notices in the menu."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.web import MenuItem

MENU = [
    MenuItem("notices.inbox", _l("Messages"), None, 40, "portal"),
    MenuItem("notices.outbox", _l("Outbox"), "notices.read", 75),
    MenuItem("notices.letter_queue", _l("Letters"), "letters.print", 62),
]
