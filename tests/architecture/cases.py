"""The cases of `test_permissions`: for a page of a domain, the status that each kind of visitor gets.

A domain adds `tests/access_cases/<domain>.py` with

    ACCESS_CASES = [
        Case("people.person", lambda facts: {"person_id": facts["person"]}, broker=200, other_broker=404, nobody=403),
    ]

Visitors (all made in the town of `tests/factories/town.py`; the rows of a case lie in Yaoxin community, Yaohua street):
stranger (not signed in) · nobody (an account without a role) · owner (the person the row belongs to) · neighbour
(another member) · broker, clerk, social_worker (Yaohua street) · other_broker, other_clerk, other_social_worker
(another street) · operator, auditor (the city) · admin.  A visitor that is not named in a case gets what `others` says.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import tests.access_cases
from tests.factories import town
from timebank.access.rules.roles import Role
from timebank.core.authority import Actor

Facts = Mapping[str, Any]
STRANGER = 302  # to the page to sign in; 401 for a form

VISITORS: dict[str, Callable[[Facts], Actor | None]] = {
    "stranger": lambda _: None,
    "nobody": lambda _: town.nobody(),
    "owner": lambda facts: town.member(facts["person"]),
    "neighbour": lambda facts: town.member(facts["neighbour"]),
    "broker": lambda _: town.broker(),
    "other_broker": lambda _: town.outsider(),
    "clerk": lambda _: town.clerk(),
    "other_clerk": lambda _: town.clerk(town.WULAOCUN),
    "social_worker": lambda _: town.social_worker(),
    "other_social_worker": lambda _: town.social_worker(town.WULAOCUN),
    "operator": lambda _: town.operator(),
    "auditor": lambda _: town.auditor(),
    "admin": lambda _: town.admin(),
    "street_admin": lambda _: town.staff(Role.ADMINISTRATOR, town.YAOHUA),
    "other_admin": lambda _: town.staff(Role.ADMINISTRATOR, town.WULAOCUN),
}


def _no_values(_facts: Facts) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Case:
    """A page, and the status that visitors get.  `make` adds rows to the facts (person, neighbour) before the visit."""

    endpoint: str
    values: Callable[[Facts], dict[str, Any]] = _no_values
    statuses: dict[str, int] = field(default_factory=dict)
    others: int = 403
    method: str = "GET"
    form: Callable[[Facts], dict[str, Any]] = _no_values
    make: Callable[[Facts], dict[str, Any]] = _no_values

    def expected(self, visitor: str) -> int:
        """The status for a visitor."""
        if visitor == "stranger" and "stranger" not in self.statuses:
            return STRANGER if self.method == "GET" else 401
        return self.statuses.get(visitor, self.others)

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}"


def all_cases() -> list[Case]:
    """The cases of every domain."""
    names = [module.name for module in pkgutil.iter_modules(tests.access_cases.__path__)]
    modules = [importlib.import_module(f"tests.access_cases.{name}") for name in names]
    return [case for module in modules for case in module.ACCESS_CASES]
