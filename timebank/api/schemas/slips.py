"""Sheets of paper for a week, what is typed back from them, and calls from a landline."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from timebank.api.schemas.base import Answer, Body, Id, PageQuery, body_of
from timebank.api.schemas.calendar import TerritoryWeekQuery
from timebank.api.schemas.lists import VisitLine
from timebank.exchange.rules.slips import Happened
from timebank.exchange.rules.telephone import Told
from timebank.exchange.rules.visits import VisitState

LandlineCall = body_of(
    Told,
    name="LandlineCall",
    code=Field(max_length=20),
    minute=Field(ge=0, le=1440),
    break_minutes=Field(ge=0, le=1440),
)


class SheetQuery(TerritoryWeekQuery):
    """`part`: sheets of recipients (with codes) or helpers; `text`: whose; `person_id`: of this one only."""

    part: str = Field(default="recipient", pattern="^(recipient|helper)$")
    text: str = Field(default="", max_length=64)
    person_id: Id | None = None


class GridQuery(SheetQuery, PageQuery):
    """Which rows; `after` is the `next` of the page before."""


class SheetVisit(Answer):
    """A visit on a sheet.  `day_code` is read out on the telephone, `strip_code` confirms; "" on a helper's sheet."""

    visit_id: int
    day: date
    starts_at: datetime
    ends_at: datetime
    service: str
    other: str
    address: str
    door_note: str
    safety_note: str
    wish: str
    day_code: str
    strip_code: str


class CopyFor(Answer):
    """A guardian or agent who gets the sheet without its codes, in the language they read."""

    agent_person_id: int
    name: str
    reads: str


class WeekSheet(Answer):
    """A person's week on paper; its lines are in the language the person `reads` ("zh", "en")."""

    person_id: int
    name: str
    member_no: str
    place: str
    part: str
    reads: str
    lines: list[SheetVisit]
    copies: list[CopyFor]


class WeekSheets(Answer):
    """The sheets of a week, at most sixty; `more`: ask for a smaller place."""

    items: list[WeekSheet]
    more: bool


class GridRow(Answer):
    """A visit to type back: `open` while nothing was entered; `begun`, `ended` where that is known already."""

    line: VisitLine
    open: bool
    to_come: bool
    begun: datetime | None
    ended: datetime | None


class GridPage(Answer):
    """Visits of a week by recipient and time."""

    items: list[GridRow]
    next: str | None


class SlipLine(Body):
    """What the paper says of a visit.  Minutes of the civil day, and how long; the code of the strip."""

    visit_id: Id
    happened: Happened = Happened.YES
    from_minute: int = Field(default=0, ge=0, le=1440)
    minutes: int = Field(default=0, ge=0, le=1440)
    code: str = Field(default="", max_length=20)


class Slips(Body):
    """Rows; each is entered or refused by itself."""

    lines: tuple[SlipLine, ...] = Field(min_length=1, max_length=100)


class SlipDone(Answer):
    """A row that was entered: credited, waiting for a second review or for confirmation, or nobody came."""

    visit_id: int
    state: VisitState


class SlipWrong(Answer):
    """A row that stayed, with the code of the rule and its words."""

    visit_id: int
    code: str
    field: str | None
    message: str


class Stray(Answer):
    """A code typed beside `visit_id` that is on the strip of another visit, `of_id`, of one's area."""

    visit_id: int
    of_id: int
    of_recipient: str
    of_starts_at: datetime


class SlipAnswer(Answer):
    """What became of the rows; `strays`: codes that belong to other visits."""

    done: list[SlipDone]
    strays: list[Stray]
    wrong: list[SlipWrong]


class Renewed(Answer):
    """How many visits got new codes."""

    visits: int
