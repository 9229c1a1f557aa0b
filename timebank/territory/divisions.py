"""The published division files (provinces, cities, areas, streets, villages), read and checked as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from timebank.core.errors import Refused
from timebank.core.spreadsheet import Unreadable, records, table
from timebank.territory.rules import DIGITS, Level, is_code

FILES = {
    Level.PROVINCE: "provinces.csv",
    Level.CITY: "cities.csv",
    Level.DISTRICT: "areas.csv",
    Level.STREET: "streets.csv",
    Level.COMMUNITY: "villages.csv",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place to be known: its published code and name; WGS 84 degrees where known."""

    code: str
    name: str
    lat: float | None = None
    lon: float | None = None


def read(directory: Path) -> list[Place]:
    """Every place of the files, wide ones first.

    Raises `Refused("divisions_unreadable")` with the file, the row and what is wrong there.
    """
    return [place for level, file in FILES.items() for place in _read_file(directory / file, level)]


def _read_file(path: Path, level: Level) -> list[Place]:
    try:
        rows = records(table(path.read_bytes()))
    except (OSError, Unreadable) as error:
        raise _wrong(path, 0, "missing" if isinstance(error, FileNotFoundError) else "unreadable") from error
    header = [cell.strip() for cell in rows[0][1]] if rows else []
    if not {"code", "name"} <= set(header):
        raise _wrong(path, 1, "columns")
    columns = (header.index("code"), header.index("name"))
    return [_place(path, number, row, columns, level) for number, row in rows[1:]]


def _place(path: Path, number: int, row: list[str], columns: tuple[int, int], level: Level) -> Place:
    if len(row) <= max(columns):
        raise _wrong(path, number, "columns")
    place = Place(row[columns[0]].strip(), row[columns[1]].strip())
    if not is_code(place.code) or len(place.code) != DIGITS[level]:
        raise _wrong(path, number, "code")
    if not place.name:
        raise _wrong(path, number, "name")
    return place


def _wrong(path: Path, row: int, why: str) -> Refused:
    return Refused("divisions_unreadable", field="directory", file=path.name, row=row, why=why)


def wide_first(places: Iterable[Place]) -> list[Place]:
    """The last word on each code, ordered so that a place comes after the one that contains it."""
    return sorted({place.code: place for place in places}.values(), key=lambda place: (len(place.code), place.code))
