"""Plans through the API: asked for, looked at, changed, accepted, made again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.factories import matching as helpers
from tests.factories import town
from tests.pages.api_walk import Facts, Step, Walk
from timebank.matching.service.accepting import work_offers
from timebank.matching.service.working import work_plans

NO = {"other": 404, "clerk": 403}
HERE = {"plan_id": "plan"}
VISIT = {"plan_id": "plan", "visit_id": "visit"}


@pytest.fixture(autouse=True)
def _monday(app: Flask) -> Iterator[None]:
    with time_machine.travel(helpers.NOON_BEFORE, tick=False):
        town.town()
        yield


def _searched(answer: Any, _facts: Facts) -> bool:
    return bool(answer["id"]) and work_plans() == 1


def _who_goes(answer: Any, facts: Facts) -> bool:
    """The first of those who could becomes a fact."""
    facts["goes"] = answer["possible"][0]["person_id"]
    return True


def _marks(answer: Any, facts: Facts) -> bool:
    """The board says how each visit stands, who else is free that day, and what is open where."""
    for lane in answer["lanes"]:
        for stop in lane["stops"]:
            facts[f"mark_{stop['visit_id']}"] = stop["mark"]
    return (
        [one["person_id"] for one in answer["idle"]] == [facts["late"]]
        and answer["idle_goes_on"] is False
        and answer["days"] == []
        and answer["open_here"] == 2
    )


def _of(facts: Facts, visit: str) -> str:
    return str(facts[f"mark_{facts[visit]}"])


def _asked(answer: Any, _facts: Facts) -> bool:
    return bool(answer["id"]) and work_offers() == 2


def _found(answer: Any, _facts: Facts) -> bool:
    return bool(answer["id"]) and (work_plans(), work_offers()) == (1, 1)


def _what_is_so(emergency: dict[str, Any]) -> set[str]:
    return {name for name, value in emergency.items() if value is True}


STEPS = [
    Step(
        "start_plan",
        "broker",
        {"territory_code": town.YAOHUA, "first_day": "2026-11-24", "seconds": 5},
        no={"other": 403, "clerk": 403},
        keep="plan",
        sees=_searched,
    ),
    Step("list_plans", "broker", no={"clerk": 403}, sees=lambda answer, _: len(answer["items"]) == 1),
    Step(
        "get_plan", "broker", no=NO, at=HERE, sees=lambda answer, _: (answer["state"], answer["served"]) == ("done", 2)
    ),
    Step(
        "get_plan_board",
        "broker",
        no=NO,
        at=HERE,
        sees=lambda answer, _: (len(answer["lanes"]), answer["open"], answer["left"]) == (2, 2, []),
    ),
    Step("get_plan_board", "broker", at=HERE, sees=_marks),
    Step(
        "list_plan_choices",
        "broker",
        no=NO,
        at=VISIT,
        sees=lambda answer, facts: facts["late"] in {one["person_id"] for one in answer["impossible"]},
    ),
    Step(
        "check_plan_pair",
        "broker",
        query=lambda facts: f"volunteer_id={facts['late']}",
        no=NO,
        at=VISIT,
        sees=lambda answer, _: (answer["possible"], answer["rules"]) == (False, ["not_free"]),
    ),
    Step(
        "check_plan_swap",
        "broker",
        query=lambda facts: f"other_id={facts['other']}",
        no=NO,
        at=VISIT,
        sees=lambda answer, _: all(one["possible"] for one in answer["items"]),
    ),
    Step(
        "swap_planned_visits",
        "broker",
        lambda facts: {"other_id": facts["other"], "seen": _of(facts, "visit"), "other_seen": _of(facts, "other")},
        no=NO,
        at=VISIT,
    ),
    Step(
        "swap_planned_visits",
        "broker",
        lambda facts: {"other_id": facts["other"], "seen": _of(facts, "visit"), "other_seen": _of(facts, "other")},
        at=VISIT,
        refused="plan_changed_meanwhile",
    ),
    Step(
        "pin_planned_visit",
        "broker",
        lambda facts: {"pinned": True, "seen": _of(facts, "visit")},
        at=VISIT,
        refused="plan_changed_meanwhile",
    ),
    Step("pin_planned_visit", "broker", {"pinned": True}, no=NO, at=VISIT),
    Step(
        "take_out_planned_visit",
        "broker",
        lambda facts: {"seen": _of(facts, "visit")},
        at=VISIT,
        refused="plan_changed_meanwhile",
    ),
    Step("take_out_planned_visit", "broker", no=NO, at=VISIT),
    Step("list_plan_choices", "broker", at=VISIT, sees=_who_goes),
    Step(
        "assign_planned_visit",
        "broker",
        lambda facts: {"volunteer_id": facts["goes"], "seen": _of(facts, "visit")},
        at=VISIT,
        refused="plan_changed_meanwhile",
    ),
    Step(
        "assign_planned_visit",
        "broker",
        lambda facts: {"volunteer_id": facts["goes"], "seen": "nobody"},
        no=NO,
        at=VISIT,
    ),
    Step("plan_again", "broker", {"may_move": True}, no=NO, at=HERE, keep="plan", sees=_searched),
    Step("stop_plan", "broker", no=NO, at=HERE),
    Step("accept_plan", "broker", {}, no=NO, at=HERE, sees=_asked),
    Step(
        "call_somebody",
        "broker",
        lambda facts: {
            "recipient_id": facts["recipient"],
            "service_code": "cleaning",
            "what": "水管爆裂",
            "funding": "issued",
        },
        no={"other": 403, "clerk": 403},
        keep="emergency",
        sees=_found,
        when=helpers.NOON_BEFORE + timedelta(hours=20),  # Tuesday, eight in the morning
    ),
    Step(
        "get_emergency",
        "broker",
        no=NO,
        at={"emergency_id": "emergency"},
        sees=lambda answer, _: (
            ([one["state"] for one in answer["asked"]], _what_is_so(answer)) == (["offered"], {"waiting", "looked_for"})
        ),
    ),
    Step(
        "get_emergency",
        "broker",
        at={"emergency_id": "emergency"},
        sees=lambda answer, _: (
            ([one["state"] for one in answer["asked"]], _what_is_so(answer)) == (["expired"], {"goes_on", "looked_for"})
        ),
        when=helpers.NOON_BEFORE + timedelta(hours=20, minutes=11),  # nobody has answered
    ),
]


def test_a_day_is_planned_and_accepted_by_a_program(app: Flask) -> None:
    helpers.volunteer("徐梅", hours=(8, 12))
    helpers.volunteer("王芳", hours=(8, 12), east_m=90)
    late = helpers.volunteer("晚来", hours=(14, 16))
    recipient = town.person("张大爷")
    visit, other = (helpers.visit(person, window=(8, 8)) for person in (recipient, town.person("李大爷")))
    facts = {"late": late, "visit": visit, "other": other, "recipient": recipient}
    actors = {"broker": town.broker(), "other": town.outsider(), "clerk": town.clerk()}
    Walk(app, actors, facts).through(STEPS)
