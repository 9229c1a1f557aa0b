"""Who gets which page of places."""

from typing import Any

from tests.architecture.cases import Case, Facts
from tests.factories.town import YAOXIN


def _code(_facts: Facts) -> dict[str, Any]:
    return {"code": YAOXIN}


MANAGERS = dict.fromkeys(("operator", "admin", "street_admin", "other_admin"), 200)

ACCESS_CASES = [
    Case("territory.index", others=200),
    Case("territory.place", _code, others=200),
    Case("territory.place", lambda _: {"code": "999"}, others=404),
    Case("territory.new_grid", _code, MANAGERS),
    Case(
        "territory.new_grid",
        _code,
        {"operator": 303, "admin": 303, "street_admin": 303},
        method="POST",
        form=lambda _: {"name": "第一网格"},
    ),
    Case("territory.point", _code, MANAGERS),
    Case("territory.rename", _code, MANAGERS),
    Case("territory.new_duty", _code, MANAGERS),
    Case(
        "territory.end_duty",
        lambda _: {"code": YAOXIN, "duty_id": 99},
        dict.fromkeys(MANAGERS, 404),
        method="POST",
    ),
]
