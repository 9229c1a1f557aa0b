"""Stars and honours.  Amounts are minutes."""

from __future__ import annotations

from datetime import date, datetime

from timebank.api.schemas.base import Answer


class StarsAnswer(Answer):
    """Stars reached, minutes counted, and minutes missing for the next one (null: there is none)."""

    count: int
    minutes: int
    next_in_minutes: int | None


class HonoursAnswer(Answer):
    """What a volunteer has given; `above_…`: credited beyond the storage cap.

    The minutes of `stars` are `from_visits` and those `carried_over` from records kept before this system.
    """

    person_id: int
    name: str
    member_no: str
    stars: StarsAnswer
    steps: list[int]
    visits: int
    people: int
    since: datetime | None
    donated: int
    above_to_pot: int
    above_as_honour: int
    carried_over: int
    from_visits: int


class StarLine(Answer):
    """A volunteer with at least one star."""

    person_id: int
    name: str
    is_group: bool
    stars: StarsAnswer
    active_since: date | None


class StarBoard(Answer):
    """Volunteers with stars, most minutes first."""

    items: list[StarLine]
