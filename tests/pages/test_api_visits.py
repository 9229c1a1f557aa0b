"""Requests, offers, visits, hours and keeping people apart through the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.factories import exchange_visits as make
from tests.factories import town
from tests.factories.exchange_visits import at
from tests.pages.api_walk import Facts, Step, Walk
from timebank.core.db import db
from timebank.exchange.models import Visit
from timebank.exchange.queries.slips import day_code, strip_code

NO = {"other": 404, "clerk": 403}
CANNOT = {"other": 403, "clerk": 403}
NOBODY = {"neighbour": 403, "other": 403}
REASON = {"reason": "She has a cold"}
MORNING, BEGUN, OVER = at(480), at(541), at(660)
TWO = {"weekdays": "", "last_day": None, "helpers_needed": 2}
WEEKLY = {"weekdays": "1", "last_day": "2026-12-08"}


def _ids(answer: Any) -> list[int]:
    return [each["id"] for each in answer["items"]]


def _wanted(facts: Facts) -> dict[str, Any]:
    return {
        "recipient_id": facts["zhang"],
        "service_code": "cleaning",
        "first_day": "2026-11-24",
        "earliest_minute": 540,
        "latest_minute": 600,
        "minutes": 60,
        **WEEKLY,
    }


def _offer(facts: Facts) -> dict[str, Any]:
    return {"visit_id": facts["visit_id"], "volunteer_id": facts["xu"], "starts_at": at(540).isoformat()}


def _keep_visits(answer: Any, facts: Facts) -> bool:
    """The visits of the request become facts."""
    facts["visit_id"], facts["second_visit"], facts["third_visit"] = sorted(each["id"] for each in answer["visits"])
    return True


FROM_REQUEST_TO_CREDIT = [
    Step(
        "list_payers",
        "broker",
        no={"other": 404, "neighbour": 404},
        at={"person_id": "zhang"},
        sees=lambda answer, _: {each["funding"] for each in answer["items"]} == {"own", "grant", "pot", "issued"},
    ),
    Step(
        "list_payers",
        "elder",
        at={"person_id": "zhang"},
        sees=lambda answer, _: (
            [(each["funding"], each["available"]) for each in answer["items"]] == [("own", 600), ("grant", 0)]
        ),
    ),
    Step("create_request", "elder", _wanted, no={"neighbour": 403, "other": 403}, keep="request_id"),
    Step("approve_request", "broker", no={"other": 403, "elder": 403}),
    Step("get_request", "elder", no={"other": 404, "neighbour": 404}, sees=_keep_visits),
    Step(
        "list_requests", "broker", no={"elder": 403}, sees=lambda answer, facts: _ids(answer) == [facts["request_id"]]
    ),
    Step("list_requests", "other", sees=lambda answer, _: _ids(answer) == []),
    Step("export_requests", "broker", no={"elder": 403}, sees=lambda text, _: "张建国" in text),
    Step("export_requests", "other", sees=lambda text, _: "张建国" not in text),
    Step("list_own_requests", "elder", sees=lambda answer, facts: _ids(answer) == [facts["request_id"]]),
    Step("list_suggestions", "broker", no={"other": 404, "elder": 403}),
    Step("list_helpers_out", "broker", no={"other": 404, "elder": 403}, sees=lambda answer, _: answer["next"] is None),
    Step(
        "get_unmet_need",
        "broker",
        query="until=2027-01-31",
        no={"elder": 403},
        sees=lambda answer, _: sum(line["waiting"] for line in answer["places"]) == 3,
    ),
    Step("get_unmet_need", "other", query="until=2027-01-31", sees=lambda answer, _: not answer["places"]),
    Step("export_unmet_need", "broker", no={"elder": 403}, sees=lambda text, _: text.startswith("\ufeffGrouped by")),
    Step("list_helper_use", "broker", query="who=all", no={"elder": 403}, sees=lambda answer, _: answer["helpers"]),
    Step("list_helper_use", "other", query="who=all", sees=lambda answer, _: not answer["items"]),
    Step("export_helper_use", "broker", no={"elder": 403}),
    Step("create_offer", "broker", _offer, no={"other": 403, "elder": 403}, keep="offer_id"),
    Step("withdraw_offer", "broker", no={"other": 403, "elder": 403}),
    Step("create_offer", "broker", lambda facts: {**_offer(facts), "series": True}, keep="offer_id"),
    Step("get_own_offer", "helper", no={"elder": 404, "neighbour": 404}, sees=lambda answer, _: answer["series"]),
    Step("answer_offer", "helper", {"accept": True}, no={"elder": 403, "other": 403}),
    Step("end_regular_helper", "broker", no={"other": 403, "elder": 403}),
    Step("list_visits", "broker", no={"elder": 403}, sees=lambda answer, _: len(answer["items"]) == 3),
    Step("list_visits", "other", sees=lambda answer, _: _ids(answer) == []),
    Step("export_visits", "broker", no={"elder": 403}, sees=lambda text, _: "张建国" in text),
    Step("export_visits", "other", sees=lambda text, _: "张建国" not in text),
    Step(
        "get_calendar",
        "broker",
        query="week=2026-11-24",
        no={"elder": 403},
        sees=lambda answer, facts: [len(day["visits"]) for day in answer["days"]] == [0, 1, 0, 0, 0, 0, 0],
    ),
    Step("get_calendar", "other", query="week=2026-11-24", sees=lambda answer, _: not answer["days"][1]["visits"]),
    Step("new_calendar_feed", "helper"),
    Step(
        "get_my_calendar",
        "helper",
        query="week=2026-11-24",
        sees=lambda answer, _: len(answer["days"]) == 2 and answer["feed"].endswith(".ics"),
    ),
    Step("move_visit", "broker", {"starts_at": at(560).isoformat()}, no={**CANNOT, "elder": 403}),
    Step("free_helper", "helper", REASON, no=NOBODY, at={"visit_id": "third_visit"}),
    Step("cancel_visit", "elder", REASON, no=NOBODY, at={"visit_id": "third_visit"}),
    Step("unlock_code", "broker", no={**CANNOT, "elder": 403}),
    Step("check_in", "helper", no=NOBODY, when=at(560)),
    Step("check_out", "helper", {"break_minutes": 0}, no=NOBODY, when=at(640)),
    Step("allow_extra", "broker", no={"other": 403, "elder": 403}, when=at(650)),
    Step("list_own_help", "elder", when=OVER, sees=lambda answer, _: len(answer["unconfirmed"]) == 1),
    Step("confirm", "elder", {"how": "portal"}, no=NOBODY, when=OVER),
    Step("rate", "elder", {"rating": 5}, no=NOBODY, when=OVER),
    Step("dispute", "elder", {"reason": "She left earlier"}, no=NOBODY, when=OVER),
    Step("settle_dispute", "broker", {"minutes": 45, "reason": "Both agree"}, no={**CANNOT, "elder": 403}, when=OVER),
    Step(
        "get_visit",
        "broker",
        no={"other": 404, "elder": 403},
        when=OVER,
        sees=lambda answer, _: answer["line"]["state"] == "credited",
    ),
    Step("list_own_visits", "helper", when=OVER, sees=lambda answer, _: len(answer["past"]) == 1),
    Step("ask_not_again", "elder", {"reason": "Too loud"}, no={"neighbour": 404, "other": 404}, when=OVER),
    Step("get_own_visit", "elder", no={"other": 404}, when=OVER, sees=lambda answer, _: answer["not_again"] is True),
    Step("get_own_visit", "helper", when=OVER, sees=lambda answer, _: answer["not_again"] is False),
    Step(
        "list_kept_apart",
        "broker",
        no={"other": 404, "elder": 403},
        at={"person_id": "zhang"},
        when=OVER,
        sees=lambda answer, facts: [each["other_id"] for each in answer["items"]] == [facts["xu"]],
    ),
    Step("take_not_again_back", "elder", no={"helper": 404, "neighbour": 404}, when=OVER),
    Step("note_not_again", "broker", {"part": "helper"}, no={"other": 403, "elder": 403}, keep="pair_id", when=OVER),
    Step("end_apart", "broker", {"reason": "Both asked for it"}, no={"other": 404, "elder": 404}, when=OVER),
    Step(
        "keep_apart",
        "broker",
        lambda facts: {"helper_id": facts["xu"], "recipient_id": facts["zhang"], "reason": "They are in a lawsuit"},
        no={"other": 403, "elder": 403},
        when=OVER,
    ),
    Step("cancel_request", "elder", REASON, no=NOBODY, when=OVER),
    Step("create_request", "broker", lambda facts: {**_wanted(facts), "first_day": "2026-12-01"}, keep="request_id"),
    Step("refuse_request", "broker", {"reason": "Nobody has time"}, no={"other": 403, "elder": 403}),
]

NOT_THERE = [Step("mark_no_show", "helper", {"who": "recipient"}, no=NOBODY, when=at(640))]


def _hours(facts: Facts, day: str = "2026-11-20", **more: Any) -> dict[str, Any]:
    when = {"service_code": "cleaning", "day": day, "from_minute": 540, "to_minute": 600}
    return {"volunteer_id": facts["xu"], "recipient_id": facts["zhang"], **when, **more}


def _by_name(facts: Facts, day: str = "2026-11-18") -> dict[str, Any]:
    given = _hours(facts, day, recipient_name="张大爷")
    return {name: value for name, value in given.items() if name != "recipient_id"}


def _lines(facts: Facts) -> dict[str, Any]:
    good, future = _hours(facts, "2026-11-19"), _hours(facts, "2026-12-24")
    return {"lines": [good, future, {**good, "volunteer_id": 999_999, "day": "2026-11-17"}]}


HOURS = [
    Step("log_visit", "broker", _hours, no={"other": 403, "neighbour": 403}, keep="visit_id"),
    Step("list_helped", "helper", sees=lambda answer, facts: answer["items"][0]["person_id"] == facts["zhang"]),
    Step("list_helped", "neighbour", sees=lambda answer, _: answer["items"] == []),
    Step(
        "log_sheet",
        "broker",
        _lines,
        no={"helper": 403},
        sees=lambda answer, _: (
            [line["place"] for line in answer["done"]] == [0]
            and {line["place"]: line["code"] for line in answer["wrong"]} == {1: "in_future", 2: "no_such_volunteer"}
        ),
    ),
    Step(
        "log_sheet",
        "other",
        lambda facts: {"lines": [_hours(facts, "2026-11-16")]},
        sees=lambda answer, _: (answer["done"], answer["wrong"][0]["code"]) == ([], "not_allowed"),
    ),
    Step("log_by_name", "helper", _by_name, no={"neighbour": 403, "other": 403}, keep="entry_id"),
    Step("list_my_hour_entries", "helper", sees=lambda answer, facts: _ids(answer) == [facts["entry_id"]]),
    Step(
        "list_hours_to_review",
        "second",
        no={"helper": 403},
        sees=lambda answer, facts: (len(answer["items"]), _ids({"items": answer["names"]})) == (2, [facts["entry_id"]]),
    ),
    Step("list_hours_to_review", "other", sees=lambda answer, _: answer == {"items": [], "names": []}),
    Step(
        "get_hours_to_review",
        "second",
        no={"other": 404, "helper": 403},
        sees=lambda answer, _: len(answer["payers"]) == 4,
    ),
    Step("review_entry", "second", {"approve": True}, no={"other": 403, "broker": 422, "helper": 403}),
    Step(
        "list_candidates",
        "broker",
        query="text=张建国",
        no={"other": 404, "helper": 403},
        sees=lambda answer, facts: _ids(answer) == [facts["zhang"]],
    ),
    Step("resolve_entry", "broker", lambda facts: {"recipient_id": facts["zhang"]}, no=CANNOT),
    Step("log_by_name", "helper", lambda facts: _by_name(facts, "2026-11-15"), keep="entry_id"),
    Step("refuse_entry", "broker", {"reason": "Nobody knows who that is"}, no=CANNOT),
]


def _code(facts: Facts, which: str) -> str:
    db.session.rollback()
    found = {"day": day_code, "strip": strip_code}[which](db.session.get_one(Visit, facts["visit_id"]))
    db.session.rollback()
    return found


def _slips(facts: Facts) -> dict[str, Any]:
    return {
        "lines": [{"visit_id": facts["visit_id"], "from_minute": 540, "minutes": 90, "code": _code(facts, "strip")}]
    }


PAPER = [
    Step("renew_codes", "broker", no={"other": 404, "elder": 403}, at={"person_id": "zhang"}),
    Step(
        "list_week_sheets",
        "broker",
        query="week=2026-11-24",
        no={"elder": 403, "helper": 403},
        sees=lambda answer, facts: answer["items"][0]["lines"][0]["strip_code"] == _code(facts, "strip"),
    ),
    Step("list_week_sheets", "other", query="week=2026-11-24", sees=lambda answer, _: answer["items"] == []),
    Step(
        "note_call",
        "broker",
        lambda facts: {"recipient_id": facts["zhang"], "code": _code(facts, "day"), "said": "arrived"},
        no={"other": 422, "helper": 403},
        when=BEGUN,
    ),
    Step(
        "list_slip_rows",
        "broker",
        query="week=2026-11-24",
        no={"elder": 403},
        when=OVER,
        sees=lambda answer, _: [(row["open"], row["ended"]) for row in answer["items"]] == [(True, None)],
    ),
    Step(
        "enter_slips",
        "other",
        _slips,
        when=OVER,
        sees=lambda answer, _: (answer["done"], answer["wrong"][0]["code"]) == ([], "no_such_visit"),
    ),
    Step(
        "enter_slips",
        "broker",
        _slips,
        no={"elder": 403},
        when=OVER,
        sees=lambda answer, _: (answer["done"][0]["state"], answer["wrong"]) == ("credited", []),
    ),
]


@pytest.fixture
def walk(app: Flask) -> Iterator[Walk]:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        people = make.cast()
        actors = {
            "broker": people.broker,
            "second": town.broker(name="second"),
            "other": town.outsider(),
            "clerk": town.clerk(),
            "elder": people.elder,
            "helper": people.helper,
            "neighbour": town.member(town.person("李秀兰")),
        }
        yield Walk(app, actors, {"zhang": people.zhang, "xu": people.xu})


def test_from_a_request_to_the_credit_and_back(walk: Walk) -> None:
    walk.through(FROM_REQUEST_TO_CREDIT)


def _keep_pair(answer: Any, facts: Facts) -> bool:
    facts["visit_id"], facts["second_visit"] = sorted(each["id"] for each in answer["visits"])
    return answer["line"]["helpers_needed"] == 2 and [one["helpers"] for one in answer["visits"]] == [2, 2]


def _at_nine(line: Any) -> bool:
    return line["together"] == ["徐梅"] and line["latest_start"] == line["earliest_start"]


TWO_AT_ONCE = [
    Step("create_request", "elder", lambda facts: {**_wanted(facts), **TWO}, keep="request_id"),
    Step("approve_request", "broker"),
    Step("get_request", "elder", sees=_keep_pair),
    Step("create_offer", "broker", _offer, keep="offer_id"),
    Step("get_own_offer", "helper", sees=lambda answer, _: answer["helpers"] == 2),
    Step("answer_offer", "helper", {"accept": True}),
    Step("get_visit", "broker", at={"visit_id": "second_visit"}, sees=lambda answer, _: _at_nine(answer["line"])),
    Step("cancel_visit", "elder", REASON | {"whole_occasion": True}, no=NOBODY, at={"visit_id": "second_visit"}),
    Step("list_visits", "broker", sees=lambda answer, _: {one["state"] for one in answer["items"]} == {"cancelled"}),
]


def test_two_helpers_at_once(walk: Walk) -> None:
    walk.through(TWO_AT_ONCE)


def test_nobody_is_there(walk: Walk) -> None:
    cast = make.Cast(town.broker(), walk.facts["zhang"], walk.facts["xu"], *_sides(walk), 2)
    walk.facts["visit_id"] = make.scheduled(cast)
    walk.through(NOT_THERE)


def test_a_visit_on_paper(walk: Walk) -> None:
    cast = make.Cast(town.broker(), walk.facts["zhang"], walk.facts["xu"], *_sides(walk), 2)
    walk.facts["visit_id"] = make.scheduled(cast)
    walk.through(PAPER)


def _sides(walk: Walk) -> tuple[Any, Any]:
    return town.member(walk.facts["xu"]), town.member(walk.facts["zhang"])


def test_hours_are_written_down_and_looked_at_twice(walk: Walk) -> None:
    walk.through(HOURS)
