"""Division codes."""

from __future__ import annotations

import pytest

from timebank.territory.rules import (
    Level,
    ancestors,
    is_code,
    level_of,
    next_grid,
    parent_of,
    short_name,
    tenant_of,
    valid_point,
)


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("32", Level.PROVINCE, None),
        ("3201", Level.CITY, "32"),
        ("320113", Level.DISTRICT, "3201"),
        ("320113001", Level.STREET, "320113"),
        ("320113001007", Level.COMMUNITY, "320113001"),
        ("320113001007003", Level.GRID, "320113001007"),
    ],
)
def test_the_length_of_a_code_says_its_level(code: str, level: Level, parent: str | None) -> None:
    assert (level_of(code), parent_of(code)) == (level, parent)
    assert ancestors(code)[-1] == code


@pytest.mark.parametrize("text", ["", "320", "abc", "３２０１", "32011300100", "320113001007 "])
def test_other_texts_are_no_codes(text: str) -> None:
    assert not is_code(text)
    with pytest.raises(ValueError, match="not a division code"):
        level_of(text)


def test_the_city_is_the_tenant() -> None:
    assert tenant_of("320113001007") == 3201
    assert tenant_of("1201") == 1201
    with pytest.raises(ValueError, match="not in a city"):
        tenant_of("32")


def test_grids_take_the_lowest_free_number() -> None:
    community = "320113001007"
    assert next_grid(frozenset(), community) == f"{community}001"
    assert next_grid(frozenset({f"{community}001", f"{community}003"}), community) == f"{community}002"
    assert next_grid(frozenset(f"{community}{n:03d}" for n in range(1, 1000)), community) is None


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("尧新社区居委会", "尧新社区"),
        ("滨淮村委会", "滨淮村"),
        ("桦墅村村民委员会", "桦墅村"),
        ("五老村街道", "五老村街道"),
        ("居委会", "居委会"),
    ],
)
def test_the_place_is_named_without_its_office(name: str, short: str) -> None:
    assert short_name(name) == short


def test_points_lie_in_china_or_nowhere() -> None:
    assert valid_point(32.1, 118.9)
    assert valid_point(None, None)
    assert not valid_point(320.1, 118.9)
    assert not valid_point(32.1, None)
    assert not valid_point(118.9, 32.1)
