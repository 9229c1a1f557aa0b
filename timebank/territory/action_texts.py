"""What the audit log says about each deed of this domain."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from timebank.territory.labels import DUTY

ACTIONS: dict[str, Any] = {
    "import.territory": _l("Divisions read in"),
    "add.grid": _l("Grid added"),
    "rename.territory": _l("Place renamed"),
    "locate.territory": _l("Place put on the map"),
    "give.duty": _l("Duty given"),
    "end.duty": _l("Duty ended"),
}
VALUES: dict[str, dict[str, Any]] = {"duty": DUTY}
