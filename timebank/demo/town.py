"""What is known of the town while it is being written."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime

from timebank.core.authority import Actor
from timebank.demo.agenda import Agenda
from timebank.demo.names import NameMaker
from timebank.people.rules.codes import Sex
from timebank.territory.rules import tenant_of

SYSTEM = Actor.system("demo", channel="cli")


@dataclass(slots=True)
class Resident:
    """A person of the town.  `kind` says what part they play: elder, couple, parent, child, helper, worker."""

    id: int
    name: str
    sex: Sex
    born: date
    age: int
    code: str
    building: int
    lat: float
    lon: float
    kind: str
    alone: bool = False
    household: frozenset[int] = frozenset()

    @property
    def in_nanjing(self) -> bool:
        return tenant_of(self.code) == NANJING


NANJING = 3201


@dataclass(slots=True)
class Helper:
    """An active volunteer: what is offered, when (weekday → first and last minute), how far, what is already taken."""

    resident: Resident
    skills: frozenset[str]
    free: dict[int, tuple[int, int]]
    reach: int
    actor: Actor
    busy: dict[date, list[tuple[int, int]]] = field(default_factory=dict)
    visits: int = 0


@dataclass(slots=True)
class Town:
    """Everything the steps hand on to each other.  `now`: the real moment the town ends at."""

    rng: random.Random
    scale: float
    now: datetime
    today: date
    first: date
    names: NameMaker
    agenda: Agenda = field(default_factory=Agenda)
    staff: dict[str, Actor] = field(default_factory=dict)
    residents: list[Resident] = field(default_factory=list)
    helpers: dict[int, Helper] = field(default_factory=dict)
    cast: dict[str, Resident] = field(default_factory=dict)
    members: dict[int, Actor] = field(default_factory=dict)
    desks: dict[str, int] = field(default_factory=dict)
    goods: dict[str, int] = field(default_factory=dict)
    saver: int = 0  # a volunteer with so many hours that a basket needs a second clerk
    clients: set[int] = field(default_factory=set)  # persons of the cases
    series: dict[str, int] = field(default_factory=dict)  # requests of the story
    partners: dict[str, int] = field(default_factory=dict)  # partner organisations
    given: dict[int, str] = field(default_factory=dict)  # requests whose visits a partner gives
    packages: list[int] = field(default_factory=list)  # care packages that desks sell

    def many(self, at_scale_one: int, least: int = 1) -> int:
        """So many of something in a town of this scale."""
        return max(least, round(at_scale_one * self.scale))

    def broker(self, code: str) -> Actor:
        """The coordinator of a place (the operator where a street has none)."""
        for name in ("yaohua", "wulaocun", "operator"):
            if self.staff[name].may("people.write", code):
                return self.staff[name]
        return self.staff["jinnan"]
