"""Which desk is nearest: first by the place one lives in, then by the way there."""

from __future__ import annotations

from timebank.core.geo import metres

Point = tuple[float | None, float | None]
LEVELS = (15, 12, 9, 6, 4)  # digits of a grid, community, street, district, city
FAR = 1e9


def nearness(home: str, desk: str, here: Point, there: Point) -> tuple[int, float]:
    """Sorts a desk among others: smaller is nearer.

    A desk in one's own community comes before one in the same street, then in the district (division codes, domain.md
    F0: each level is a prefix); among equals decide the metres between the two points (WGS 84), unknown ones last.
    """
    level = next((digits for digits in LEVELS if len(desk) >= digits and home[:digits] == desk[:digits]), 0)
    return -level, _metres(here, there)


def _metres(here: Point, there: Point) -> float:
    if here[0] is None or here[1] is None or there[0] is None or there[1] is None:
        return FAR
    return metres(here[0], here[1], there[0], there[1])
