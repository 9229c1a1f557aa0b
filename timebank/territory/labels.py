"""Words for levels and duties, in the reader's language."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

LEVEL: dict[str, Any] = {
    "province": _l("Province"),
    "city": _l("City"),
    "district": _l("District"),
    "street": _l("Street or town"),
    "community": _l("Community or village"),
    "grid": _l("Grid"),
}
DUTY: dict[str, Any] = {
    "grid_worker": _l("Grid worker"),
    "civil_affairs_specialist": _l("Civil-affairs specialist"),
    "coordinator": _l("Coordinator"),
    "street_head": _l("Head of livelihood at the street office"),
    "duty_desk": _l("Duty desk"),
}
