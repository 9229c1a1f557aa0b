"""Places and messages through the API."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from tests.conftest import one_engine
from tests.factories import town
from tests.factories.people import registered
from tests.pages.api_client import Api
from tests.pages.api_walk import Step, Walk
from timebank.access.rules.roles import Role
from timebank.access.service import issue_token
from timebank.core.db import db
from timebank.notices import service as notices
from timebank.notices.models import Notice

NO = {"broker": 403, "member": 403, "other_admin": 403}


@pytest.fixture
def walk(app: Flask) -> Walk:
    town.town()
    person = registered("张桂英", member_no="M00000012")
    facts = {"person_id": person, "code": town.YAOXIN, "street": town.YAOHUA, "city": town.NANJING}
    actors = {
        "admin": town.staff(Role.ADMINISTRATOR, town.YAOHUA),
        "other_admin": town.staff(Role.ADMINISTRATOR, town.WULAOCUN),
        "broker": town.broker(),
        "other": town.outsider(),
        "auditor": town.auditor(),
        "worker": town.social_worker(),
        "member": town.member(person),
        "neighbour": town.member(registered("李秀兰")),
    }
    return Walk(app, actors, facts)


DUTY = {"duty": "coordinator", "person": "M00000012", "phone": "025-85570000", "starts_on": "2026-01-01"}
PLACES = [
    Step(
        "list_territories", "member", sees=lambda answer, _: {each["code"] for each in answer["items"]} == {"32", "12"}
    ),
    Step(
        "list_territories",
        "member",
        query="text=尧新",
        sees=lambda answer, _: [each["path"] for each in answer["items"]] == ["栖霞区 尧化街道 尧新社区"],
    ),
    Step("add_grid", "admin", {"name": "尧新一网格"}, no=NO, keep="grid"),
    Step("rename_grid", "admin", {"name": "尧新东网格"}, no=NO, at={"code": "grid"}),
    Step("set_point", "admin", {"lat": 32.117, "lon": 118.886}, no=NO, at={"code": "grid"}),
    Step("give_duty", "admin", DUTY, no=NO, keep="duty_id"),
    Step(
        "get_territory",
        "member",
        sees=lambda answer, facts: (
            [(each["code"], each["name"], each["lat"], each["inside"]) for each in answer["below"]]
            == [(facts["grid"], "尧新东网格", 32.117, 0)]
            and [(each["id"], each["name"], each["ends_on"]) for each in answer["duties"]]
            == [(facts["duty_id"], "张桂英", None)]
            and [each["code"] for each in answer["above"]] == ["32", "3201", "320113", town.YAOHUA]
        ),
    ),
    Step("end_duty", "admin", no=NO),
    Step("get_territory", "member", sees=lambda answer, _: answer["duties"][0]["ends_on"] is not None),
    Step(
        "get_territory",
        "member",
        at={"code": "street"},
        sees=lambda answer, _: [each["inside"] for each in answer["below"]] == [0, 1],
    ),
]


@one_engine
def test_a_community_is_divided_and_somebody_answers_for_it(walk: Walk) -> None:
    walk.through(PLACES)


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("post", f"{town.YAOHUA}/grids", {"name": "x"}, "not_a_community"),
        ("put", f"{town.YAOXIN}/name", {"name": "x"}, "published_name"),
        ("put", f"{town.YAOXIN}/point", {"lat": 0.0, "lon": 0.0}, "bad_point"),
        ("put", f"{town.YAOXIN}/point", {"lat": 32.1}, "invalid"),
        ("post", f"{town.YAOXIN}/duties", {**DUTY, "person": "nobody at all"}, "nobody_fits"),
        ("post", f"{town.YAOXIN}/duties", {**DUTY, "ends_on": "2025-01-01"}, "duty_ends_before_start"),
    ],
)
def test_what_no_place_can_be_is_refused(
    app: Flask, walk: Walk, method: str, path: str, body: dict[str, object], code: str
) -> None:
    admin = Api(app, issue_token(town.account_of(town.admin()), "test", 1))
    answer = getattr(admin, method)(f"/territories/{path}", body)
    assert (answer.status_code, answer.json["code"]) == (422, code)


@one_engine
def test_nobody_elsewhere_is_found_for_a_duty(app: Flask, walk: Walk) -> None:
    registered("徐海", town.WULAOCUN_COMMUNITY, member_no="M00000099")
    admin = Api(app, issue_token(town.account_of(town.staff(Role.ADMINISTRATOR, town.YAOHUA)), "test", 1))
    answer = admin.post(f"/territories/{town.YAOXIN}/duties", {**DUTY, "person": "M00000099"})
    assert answer.json["code"] == "nobody_fits"


MESSAGES = [
    Step("list_notices", "member", sees=lambda answer, _: [each["is_read"] for each in answer["items"]] == [False] * 3),
    Step("mark_notice_read", "member", no={"neighbour": 404, "broker": 404}),
    Step("mark_all_notices_read", "member", sees=lambda answer, _: answer == {"read": 2}),
    Step("list_notices", "member", sees=lambda answer, _: all(each["is_read"] for each in answer["items"])),
    Step(
        "list_outbox",
        "broker",
        query=lambda facts: f"state=failed&person_id={facts['person_id']}",
        no={"member": 403},
        sees=lambda answer, facts: [each["id"] for each in answer["items"]] == [facts["notice_id"]],
    ),
    Step("list_outbox", "other", sees=lambda answer, _: answer["items"] == []),
    Step("list_outbox", "broker", query="limit=1", sees=lambda answer, _: len(answer["items"]) == 1 and answer["next"]),
    Step("count_outbox", "broker", no={"member": 403}, sees=lambda answer, _: answer == {"waiting": 2, "failed": 1}),
    Step("count_outbox", "other", sees=lambda answer, _: answer == {"waiting": 0, "failed": 0}),
    Step("send_notice_again", "broker", no={"other": 404, "auditor": 403, "member": 403}),
    Step("count_outbox", "broker", sees=lambda answer, _: answer == {"waiting": 3, "failed": 0}),
]


def test_messages_are_read_by_their_reader_and_sent_again_by_staff_of_the_area(walk: Walk) -> None:
    for _ in range(3):
        notices.tell(walk.facts["person_id"], "hours.reviewed", path="/my/visits/1")
    failed = db.session.query(Notice).order_by(Notice.id).first()
    assert failed is not None
    failed.state, failed.attempts, failed.error = "failed", 5, "no such host"
    db.session.commit()
    walk.facts["notice_id"] = failed.id
    walk.through(MESSAGES)


@one_engine
def test_a_late_retry_does_not_mark_what_came_since(app: Flask, walk: Walk) -> None:
    person = walk.facts["person_id"]
    member = Api(app, issue_token(town.account_of(town.member(person)), "test", 1))
    notices.tell(person, "hours.reviewed")
    assert member.post("/notices/read", key="all-read-1").json == {"read": 1}
    notices.tell(person, "hours.reviewed")
    assert member.post("/notices/read", key="all-read-1").json == {"read": 1}
    assert [each["is_read"] for each in member.get("/notices").json["items"]] == [False, True]


def test_a_message_put_back_once_is_not_put_back_again_by_a_retry(app: Flask, walk: Walk) -> None:
    notices.tell(walk.facts["person_id"], "hours.reviewed")
    broker = Api(app, issue_token(town.account_of(town.broker()), "test", 1))
    for _ in range(2):  # it fails, is put back, fails again; then the answer that was lost is asked for once more
        (row,) = db.session.query(Notice).all()
        row.state, row.send_after = "failed", datetime(2026, 1, 1, tzinfo=UTC)
        db.session.commit()
        assert broker.post(f"/outbox/{row.id}/again", key="again-once").json == {"id": row.id}
    assert broker.get("/outbox/counts").json == {"waiting": 0, "failed": 1}
