"""Places with numbers as a drawing: circles on a map of our own, for a page that may load nothing from elsewhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from timebank.matching.queries.unmet import NeedLine

WIDTH, HEIGHT, MARGIN = 640, 420, 46
LARGEST, SMALLEST = 30, 5
NAMED = 14  # more names would cover each other


@dataclass(frozen=True, slots=True)
class Dot:
    """A circle in the drawing's own units, for a line; `named`: large enough to bear its name."""

    x: float
    y: float
    radius: float
    level: int  # 0 nothing is missing … 4 most
    named: bool
    line: NeedLine


def dots(lines: Sequence[NeedLine]) -> list[Dot]:
    """The places that have a point, the largest first, so that small ones lie on top; north is up."""
    placed = [(line, line.lat, line.lon) for line in lines if line.lat is not None and line.lon is not None]
    if not placed:
        return []
    south, north = min(lat for _, lat, _ in placed), max(lat for _, lat, _ in placed)
    west, east = min(lon for *_, lon in placed), max(lon for *_, lon in placed)
    narrow = math.cos(math.radians((south + north) / 2))
    wide, high = max((east - west) * narrow, 0.002), max(north - south, 0.002)
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
    most = max(line.need.missing for line, *_ in placed)
    middle_lat, middle_lon = (south + north) / 2, (west + east) / 2
    return [
        Dot(
            x=round(WIDTH / 2 + (lon - middle_lon) * narrow * scale, 1),
            y=round(HEIGHT / 2 - (lat - middle_lat) * scale, 1),
            radius=round(_radius(line.need.missing, most), 1),
            level=level(line.need.missing, most),
            named=place < NAMED,
            line=line,
        )
        for place, (line, lat, lon) in enumerate(placed)
    ]


def _radius(missing: int, most: int) -> float:
    """The area of a circle goes with the number."""
    return max(SMALLEST, LARGEST * math.sqrt(missing / most)) if most else SMALLEST


def level(number: int, most: int) -> int:
    """A shade: 0 for nothing, 1 to 4 up to the most."""
    return math.ceil(4 * number / most) if number and most else 0
