"""Published division codes: two digits for a province, four a city, six a district, nine a street, twelve a community,
and three more of our own for a grid (domain.md C2).  Codes nest, so the code alone says what lies where."""

from __future__ import annotations

import enum

GRID_DIGITS = 3


class Level(enum.StrEnum):
    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"


class Duty(enum.StrEnum):
    GRID_WORKER = "grid_worker"
    CIVIL_AFFAIRS_SPECIALIST = "civil_affairs_specialist"
    COORDINATOR = "coordinator"
    STREET_HEAD = "street_head"
    DUTY_DESK = "duty_desk"


DIGITS: dict[Level, int] = {
    Level.PROVINCE: 2,
    Level.CITY: 4,
    Level.DISTRICT: 6,
    Level.STREET: 9,
    Level.COMMUNITY: 12,
    Level.GRID: 15,
}
LEVELS: dict[int, Level] = {digits: level for level, digits in DIGITS.items()}
OFFICES = (("社区居委会", "社区"), ("居民委员会", ""), ("村民委员会", "村"), ("居委会", ""), ("村委会", "村"))


def is_code(text: str) -> bool:
    """Has the text the form of a division code?"""
    return text.isascii() and text.isdecimal() and len(text) in LEVELS


def level_of(code: str) -> Level:
    """The level of a code.  Raises `ValueError` when the text is no division code."""
    if not is_code(code):
        raise ValueError(f"not a division code: {code!r}")
    return LEVELS[len(code)]


def tenant_of(code: str) -> int:
    """The city as a number: hours are saved and redeemed inside one city (3201 Nanjing, 1201 Tianjin).

    Raises `ValueError` for a code above city level.
    """
    if not is_code(code) or len(code) < DIGITS[Level.CITY]:
        raise ValueError(f"not in a city: {code!r}")
    return int(code[: DIGITS[Level.CITY]])


def ancestors(code: str) -> tuple[str, ...]:
    """The codes that contain this one, from the province down, and itself."""
    return tuple(code[:digits] for digits in LEVELS if digits <= len(code))


def parent_of(code: str) -> str | None:
    """The code that contains this one directly; None for a province."""
    above = ancestors(code)[:-1]
    return above[-1] if above else None


def community_of(code: str) -> str:
    """The community of a community or grid; a wider code is returned as it is."""
    return code[: DIGITS[Level.COMMUNITY]]


def next_grid(taken: frozenset[str], community: str) -> str | None:
    """The lowest free grid code of a community; None when all 999 are taken."""
    free = (f"{community}{number:03d}" for number in range(1, 10**GRID_DIGITS))
    return next((code for code in free if code not in taken), None)


def short_name(name: str) -> str:
    """The place, not its office: 尧新社区居委会 → 尧新社区, 桦墅村委会 → 桦墅村."""
    for office, place in OFFICES:
        if name.endswith(office) and len(name) > len(office):
            stem = name.removesuffix(office)
            return stem if place and stem.endswith(place) else stem + place
    return name


def valid_point(lat: float | None, lon: float | None) -> bool:
    """Both absent, or a place inside the wider borders of China (WGS 84 degrees)."""
    if lat is None and lon is None:
        return True
    return lat is not None and lon is not None and 3 <= lat <= 54 and 73 <= lon <= 136
