"""A helper with credited visits of 97 minutes, and who suspects, decides and looks again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tests.factories import exchange_visits as make
from tests.factories import town
from timebank.access.rules.roles import Role
from timebank.core.authority import Actor
from timebank.exchange.rules.hours import LoggedVisit
from timebank.exchange.service import hours

DAYS = (date(2026, 11, 17), date(2026, 11, 18), date(2026, 11, 19))


def approver(name: str = "approver", territory: str = town.QIXIA) -> Actor:
    """Somebody of the district who decides."""
    return town.staff(Role.DISTRICT_APPROVER, territory, name)


@dataclass(frozen=True, slots=True)
class Heard:
    """Xu Mei with some minutes saved and visits to Uncle Zhang, 97 minutes each."""

    scheme: int
    zhang: int
    xu: int
    visits: tuple[int, ...]


def visited(scheme: int, days: tuple[date, ...] = DAYS, saved: int = 60) -> Heard:
    """Written down by one operator, looked at by another."""
    zhang, xu = town.person("张建国", birth_date=date(1944, 3, 5)), make.helper("徐梅", scheme)
    make.give_hours(zhang, 600)
    make.give_hours(xu, saved)
    return Heard(scheme, zhang, xu, tuple(visit(xu, zhang, day) for day in days))


def visit(helper: int, recipient: int, day: date) -> int:
    """One credited visit from 9:03 to 10:40."""
    made = hours.log_visit(town.operator(), LoggedVisit(helper, recipient, "cleaning", day, 543, 640))
    hours.review_entry(town.operator(name="second-operator"), made, True)
    return made
