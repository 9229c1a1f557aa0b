"""Who gets which page of stars and honours."""

from __future__ import annotations

from typing import Any

from tests.architecture.cases import VISITORS, Case, Facts
from tests.factories import exchange_visits as make
from tests.factories import town
from timebank.exchange.queries.schemes import scheme_for


def _volunteer(_facts: Facts) -> dict[str, Any]:
    return {"volunteer": make.helper("徐梅", scheme_for(town.YAOXIN).id)}


def _own(facts: Facts) -> dict[str, Any]:
    return {"person": _volunteer(facts)["volunteer"]}


READERS = {"broker": 200, "operator": 200, "auditor": 200}
NOBODY = dict.fromkeys((name for name in VISITORS if name != "stranger"), 404)

ACCESS_CASES = [
    Case("exchange.honours", statuses=READERS | {"other_broker": 200}),
    Case(
        "exchange.volunteer_proof",
        lambda facts: {"person_id": facts["volunteer"]},
        READERS | {"other_broker": 404},
        make=_volunteer,
    ),
    Case("exchange.my_honours", statuses=NOBODY | {"owner": 200}, make=_own),
    Case("exchange.my_proof", statuses=NOBODY | {"owner": 200}, make=_own),
]
