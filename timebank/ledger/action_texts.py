"""What the audit log says about each deed of this domain."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from timebank.ledger.texts import PURPOSES

ACTIONS: dict[str, Any] = {
    "reverse.transfer": _l("Transfer reversed"),
    "close.month": _l("Month closed"),
    "ask.reversal": _l("Reversal in a closed month asked for"),
    "agree.reversal": _l("Reversal in a closed month agreed to"),
    "decline.reversal": _l("Reversal in a closed month declined"),
    "withdraw.reversal": _l("Request for a reversal taken back"),
    "change.limits": _l("Limits of an account changed"),
}
VALUES: dict[str, dict[str, Any]] = {"purpose": PURPOSES}
