"""Bodies, queries and answers of matching: who could help, who could not, fairness and unmet need."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from timebank.api.schemas.base import Answer, Body, PageQuery
from timebank.matching.queries.use import Use


class SuggestionsQuery(Body):
    """`top`: how many helpers.  `by_series`: of a weekly request, whoever can do more of its visits comes first."""

    top: int = Field(default=10, ge=1, le=200)
    by_series: bool = True


class SeriesDate(Answer):
    """A visit of the series that this helper cannot do, and why."""

    visit_id: int
    starts_at: datetime
    rule: str
    reason: str


class Helper(Answer):
    """A helper who could come, with points and reasons in words; `series_fits`: visits of a weekly request.

    `series_starts_at`: when the first visit would begin if the whole series is offered (the others at the same time).
    """

    person_id: int
    name: str
    starts_at: datetime
    total: float
    reasons: list[str]
    reasons_for: list[str]
    reasons_against: list[str]
    series_fits: int
    series_starts_at: datetime | None
    series_not: list[SeriesDate]
    asked: str | None


class Unsuitable(Answer):
    """A helper who cannot come, with every rule that says so; metres on foot from home, where known."""

    person_id: int
    name: str
    metres: int | None
    rules: list[str]
    reasons: list[str]


class Suggestions(Answer):
    """The best helpers for a visit, and why the others are out (the first 25; `list_helpers_out` lists them all)."""

    visit_id: int
    suitable: int
    looked_at: int
    ranked: list[Helper]
    out: list[Unsuitable]
    out_by_rule: dict[str, int]


class OutQuery(PageQuery):
    """`rule`: only those whom this rule keeps out first.  `text`: a name."""

    rule: str = Field(default="", max_length=32)
    text: str = Field(default="", max_length=64)


class HelpersOut(Answer):
    """A page of those who could not help; `out_by_rule` counts each once, under the first rule that keeps them out.

    `further`: helpers of the city who live further away than 2 km and than they walk, and are not counted by rule.
    """

    visit_id: int
    suitable: int
    looked_at: int
    further: int
    out_by_rule: dict[str, int]
    items: list[Unsuitable]
    next: str | None
    total: int | None


class FiguresQuery(Body):
    """Days with both ends (four weeks, where none are given) and a territory ("" for the whole area)."""

    since: date | None = None
    until: date | None = None
    territory: str = Field(default="", max_length=15)


class NeedLine(Answer):
    """A place, a kind of help or an hour of the day; `minutes`: of the visits unmet or waiting."""

    code: str
    name: str
    visits: int
    unmet: int
    waiting: int
    minutes: int


class UnmetNeed(Answer):
    """Visits needed, and those without a helper: their time has gone by (`unmet`), or they still wait."""

    since: date
    until: date
    territory: str
    places: list[NeedLine]
    services: list[NeedLine]
    hours: list[NeedLine]


class UseQuery(FiguresQuery, PageQuery):
    """`who`: "much" (more than 80 % of what they offer), "little" (less than 10 %) or "all"."""

    who: Use = Use.MUCH


class UsedHelper(Answer):
    """A helper: minutes promised or given and offered within the days, share in thousandths, offers to them."""

    person_id: int
    name: str
    territory_code: str
    place: str
    visits: int
    minutes: int
    offered_minutes: int
    permille: int
    asked: int
    declined: int
    last_visit: datetime | None


class HelperUse(Answer):
    """How many carry much, little, and how many there are; a page of those asked for."""

    since: date
    until: date
    much: int
    little: int
    helpers: int
    minutes: int
    items: list[UsedHelper]
    next: str | None
    total: int | None
