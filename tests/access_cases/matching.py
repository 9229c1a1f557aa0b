"""Who sees which helpers could come."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tests.architecture.cases import Case, Facts
from tests.factories import matching as factory
from tests.factories import town
from timebank.core.db import db
from timebank.exchange.models import Visit
from timebank.matching.models import ParkedCall
from timebank.matching.service.calls import keep_draft


def _visit(facts: Facts) -> dict[str, Any]:
    factory.volunteer()
    return {"visit": factory.visit(facts["person"])}


def _request(facts: Facts) -> dict[str, Any]:
    visit = db.session.get_one(Visit, _visit(facts)["visit"])
    return {"request": visit.request_id}


def _somebodys_draft(facts: Facts) -> dict[str, Any]:
    keep_draft(town.broker(name="second"), {"caller": ["zjg"]}, "k-1")
    return {"draft": db.session.scalar(select(ParkedCall.id))}


ACCESS_CASES = [
    Case("matching.new_call", statuses=dict.fromkeys(("broker", "operator", "other_broker"), 200)),
    Case(
        "matching.drop_call",
        lambda facts: {"draft_id": facts["draft"]},
        dict.fromkeys(("broker", "operator", "other_broker"), 404),
        method="POST",
        make=_somebodys_draft,
    ),
    Case("matching.call_people", statuses=dict.fromkeys(("broker", "operator", "other_broker"), 303)),
    Case(
        "matching.call_taken",
        lambda facts: {"request_id": facts["request"]},
        {"broker": 200, "operator": 200, "other_broker": 404},
        make=_request,
    ),
    *(
        Case(
            endpoint,
            lambda facts: {"visit_id": facts["visit"]},
            {"broker": 200, "operator": 200, "other_broker": 404},
            make=_visit,
        )
        for endpoint in ("matching.suggestions", "matching.helpers_out")
    ),
    *(
        Case(endpoint, statuses=dict.fromkeys(("broker", "other_broker", "operator", "auditor"), 200))
        for endpoint in (
            "matching.unmet_need",
            "matching.unmet_need_csv",
            "matching.helper_use",
            "matching.helper_use_csv",
        )
    ),
]
