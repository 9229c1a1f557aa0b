"""Partner organisations: which visits they may be given, what is due, when a second person must agree."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from timebank.core.errors import Refused
from timebank.exchange.rules.partners import PartnerFacts, Wanted, check, due, needs_second, works

FACTS = PartnerFacts("安康", "Ankang", "91320100X", "王", "025-1", "320113001", ("cleaning",), date(2026, 11, 1))
VISIT = Wanted("320113001007", "cleaning", date(2026, 11, 24))


@pytest.mark.parametrize(
    ("place", "first", "last", "services", "may"),
    [
        ("320113001", date(2026, 11, 1), None, ("cleaning",), True),
        ("3201", date(2026, 11, 24), date(2026, 11, 24), ("meals", "cleaning"), True),
        ("320104006", date(2026, 11, 1), None, ("cleaning",), False),
        ("320113001", date(2026, 11, 25), None, ("cleaning",), False),
        ("320113001", date(2026, 11, 1), date(2026, 11, 23), ("cleaning",), False),
        ("320113001", date(2026, 11, 1), None, ("meals",), False),
    ],
)
def test_a_partner_gives_its_help_in_its_place_on_its_days(
    place: str, first: date, last: date | None, services: tuple[str, ...], may: bool
) -> None:
    assert works(place, (first, last), services, VISIT) is may


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"services": ()}, "partner_services_missing"),
        ({"until_day": date(2026, 10, 31)}, "partner_until_before_from"),
    ],
)
def test_a_partner_gives_some_help_and_ends_after_it_began(change: dict[str, object], code: str) -> None:
    check(FACTS)
    with pytest.raises(Refused, match=code):
        check(dataclasses.replace(FACTS, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("earned", "settled", "available", "minutes"),
    [(300, 0, 300, 300), (300, 120, 180, 180), (300, 0, 240, 240), (300, 300, 60, 0), (60, 120, 0, 0)],
)
def test_due_is_what_was_earned_and_neither_settled_nor_taken_back(
    earned: int, settled: int, available: int, minutes: int
) -> None:
    assert due(earned, settled, available) == minutes


def test_above_the_limit_of_the_desk_a_second_person_agrees() -> None:
    assert [needs_second(minutes, 600) for minutes in (600, 601)] == [False, True]
    assert not needs_second(10_000, None)
