"""The end of a desk's day, and goods compared with hours."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.base import Command
from timebank.api.schemas.day_ends import DayEndBody, DaySheet, DaySheets, DayState, GoodsReckonings
from timebank.core import clock
from timebank.core.web import actor
from timebank.redemption import service
from timebank.redemption.commands import DayEnd
from timebank.redemption.queries import day_end, reckoning
from timebank.redemption.queries.desks import desk_for

END = "/desks/<int:desk_id>/day-end"


@read(END, DayState, permission="desk.serve")
def get_day_end(desk_id: int) -> dict[str, Any]:
    """What should be there now, and how far the end of the day is."""
    desk = desk_for(actor(), desk_id, "desk.serve")
    counted = day_end.count_of(desk.id, clock.today())
    return {
        "expected": day_end.expected(desk, clock.today()),
        "waiting": day_end.waiting(desk),
        "counted_by": counted.clerk_name if counted else "",
        "closing_id": day_end.closing_of(desk.id, clock.today()),
    }


@write(END, body=DayEndBody, permission="desk.serve", status=201)
def record_day_end(desk_id: int, body: Command[DayEnd], key: str) -> dict[str, Any]:
    """What the first clerk counted, every article and the receipts on paper."""
    desk = desk_for(actor(), desk_id, "desk.serve")
    return {"id": service.record_day_end(actor(), body.command(desk_id=desk.id), key=key)}


@write(f"{END}/signature", permission="desk.serve", status=201)
def sign_day_end(desk_id: int, key: str) -> dict[str, Any]:
    """The second clerk signs with a token of their own; the answer is the closed day."""
    desk = desk_for(actor(), desk_id, "desk.serve")
    return {"id": service.sign_day_end(actor(), desk.id, key=key)}


@read("/desks/<int:desk_id>/closed-days", DaySheets, permission="redemptions.read")
def list_closed_days(desk_id: int) -> dict[str, Any]:
    """The closed days of a desk, the newest first."""
    return {"items": day_end.sheets(desk_for(actor(), desk_id, "redemptions.read"))}


@read("/closed-days/<int:closing_id>", DaySheet, permission="redemptions.read")
def get_closed_day(closing_id: int) -> day_end.Sheet:
    """A closed day with everything that is printed."""
    return day_end.sheet(actor(), closing_id)


@read("/goods/reckonings", GoodsReckonings, permission="redemptions.read")
def list_goods_reckonings() -> dict[str, Any]:
    """Goods and hours, compared every night."""
    return {"items": reckoning.rows(actor())}
