"""Paper and telephone: sheets of a week, what is typed back from them, calls from a landline."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.base import Command
from timebank.api.schemas.slips import (
    GridPage,
    GridQuery,
    LandlineCall,
    Renewed,
    SheetQuery,
    SlipAnswer,
    Slips,
    WeekSheets,
)
from timebank.core import clock
from timebank.core.errors import TimebankError
from timebank.core.texts import refusal_text
from timebank.core.web import actor
from timebank.exchange.queries import slips as queries
from timebank.exchange.queries.calendar import monday_of
from timebank.exchange.queries.slips import SheetFilter, Sheets
from timebank.exchange.rules.slips import Slip
from timebank.exchange.rules.telephone import Told
from timebank.exchange.service import slips, telephone


def _chosen(query: SheetQuery) -> SheetFilter:
    monday = monday_of(query.week or clock.today())
    return SheetFilter(monday, query.part, query.territory, query.text, query.person_id)


@read("/sheets", WeekSheets, permission=queries.PERMISSION, query=SheetQuery)
def list_week_sheets(query: SheetQuery) -> Sheets:
    """What stands on the sheets of a week, codes included: who asks is written down as who prints."""
    return slips.print_sheets(actor(), _chosen(query))


@write("/people/<int:person_id>/sheet-codes", answer=Renewed, permission=queries.PERMISSION)
def renew_codes(person_id: int, key: str) -> dict[str, int]:
    """A sheet was lost: the codes of visits still to come are made anew."""
    return {"visits": slips.renew_codes(actor(), person_id, key=key)}


@read("/slips", GridPage, permission=queries.PERMISSION, query=GridQuery)
def list_slip_rows(query: GridQuery) -> Any:
    """The visits of a week in the order in which their sheets are typed back."""
    return queries.grid(actor(), _chosen(query), after=query.after, limit=query.limit)


@write("/slips", body=Slips, answer=SlipAnswer, permission=queries.PERMISSION)
def enter_slips(body: Slips, key: str) -> dict[str, Any]:
    """Rows from paper: with the code of the strip a visit is credited, without it a second person looks."""
    found = slips.enter_slips(actor(), [Slip(**line.model_dump(mode="python")) for line in body.lines], key=key)
    return {
        "done": [{"visit_id": visit_id, "state": state} for visit_id, state in found.done.items()],
        "strays": found.strays,
        "wrong": [_wrong(visit_id, error) for visit_id, error in found.wrong.items()],
    }


def _wrong(visit_id: int, error: TimebankError) -> dict[str, Any]:
    return {"visit_id": visit_id, "code": error.code, "field": error.field, "message": refusal_text(error)}


@write("/calls/landline", body=LandlineCall, permission="visits.write")
def note_call(body: Command[Told], key: str) -> dict[str, Any]:
    """A helper reads the day's code on the recipient's telephone: the visit begins or ends."""
    return {"id": telephone.note_call(actor(), body.command(), key=key)}
