"""People for tests of the registry, through its service, and spreadsheets to import."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

from tests.factories.town import YAOXIN
from timebank.core.authority import Actor
from timebank.people import service
from timebank.people.rules.headings import COLUMNS
from timebank.people.rules.id_number import check_character
from timebank.people.service import NewPerson

SYSTEM = Actor.system("tests")


def id_number(born: date = date(1948, 5, 17), serial: int = 12, county: str = "320113") -> str:
    """A valid number; an odd last digit of the serial is a man, an even one a woman."""
    first17 = f"{county}{born:%Y%m%d}{serial:03d}"
    return first17 + check_character(first17)


def registered(name: str = "许梅", territory: str = YAOXIN, *, actor: Actor = SYSTEM, **facts: Any) -> int:
    """A registered person; likely duplicates do not stop it."""
    given: dict[str, Any] = {"duplicate_reason": "made by a test", **facts}
    return service.register_person(actor, NewPerson(name=name, territory_code=territory, **given))


def row(number: int = 1, **cells: str) -> dict[str, str]:
    """A good row of a spreadsheet, with other cells where given."""
    good = {
        "member_no": f"H{number:05d}",
        "name": "王秀英",
        "id_number": id_number(date(1940 + number % 40, 1 + number % 12, 1 + number % 28), number % 1000),
        "phone": f"138{number:08d}",
        "community_code": YAOXIN,
        "address": f"{number}幢1单元101室",
        "roles": "recipient",
        "languages": "zh",
        "self_care": "able",
        "lives_alone": "no",
    }
    return good | cells


def sheet(*rows: dict[str, str], encoding: str = "utf-8", header: tuple[str, ...] = COLUMNS) -> bytes:
    """A CSV file of the rows."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([cells.get(column, "") for column in COLUMNS] for cells in rows)
    return out.getvalue().encode(encoding)
