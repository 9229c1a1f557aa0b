"""Words of the demo."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

REFUSALS: dict[str, Any] = {
    "demo_not_empty": _l("The database holds people already; the demo writes only into an empty one."),
}
