"""What the desk tells members; minutes are written as hours and minutes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.notices.texts import Text

TEXTS: dict[str, Text] = {
    "goods_redeemed": Text(
        _l("You redeemed %(total_minutes)s at the service desk."),
        _l("Receipt %(receipt)s. %(available_minutes)s are available now."),
    ),
    "goods_returned": Text(
        _l("%(back_minutes)s are back on your account."),
        _l("You returned goods of receipt %(receipt)s."),
    ),
}
