"""The steps of a volunteer through the API, each by whom it is up to."""

from __future__ import annotations

import time_machine
from flask import Flask

from tests.conftest import one_engine
from tests.factories import town
from tests.factories.exchange_visits import SUNDAY_NOON
from tests.pages.api_walk import Facts, Step, Walk

STAFF_ONLY = {"other": 403, "herself": 403}
OWN = {"other": 403, "neighbour": 403}
REASON = {"reason": "The papers are not complete"}


def _offer(facts: Facts) -> dict[str, object]:
    return {"person_id": facts["person_id"], "skills": ["cleaning"], "slots": [[1, 480, 600]], "max_distance_m": 800}


STEPS = [
    Step("join", "herself", _offer, no=OWN),
    Step(
        "list_waiting_volunteers",
        "broker",
        no={"herself": 403},
        sees=lambda answer, _: len(answer["groups"][0]["items"]) == 1,
    ),
    Step("list_waiting_volunteers", "other", sees=lambda answer, _: answer["groups"][0]["items"] == []),
    Step("reject", "broker", REASON, no=STAFF_ONLY),
    Step("join", "herself", _offer),
    Step("review", "broker", no=STAFF_ONLY),
    Step("approve", "operator", no={"broker": 403, "herself": 403}),
    Step("set_insurance", "broker", {"until": "2030-12-31"}, no=STAFF_ONLY),
    Step(
        "record_training",
        "broker",
        {"skills": ["cleaning"], "passed_on": "2026-11-20", "start": True},
        no=STAFF_ONLY,
    ),
    Step("change_offer", "herself", lambda facts: {**_offer(facts), "max_distance_m": 500}, no=OWN),
    Step("set_availability", "herself", {"slots": [[1, 480, 660]]}, no=OWN),
    Step("add_days", "herself", {"first_day": "2026-11-24", "last_day": "2026-11-24"}, no=OWN),
    Step(
        "get_volunteer",
        "broker",
        no={"other": 404, "neighbour": 404},
        sees=lambda answer, facts: facts.update(days_id=answer["days"][0]["id"]) is None,
    ),
    Step(
        "get_volunteer_outlook",
        "broker",
        no={"other": 404, "neighbour": 404},
        sees=lambda answer, _: (
            (answer["week_minutes"], answer["stars"], answer["days"][2]["free"]) == (180, 0, [])
            and answer["days"][9]["free"] == [{"from_minute": 480, "to_minute": 660}]
            and "suspend" in answer["steps"]
        ),
    ),
    Step("get_volunteer_outlook", "herself", sees=lambda answer, _: answer["steps"] == []),
    Step("remove_days", "herself", no=OWN),
    Step("list_volunteers", "broker", no={"herself": 403}, sees=lambda answer, _: len(answer["items"]) == 1),
    Step("list_volunteers", "other", sees=lambda answer, _: answer["items"] == []),
    Step("export_volunteers", "broker", no={"herself": 403}, sees=lambda text, _: "陈静" in text),
    Step("export_volunteers", "other", sees=lambda text, _: "陈静" not in text),
    Step("suspend", "broker", {"reason": "A complaint is looked into"}, no=STAFF_ONLY),
    Step("lift", "broker", {"reason": "It was a mistake"}, no=STAFF_ONLY),
    Step("bar", "operator", {"reason": "Hours that never were"}, no={"broker": 403, "herself": 403}),
]


@one_engine
def test_a_volunteer_goes_every_step_through_the_api(app: Flask) -> None:
    with time_machine.travel(SUNDAY_NOON, tick=False):
        town.town()
        new = town.person("陈静", birth_date=town.date(1980, 5, 5), sex="F", is_recipient=False)
        actors = {
            "herself": town.member(new),
            "neighbour": town.member(town.person("李秀兰")),
            "broker": town.broker(),
            "other": town.outsider(),
            "operator": town.operator(),
        }
        Walk(app, actors, {"person_id": new}).through(STEPS)


@one_engine
def test_somebody_stops_helping_and_says_why(app: Flask) -> None:
    with time_machine.travel(SUNDAY_NOON, tick=False):
        town.town()
        new = town.person("陈静", birth_date=town.date(1980, 5, 5), sex="F", is_recipient=False)
        walk = Walk(app, {"herself": town.member(new), "other": town.outsider()}, {"person_id": new})
        walk.through(
            [Step("join", "herself", _offer), Step("leave", "herself", {"reason": "I move"}, no={"other": 403})]
        )
        assert walk.apis["herself"].get(f"/volunteers/{new}").json["state_reason"] == "I move"
