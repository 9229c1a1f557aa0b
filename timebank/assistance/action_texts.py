"""What the audit log says about each deed of this domain."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from timebank.assistance.texts import CATEGORIES, LINE_KINDS, PURPOSES

ACTIONS: dict[str, Any] = {
    "case.opened": _l("Case opened"),
    "case.assessing": _l("Case is being assessed"),
    "case.planned": _l("Plan handed in"),
    "case.active": _l("Plan approved"),
    "case.closed": _l("Case closed"),
    "case.exported": _l("Case fetched as a file"),
    "category.added": _l("Category entered"),
    "category.ended": _l("Category ended"),
    "health_file.saved": _l("Health file saved"),
    "home_visit.recorded": _l("Home visit written down"),
    "need.heard": _l("Need heard"),
    "need.met": _l("Need met"),
    "plan_line.added": _l("Help planned"),
    "plan_line.cancelled": _l("Planned help cancelled"),
    "plan_line.delivered": _l("Planned help delivered"),
}
VALUES: dict[str, dict[str, Any]] = {"kind": LINE_KINDS, "category": CATEGORIES, "purpose": PURPOSES}
