"""Who may be the same person as whom."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from timebank.people.rules.duplicates import Candidate, Likeness, Register, likeness, sounds_alike

BORN = date(1948, 5, 17)


def somebody(number: int = 1, name: str = "许梅", **facts: Any) -> Candidate:
    return Candidate(number, name, territory_code="320113001007", **facts)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ({"birth_date": BORN}, {"birth_date": BORN}, Likeness.NAME_AND_BIRTH),
        ({"phone_hash": "p"}, {"phone_hash": "p"}, Likeness.NAME_AND_PHONE),
        ({"phone_hash": "p", "name": "许玫"}, {"phone_hash": "p"}, Likeness.NAME_AND_PHONE),
        ({"address": "3幢2单元101室"}, {"address": "3幢 2单元 101室"}, Likeness.NAME_AND_ADDRESS),
        ({"phone_hash": "p", "birth_date": BORN, "name": "王秀英"}, {"phone_hash": "p", "birth_date": BORN},
         Likeness.PHONE_AND_BIRTH),
        ({"birth_date": BORN, "name": "徐梅"}, {"birth_date": BORN}, Likeness.SOUND_AND_BIRTH),
        ({"birth_date": BORN, "name": "Xu Mei"}, {"birth_date": BORN}, Likeness.SOUND_AND_BIRTH),
        ({"birth_date": BORN, "id_hash": "a"}, {"birth_date": BORN}, Likeness.NAME_AND_BIRTH),
        ({"id_hash": "a", "name": "王秀英"}, {"id_hash": "a"}, Likeness.SAME_ID_OTHER_NAME),
        ({"id_hash": "a", "phone_hash": "p"}, {"id_hash": "b", "phone_hash": "p"}, Likeness.NAME_AND_PHONE),
        ({"id_hash": "a", "birth_date": BORN, "address": "1幢"}, {"id_hash": "b", "birth_date": BORN, "address": "1幢"},
         Likeness.NAME_AND_BIRTH),
        ({"phone_hash": "p", "birth_date": date(1948, 5, 11)}, {"phone_hash": "p", "birth_date": BORN},
         Likeness.NAME_AND_PHONE),
    ],
)  # fmt: skip
def test_these_two_are_looked_at(one: dict[str, Any], other: dict[str, Any], reason: Likeness) -> None:
    assert likeness(somebody(1, **one), somebody(2, **other)) == reason
    assert likeness(somebody(2, **other), somebody(1, **one)) == reason


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {}),
        ({"phone_hash": "p", "name": "王秀英"}, {"phone_hash": "p"}),
        ({"birth_date": BORN, "name": "王秀英"}, {"birth_date": BORN}),
        ({"birth_date": BORN, "id_hash": "a"}, {"birth_date": BORN, "id_hash": "b"}),
        ({"address": ""}, {"address": ""}),
        ({"phone_hash": "p", "birth_date": date(1975, 8, 2)}, {"phone_hash": "p", "birth_date": BORN}),
        ({"id_hash": "a"}, {"id_hash": "a"}),
    ],
)
def test_these_two_are_left_alone(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert likeness(somebody(1, **one), somebody(2, **other)) is None


def test_the_same_address_in_another_community_is_another_home() -> None:
    here = Candidate(1, "许梅", territory_code="320113001007", address="1幢101")
    there = Candidate(2, "许梅", territory_code="320104006003", address="1幢101")
    grid = Candidate(3, "许梅", territory_code="320113001007002", address="1幢101")
    assert likeness(here, there) is None
    assert likeness(here, grid) == Likeness.NAME_AND_ADDRESS


def test_a_register_compares_only_who_shares_something() -> None:
    register = Register([somebody(1, birth_date=BORN), somebody(2, phone_hash="p"), somebody(3, name="王秀英")])
    found = register.like(somebody(9, birth_date=BORN, phone_hash="p"))
    assert found == [
        (somebody(1, birth_date=BORN), Likeness.NAME_AND_BIRTH),
        (somebody(2, phone_hash="p"), Likeness.NAME_AND_PHONE),
    ]
    assert not register.like(somebody(1, birth_date=date(1999, 9, 9)))


def test_names_sound_alike_in_any_reading() -> None:
    assert sounds_alike("单桂兰", "丹贵兰")
    assert sounds_alike("单桂兰", "善桂兰")
    assert not sounds_alike("单桂兰", "王桂兰")
