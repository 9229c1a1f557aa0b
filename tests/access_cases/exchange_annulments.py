"""Who gets which page of cases about untrue hours."""

from __future__ import annotations

from typing import Any

from tests.architecture.cases import VISITORS, Case, Facts
from tests.factories import town
from tests.factories.hearings import approver, visited
from timebank.exchange.queries.schemes import scheme_for
from timebank.exchange.rules.annulments import Source
from timebank.exchange.service import annulments
from timebank.exchange.service.annulments import Decision, Suspicion


def _visited(_facts: Facts) -> dict[str, Any]:
    return {"volunteer": visited(scheme_for(town.YAOXIN).id).xu}


def _case(_facts: Facts) -> dict[str, Any]:
    made = visited(scheme_for(town.YAOXIN).id)
    suspicion = Suspicion(made.xu, made.visits[:1], Source.COMPLAINT, "Nobody came")
    return {"case": annulments.suspect(town.operator(), suspicion), "person": made.xu}


def _decided(facts: Facts) -> dict[str, Any]:
    made = _case(facts)
    annulments.answer(town.member(made["person"]), made["case"], "I was there")
    annulments.decide(approver(), Decision(made["case"], True, "No code"))
    return made


def _of_case(facts: Facts) -> dict[str, Any]:
    return {"case_id": facts["case"]}


def _who(status: int, *names: str) -> dict[str, int]:
    return dict.fromkeys(names, status)


SIGNED_IN = dict.fromkeys((name for name in VISITORS if name != "stranger"), 404)

ACCESS_CASES = [
    Case("exchange.annulments", statuses=_who(200, "operator", "auditor")),
    Case("exchange.annulment", _of_case, _who(200, "operator", "auditor"), make=_case),
    Case(
        "exchange.suspect_hours", lambda facts: {"person_id": facts["volunteer"]}, _who(200, "operator"), make=_visited
    ),
    Case("exchange.decide_annulment", _of_case, make=_case),
    Case("exchange.re_examine_annulment", _of_case, make=_decided),
    Case("exchange.my_hearing", _of_case, SIGNED_IN | _who(200, "owner"), make=_case),
    Case("exchange.answer_hearing", _of_case, SIGNED_IN | _who(200, "owner"), make=_case),
    Case("exchange.appeal_hearing", _of_case, SIGNED_IN | _who(200, "owner"), make=_decided),
    Case("exchange.my_hearings", statuses=_who(200, "owner", "neighbour"), others=404),
]
