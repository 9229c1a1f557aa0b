"""Which desk is nearest."""

from __future__ import annotations

from timebank.redemption.rules.nearness import nearness

HOME, HERE = "320113004005", (32.10, 118.90)
STREET, NEIGHBOURS, ELSEWHERE = "320113004", "320113005", "320104010"
NEXT_DOOR, FAR_OFF = (32.101, 118.901), (32.20, 118.99)


def test_ones_own_street_comes_first_even_where_another_desk_is_closer_as_the_crow_flies():
    assert nearness(HOME, STREET, HERE, FAR_OFF) < nearness(HOME, NEIGHBOURS, HERE, NEXT_DOOR)


def test_a_street_of_the_same_district_comes_before_another_district():
    assert nearness(HOME, NEIGHBOURS, HERE, FAR_OFF) < nearness(HOME, ELSEWHERE, HERE, NEXT_DOOR)


def test_among_desks_of_equal_standing_the_way_decides_and_an_unknown_place_is_last():
    near, far, unknown = (nearness(HOME, NEIGHBOURS, HERE, there) for there in (NEXT_DOOR, FAR_OFF, (None, None)))
    assert near < far < unknown


def test_codes_that_only_begin_alike_are_not_one_street():
    assert nearness(HOME, "320113009", HERE, NEXT_DOOR)[0] == nearness(HOME, NEIGHBOURS, HERE, FAR_OFF)[0]
