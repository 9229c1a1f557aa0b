"""What the audit log says about each deed of this domain."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from timebank.people.labels import ACTION, AGENT_KIND, FIELD, LOOK, ROLE

ACTIONS: dict[str, Any] = {
    **ACTION,
    "start.import": _l("Spreadsheet handed in"),
    "finish.import": _l("Spreadsheet read"),
    "check.import": _l("Spreadsheet checked without taking it in"),
    "import.people": _l("People read from a file"),
    "decide.merged": _l("Possible duplicate: merged"),
    "decide.different": _l("Possible duplicate: two different people"),
    "decide.open": _l("Possible duplicate: open again"),
}
VALUES: dict[str, dict[str, Any]] = {"kind": AGENT_KIND, "role": ROLE, "purpose": LOOK, "fields": FIELD}
