"""What the audit log says about hours that pass on without a visit."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

GIVING: dict[str, Any] = {
    "ask.gift": _l("Hours kept for a relative"),
    "check.gift": _l("Hours passed on to a relative"),
    "refuse.gift": _l("Gift to a relative not accepted"),
    "withdraw.gift": _l("Gift to a relative taken back"),
    "lapse.gift": _l("Gift to a relative ran out"),
    "net.month": _l("Month netted between time banks"),
    "settle.netting": _l("Step in paying what time banks owe each other"),
    "give.pot": _l("Hours given from the community pot"),
    "choose.overflow": _l("Chosen where hours above the most go"),
    "welcome.volunteer": _l("Hours to begin with given"),
}
