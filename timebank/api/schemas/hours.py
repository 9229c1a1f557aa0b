"""Hours written down afterwards, and their second review."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from timebank.api.schemas.base import Answer, Body, Id, body_of
from timebank.api.schemas.lists import VisitLine
from timebank.api.schemas.visits import PayerLine
from timebank.exchange.rules.hours import LoggedByName
from timebank.exchange.rules.requests import Funding

HoursByName = body_of(
    LoggedByName, name="HoursByName", recipient_name=Field(min_length=1, max_length=64), note=Field(max_length=300)
)


class SheetLine(Body):
    """A line of the paper sheet: who helped whom, when.  Minutes of the civil day."""

    volunteer_id: Id
    recipient_id: Id
    service_code: str = Field(max_length=32)
    day: date
    from_minute: int = Field(ge=0, le=1440)
    to_minute: int = Field(ge=0, le=1440)
    break_minutes: int = Field(default=0, ge=0, le=1440)
    note: str = Field(default="", max_length=300)
    funding: Funding = Funding.OWN


class Sheet(Body):
    """A paper sheet; each line is written down or refused by itself."""

    lines: tuple[SheetLine, ...] = Field(min_length=1, max_length=100)


class SheetDone(Answer):
    """A line that was written down; `place` counts from 0."""

    place: int
    visit_id: int


class SheetWrong(Answer):
    """A line that was refused, with the code of the rule and its words."""

    place: int
    code: str
    field: str | None
    message: str


class SheetAnswer(Answer):
    """What became of the lines of a sheet."""

    done: list[SheetDone]
    wrong: list[SheetWrong]


class HourEntryLine(Answer):
    """Hours for somebody only named; `state`: waiting, resolved or refused (with the reason)."""

    id: int
    volunteer_id: int
    volunteer: str
    recipient_name: str
    service: str
    starts_at: datetime
    ends_at: datetime
    break_minutes: int
    note: str
    territory_code: str
    state: str
    reason: str


class HourEntries(Answer):
    """Hours for people only named."""

    items: list[HourEntryLine]


class HelpedLine(Answer):
    """Somebody the volunteer helped, or is planned to help."""

    person_id: int
    name: str
    last_service: str


class Helped(Answer):
    """Whom one may log hours for without asking, the latest first."""

    items: list[HelpedLine]


class UnderReview(Answer):
    """Hours under review; `same_day`: other visits of the helper that day, `own`: somebody else has to decide."""

    visit: VisitLine
    note: str
    recorded_by: int | None
    days_ago: int
    same_day: int
    own: bool


class ReviewQueue(Answer):
    """What waits for the second review (the oldest fifty), and names to be told who they are."""

    items: list[UnderReview]
    names: list[HourEntryLine]


class ReviewFile(UnderReview):
    """One entry under review, with who could pay."""

    payers: list[PayerLine]


class CandidatesQuery(Body):
    """`text`: what to look for; the name as written when left out."""

    text: str = Field(default="", max_length=64)


class Candidate(Answer):
    """Somebody whom the written name may mean."""

    id: int
    member_no: str
    name: str
    place: str
    address: str


class Candidates(Answer):
    """People whom the written name may mean."""

    items: list[Candidate]


class Recipient(Body):
    """Who was helped."""

    recipient_id: Id
