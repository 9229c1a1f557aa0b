"""What the desk tells members; minutes are written as hours and minutes."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

TEXTS: dict[str, Any] = {
    "goods_redeemed": _l(
        "You redeemed %(total_minutes)s at the service desk (receipt %(receipt)s). "
        "%(available_minutes)s are available now."
    ),
    "goods_returned": _l("%(back_minutes)s are back on your account for goods you returned (receipt %(receipt)s)."),
}
