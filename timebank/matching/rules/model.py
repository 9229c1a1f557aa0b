"""A helper's day and a need, as the rules see them.

Times are seconds from midnight of the day of the visit, lengths are minutes, places metres on a plane.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

QUARTER = 900
METRES_PER_DEGREE = 111_195.0  # of latitude, on the sphere that core.geo uses


@dataclass(frozen=True, slots=True)
class Place:
    """A point on a plane, in metres."""

    x: float
    y: float

    @classmethod
    def on_earth(cls, lat: float, lon: float, origin: tuple[float, float]) -> Place:
        """A WGS 84 point on the plane that touches the earth at ``origin`` (good to a metre within a city)."""
        width = math.cos(math.radians(origin[0]))
        return cls((lon - origin[1]) * METRES_PER_DEGREE * width, (lat - origin[0]) * METRES_PER_DEGREE)

    def metres_to(self, other: Place) -> float:
        """Straight-line distance in metres."""
        return math.hypot(self.x - other.x, self.y - other.y)


@dataclass(frozen=True, slots=True)
class Travel:
    """How people get about (formats.md §3, "travel").

    ``commute``: walking from and to home counts as part of a free stretch, as in a planned day; a person who says
    "free from 8 to 10" to a coordinator means the visit itself.
    """

    detour: float = 1.3
    metres_per_second: float = 1.17
    fixed_seconds: int = 120
    same_place_seconds: int = 60
    commute: bool = False

    def walk_m(self, start: Place, end: Place) -> float:
        """Metres on foot."""
        return self.detour * start.metres_to(end)

    def seconds(self, start: Place | None, end: Place | None) -> int:
        """Seconds on the way; nothing is known without both places, so only the fixed part counts."""
        if start is None or end is None:
            return self.fixed_seconds
        return self.same_place_seconds if start == end else self.between(start, end)

    def between(self, start: Place, end: Place) -> int:
        """Seconds on the way between two different places."""
        return self.fixed_seconds + math.ceil(self.walk_m(start, end) / self.metres_per_second)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From … to, seconds from midnight."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A promise already made that day: a place, from … to."""

    start: int
    end: int
    place: Place | None = None
    what: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers of the scheme: minutes per day and month, metres for somebody needed at home, visits in a planned day,
    metres beyond their word that a helper may be asked to walk."""

    daily_cap_minutes: int | None = None
    monthly_cap_minutes: int | None = None
    caregiver_max_m: int = 500
    visits_a_day: int = 4
    ask_further_m: int = 1000


@dataclass(frozen=True, slots=True)
class Need:
    """A visit that looks for a helper."""

    recipient_id: int
    service: str
    minutes: int
    day: date
    window: Stretch  # the start lies in it, both ends included
    place: Place | None = None
    needs_training: bool = False
    needs_insurance: bool = False
    self_care: str = "able"
    max_self_care_loss: str = "full_loss"  # a helper without training copes up to this
    helper_sex: str | None = None
    language: str | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Helper:
    """A volunteer on the day of the need.  ``skills``: service to "was trained for it"."""

    id: int
    active: bool = True
    home: Place | None = None
    sex: str | None = None
    languages: frozenset[str] = frozenset()
    skills: Mapping[str, bool] = field(default_factory=dict)
    insured_until: date | None = None
    max_distance_m: int = 1000
    caregiver_at_home: bool = False
    household: frozenset[int] = frozenset()  # persons living with the helper
    blocked: frozenset[int] = frozenset()  # recipients the helper is not sent to
    away: bool = False
    free: tuple[Stretch, ...] = ()
    busy: tuple[Stop, ...] = ()
    week_minutes: int = 0
    max_week_minutes: int | None = None
    day_minutes: int = 0
    month_minutes: int = 0
    visits_this_week: int = 0
    visits_before: int = 0  # to this recipient
    rating: float | None = None  # mean of 1-5


@dataclass(frozen=True, slots=True)
class Why:
    """A reason by name and the facts that fill its sentence (words.py)."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Broken:
    """A hard rule that keeps a helper out, and what would bring the helper in."""

    rule: str
    facts: Mapping[str, object] = field(default_factory=dict)
    remedy: Why | None = None
