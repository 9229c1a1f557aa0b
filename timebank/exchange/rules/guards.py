"""May this helper do this visit?  The hard rules of domain.md C3.2, asked again when a helper is asked and accepts.

The ranking and its reasons are `matching`'s; these are the walls nobody gets around.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from timebank.core.errors import Refused
from timebank.core.geo import metres

WALKING = 1.3  # streets are longer than the crow's way
CARE_ORDER = ("able", "partial", "full_loss")


@dataclass(frozen=True, slots=True)
class HelperFacts:
    """A helper on the day of the visit.

    Minutes already promised that day, week and month; minutes a week and metres the helper is willing to give and walk.
    """

    person_id: int
    state: str
    sex: str | None
    languages: frozenset[str]
    skills: frozenset[str]
    trained: frozenset[str]
    insured_until: date | None
    max_distance_m: int
    lat: float | None
    lon: float | None
    household: frozenset[int] = frozenset()
    minutes_day: int = 0
    minutes_week: int = 0
    minutes_month: int = 0
    max_minutes_week: int | None = None
    barred_until: date | None = None


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What the visit asks of a helper; minutes."""

    recipient_id: int
    day: date
    minutes: int
    service_code: str
    needs_training: bool = False
    needs_insurance: bool = False
    same_sex_only: bool = False
    max_self_care_loss: str = "full_loss"
    recipient_sex: str | None = None
    self_care: str | None = None
    helper_sex: str | None = None
    language: str | None = None
    lat: float | None = None
    lon: float | None = None
    apart: frozenset[int] = frozenset()  # people who are not sent here again


@dataclass(frozen=True, slots=True)
class Caps:
    """Most minutes a day and a month (tb.daily_cap_minutes, tb.monthly_cap_minutes)."""

    day: int
    month: int


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that stands in the way: its refusal code and facts."""

    code: str
    facts: dict[str, object] = field(default_factory=dict)


def broken(helper: HelperFacts, visit: VisitFacts, caps: Caps) -> list[Broken]:
    """Every hard rule the pair breaks, in the order a coordinator wants to read them."""
    found = [*_person(helper, visit), *_ability(helper, visit), *_place(helper, visit), *_load(helper, visit, caps)]
    return [item for item in found if item is not None]


def require(helper: HelperFacts, visit: VisitFacts, caps: Caps) -> None:
    """Raises `Refused` with the first rule broken (field "volunteer_id")."""
    for item in broken(helper, visit, caps):
        raise Refused(item.code, field="volunteer_id", **item.facts)


def _person(helper: HelperFacts, visit: VisitFacts) -> list[Broken | None]:
    wished = visit.helper_sex or (visit.recipient_sex if visit.same_sex_only else None)
    return [
        Broken("helper_is_recipient") if helper.person_id == visit.recipient_id else None,
        Broken("helper_not_active") if helper.state != "active" else None,
        Broken("helper_barred", {"until": helper.barred_until}) if _barred(helper, visit) else None,
        Broken("same_household") if visit.recipient_id in helper.household else None,
        Broken("kept_apart") if helper.person_id in visit.apart else None,
        Broken("helper_other_sex") if wished and helper.sex != wished else None,
        Broken("helper_other_language") if visit.language and visit.language not in helper.languages else None,
    ]


def _barred(helper: HelperFacts, visit: VisitFacts) -> bool:
    return helper.barred_until is not None and helper.barred_until >= visit.day


def _ability(helper: HelperFacts, visit: VisitFacts) -> list[Broken | None]:
    trained = visit.service_code in helper.trained
    uninsured = helper.insured_until is None or helper.insured_until < visit.day
    return [
        Broken("helper_not_trained") if visit.needs_training and not trained else None,
        Broken("helper_not_insured") if visit.needs_insurance and uninsured else None,
        Broken("care_too_heavy") if not trained and _heavier(visit.self_care, visit.max_self_care_loss) else None,
    ]


def _heavier(self_care: str | None, copes_with: str) -> bool:
    if self_care not in CARE_ORDER or copes_with not in CARE_ORDER:
        return False
    return CARE_ORDER.index(self_care) > CARE_ORDER.index(copes_with)


def walking_metres(lat1: float | None, lon1: float | None, lat2: float | None, lon2: float | None) -> int | None:
    """Metres on foot, or None where a place is unknown."""
    if lat1 is None or lon1 is None or lat2 is None or lon2 is None:
        return None
    return round(metres(lat1, lon1, lat2, lon2) * WALKING)


def _place(helper: HelperFacts, visit: VisitFacts) -> list[Broken | None]:
    way = walking_metres(helper.lat, helper.lon, visit.lat, visit.lon)
    far = way is not None and way > helper.max_distance_m
    return [Broken("helper_too_far", {"metres": way, "most": helper.max_distance_m}) if far else None]


def _load(helper: HelperFacts, visit: VisitFacts, caps: Caps) -> list[Broken | None]:
    day = helper.minutes_day + visit.minutes > caps.day
    month = helper.minutes_month + visit.minutes > caps.month
    most = helper.max_minutes_week
    week = most is not None and helper.minutes_week + visit.minutes > most
    return [
        Broken("day_full", {"cap_minutes": caps.day, "has_minutes": helper.minutes_day}) if day else None,
        Broken("week_full", {"cap_minutes": most, "has_minutes": helper.minutes_week}) if week else None,
        Broken("month_full", {"cap_minutes": caps.month, "has_minutes": helper.minutes_month}) if month else None,
    ]
