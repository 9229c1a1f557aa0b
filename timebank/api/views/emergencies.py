"""Somebody must come now."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.emergencies import Emergency, EmergencyCall
from timebank.core.web import actor
from timebank.matching.background import work_soon
from timebank.matching.queries import emergencies as queries
from timebank.matching.service import emergencies as service


@write("/emergencies", body=EmergencyCall, permission="requests.approve", status=202)
def call_somebody(body: Any, key: str) -> dict[str, Any]:
    """An urgent visit of today is made and planned around what is promised; the helper found is asked at once."""
    made = service.call_somebody(actor(), body.command(), key=key)
    work_soon()
    return {"id": made}


@read("/emergencies/<int:emergency_id>", Emergency, permission=queries.READ)
def get_emergency(emergency_id: int) -> queries.EmergencyState:
    """Who was asked for an emergency, what they said, who comes."""
    return queries.emergency(actor(), emergency_id)
