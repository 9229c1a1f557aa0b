"""What the audit log says about each deed of this domain."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

ACTIONS: dict[str, Any] = {
    "call.emergency": _l("Somebody asked to come at once"),
    "start.plan": _l("Plan asked for"),
    "repeat.plan": _l("Plan made again"),
    "stop.plan": _l("Search of a plan stopped"),
    "finish.plan": _l("Plan ready"),
    "assign.plan": _l("Helper changed by hand in a plan"),
    "take_out.plan": _l("Visit taken out of a plan"),
    "pin.plan": _l("Visit of a plan pinned or released"),
    "swap.plan": _l("Helpers of two visits of a plan swapped"),
    "accept.plan": _l("Plan accepted, helpers are asked"),
    "ask_next.plan": _l("Next helper asked"),
}
