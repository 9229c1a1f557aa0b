"""Accounts, roles, cards, PINs, tokens and the log through the API; nobody gets further than on the pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import one_engine
from tests.factories import town
from tests.factories.people import registered
from tests.pages.api_client import Api
from tests.pages.api_walk import Step, Walk, rows
from timebank.access import queries, service
from timebank.access.models import Account, ApiToken
from timebank.access.rules.roles import Role
from timebank.access.service import NewAccount, issue_token
from timebank.core.authority import Actor
from timebank.core.command import CommandRecord
from timebank.core.db import db
from timebank.core.errors import Refused

SYSTEM = Actor.system("test")
PASSWORD = "the moon is out"
NEXT = "a lamp in the window"
NO = {"broker": 403, "member": 403}
ELSEWHERE = {**NO, "other_admin": 404}
DESK = {"other": 404, "auditor": 403, "member": 403}


@pytest.fixture
def walk(app: Flask) -> Walk:
    town.town()
    person = registered("张桂英", phone="13849235197")
    new = NewAccount("xu.mei", "徐梅", password=PASSWORD, territory_code=town.YAOHUA)
    facts = {"person_id": person, "account_id": service.create_account(SYSTEM, new)}
    actors = {
        "admin": town.staff(Role.ADMINISTRATOR, town.YAOHUA),
        "other_admin": town.staff(Role.ADMINISTRATOR, town.WULAOCUN),
        "broker": town.broker(),
        "clerk": town.clerk(),
        "other": town.outsider(),
        "auditor": town.auditor(),
        "other_auditor": town.auditor(town.WULAOCUN),
        "member": town.member(registered("李秀兰")),
        "owner": town.member(person),
    }
    return Walk(app, actors, facts)


def as_(app: Flask, account_id: int) -> Api:
    return Api(app, issue_token(account_id, "test", 60))


ROLE = {"role": "broker", "territory_code": town.YAOXIN, "starts_on": "2026-01-01", "reason": "New coordinator"}
REASON = {"reason": "Left the street"}
ACCOUNTS = [
    Step(
        "list_account_holders",
        "admin",
        query="text=xu.",
        no=NO,
        sees=lambda answer, facts: [each["account"]["id"] for each in answer["items"]] == [facts["account_id"]],
    ),
    Step("list_account_holders", "other_admin", query="text=xu.", sees=lambda answer, _: answer["items"] == []),
    Step(
        "create_account",
        "admin",
        {"display_name": "王丽丽", "sign_in_name": "wang.lili", "territory_code": town.YAOHUA},
        no={**NO, "other_admin": 403},
        sees=lambda answer, _: len(answer["password"]) == 14,
    ),
    Step("grant_account_role", "admin", ROLE, no=ELSEWHERE, keep="grant_id"),
    Step(
        "get_account_file",
        "admin",
        no=ELSEWHERE,
        sees=lambda answer, _: (
            [(each["role"], each["place"], each["held_today"]) for each in answer["grants"]]
            == [("broker", "栖霞区 尧化街道 尧新社区", True)]
            and not {"password_hash", "session_epoch"} & set(answer["account"])
        ),
    ),
    Step("end_account_role", "admin", REASON, no={**NO, "other_admin": 403}),
    Step("reset_password", "admin", no=ELSEWHERE),
    Step("close_account", "admin", REASON, no=ELSEWHERE),
    Step("get_account_file", "admin", sees=lambda answer, _: bool(answer["account"]["closed_at"])),
    Step("reopen_account", "admin", no=ELSEWHERE),
    Step("get_account_file", "admin", sees=lambda answer, _: answer["account"]["closed_at"] is None),
]


@one_engine
def test_an_administrator_looks_after_the_accounts_of_the_own_area(walk: Walk) -> None:
    walk.through(ACCOUNTS)


@one_engine
def test_a_role_for_more_than_ones_area_for_oneself_or_nowhere_is_refused(app: Flask, walk: Walk) -> None:
    admin = town.staff(Role.ADMINISTRATOR, town.YAOHUA)
    api, account = as_(app, town.account_of(admin)), walk.facts["account_id"]
    for code in (town.NANJING, town.WULAOCUN, ""):
        assert api.post(f"/accounts/{account}/roles", {**ROLE, "territory_code": code}).status_code == 403
    assert api.post(f"/accounts/{account}/roles", {**ROLE, "territory_code": "999"}).json["code"] == (
        "access_territory_unknown"
    )
    own = api.post(f"/accounts/{town.account_of(admin)}/roles", ROLE)
    assert own.json["code"] == "own_account"


@one_engine
def test_a_one_time_password_opens_the_account_and_the_same_key_shows_it_again(app: Flask, walk: Walk) -> None:
    admin = as_(app, town.account_of(town.admin()))
    account = walk.facts["account_id"]
    first = admin.post(f"/accounts/{account}/password", key="reset-once").json["password"]
    assert service.sign_in("xu.mei", first, "10.0.0.1").must_change_password
    actor = queries.actor_of(account)
    assert actor is not None
    service.set_password(actor, account, NEXT, old=first)
    assert admin.post(f"/accounts/{account}/password", key="reset-once").json["password"] == first
    assert service.sign_in("xu.mei", NEXT, "10.0.0.1").id == account  # the retry did not take the account back


@one_engine
def test_the_same_key_of_others_or_for_others_gives_another_password(app: Flask, walk: Walk) -> None:
    one, two = as_(app, town.account_of(town.admin())), as_(app, town.account_of(town.admin(town.NANJING)))
    first = walk.facts["account_id"]
    second = service.create_account(SYSTEM, NewAccount("li.si", "李四", territory_code=town.YAOHUA))
    given = {
        api.post(f"/accounts/{account}/password", key=key).json["password"]
        for api, account, key in ((one, first, "same-key-1"), (two, first, "same-key-1"), (one, second, "same-key-2"))
    }
    assert len(given) == 3


CARDS = [
    Step(
        "get_person_access",
        "clerk",
        no=DESK,
        sees=lambda answer, facts: (
            (answer["has_pin"], answer["may_make_account"], answer["account"]["person_id"])
            == (False, False, facts["person_id"])
        ),
    ),
    Step("issue_card", "clerk", no=DESK, sees=lambda answer, _: len(answer["code"]) == 12),
    Step("get_card", "clerk", no=DESK, sees=lambda answer, _: answer["name"] == "张桂英"),
    Step("get_card_picture", "clerk", no=DESK, sees=lambda text, _: "<svg" in text),
    Step("get_own_card", "owner", no={"member": 404, "clerk": 404}, sees=lambda answer, _: answer["name"] == "张桂英"),
    Step("get_own_card_picture", "owner", no={"member": 404}, sees=lambda text, _: "<svg" in text),
    Step("withdraw_card", "clerk", no=DESK),
    Step("set_pin", "clerk", {"pin": "407163"}, no=DESK),
    Step(
        "get_person_access",
        "broker",
        sees=lambda answer, _: (answer["has_pin"], answer["card_issued_at"]) == (True, None),
    ),
    Step("set_own_pin", "owner", {"pin": "618352"}, no={"clerk": 404}),
    Step("give_person_account", "broker", no=DESK, sees=lambda answer, _: len(answer["password"]) == 14),
]


def test_card_pin_and_account_of_a_neighbour(walk: Walk) -> None:
    walk.through(CARDS)
    service.check_pin(walk.facts["person_id"], "618352")


@one_engine
def test_a_key_sets_one_pin_only(app: Flask, walk: Walk) -> None:
    clerk, path = as_(app, town.account_of(town.clerk())), f"/people/{walk.facts['person_id']}/pin"
    assert clerk.put(path, {"pin": "407163"}, key="pin-by-key").status_code == 200
    other = clerk.put(path, {"pin": "518264"}, key="pin-by-key")
    assert (other.status_code, other.json["code"]) == (409, "key_reused")
    service.check_pin(walk.facts["person_id"], "407163")
    assert clerk.put(path, {"pin": "1234"}).json["code"] == "pin_easy"


@one_engine
def test_a_neighbour_without_account_gets_one_from_who_may_write_people(app: Flask, walk: Walk) -> None:
    person = registered("陈静")
    path = f"/people/{person}/account"
    assert as_(app, town.account_of(town.clerk())).post(path).status_code == 403
    broker = as_(app, town.account_of(town.broker()))
    given = broker.post(path, key="account-1").json
    assert broker.post(path, key="account-1").json == given
    assert service.sign_in(given["sign_in_name"], given["password"], "10.0.0.1").person_id == person


OWN = [
    Step("get_own_account", "owner", sees=lambda answer, _: (answer["has_pin"], answer["has_card"]) == (False, False)),
    Step("create_token", "owner", {"label": "till", "days": 10}, keep="token_id"),
    Step(
        "list_tokens",
        "owner",
        sees=lambda answer, facts: (
            facts["token_id"] in {each["id"] for each in answer["items"]} and "tb_" not in str(answer)
        ),
    ),
    Step("withdraw_token", "owner", no={"member": 404}),
    Step(
        "list_tokens",
        "owner",
        sees=lambda answer, facts: facts["token_id"] not in {each["id"] for each in answer["items"]},
    ),
    Step("end_own_sessions", "owner"),
    Step("choose_language", "owner", {"language": "zh"}),
    Step("get_own_account", "owner", sees=lambda answer, _: answer["account"]["language"] == "zh"),
]


@one_engine
def test_ones_own_account(walk: Walk) -> None:
    walk.through(OWN)


def test_a_made_token_works_until_it_is_withdrawn_and_no_key_makes_two(app: Flask, walk: Walk) -> None:
    account = walk.facts["account_id"]
    api = as_(app, account)
    made = [api.post("/my/tokens", {"label": "till", "days": 10}, key="one-token").json for _ in range(2)]
    assert made[0] == made[1]
    assert db.session.scalar(select(func.count()).where(ApiToken.account_id == account)) == 2
    assert Api(app, made[0]["token"]).get("/me").json["account_id"] == account
    assert made[0]["token"] not in str(db.session.scalars(select(CommandRecord.answer)).all())
    assert api.delete(f"/my/tokens/{made[0]['id']}").status_code == 200
    assert Api(app, made[0]["token"]).get("/me").status_code == 401
    stranger = as_(app, town.account_of(town.broker())).post(
        "/my/tokens", {"label": "till", "days": 10}, key="one-token"
    )
    assert stranger.json["token"] != made[0]["token"]


def test_a_forgotten_key_of_a_token_makes_no_second_one(app: Flask, walk: Walk) -> None:
    api = as_(app, walk.facts["account_id"])
    api.post("/my/tokens", {"label": "till", "days": 10}, key="one-token")
    db.session.query(CommandRecord).delete()
    db.session.commit()
    assert api.post("/my/tokens", {"label": "till", "days": 10}, key="one-token").json["code"] == "key_reused"


@one_engine
def test_ones_password_is_changed_once_per_key_and_needs_the_old_one(app: Flask, walk: Walk) -> None:
    account = walk.facts["account_id"]
    api, change = as_(app, account), {"old_password": PASSWORD, "password": NEXT}
    wrong = api.put("/my/password", {**change, "old_password": "not this one"})
    assert (wrong.status_code, wrong.json["code"]) == (422, "old_password_wrong")
    assert api.put("/my/password", change, key="password-1").json == {"done": True}
    epoch = db.session.get_one(Account, account, populate_existing=True).session_epoch
    assert api.put("/my/password", change, key="password-1").json == {"done": True}
    assert db.session.get_one(Account, account, populate_existing=True).session_epoch == epoch
    other = api.put("/my/password", {**change, "password": "quite another one"}, key="password-1")
    assert (other.status_code, other.json["code"]) == (409, "key_reused")
    assert service.sign_in("xu.mei", NEXT, "10.0.0.1").id == account


@one_engine
def test_a_known_key_is_no_way_to_guess_a_password(app: Flask, walk: Walk) -> None:
    api, change = as_(app, walk.facts["account_id"]), {"old_password": PASSWORD, "password": NEXT}
    api.put("/my/password", change, key="password-1")
    guesses = [
        api.put("/my/password", {**change, "password": f"guess number {number}"}, key="password-1").json["code"]
        for number in range(7)
    ]
    assert guesses[0] == "key_reused"
    assert guesses[-1] == "sign_in_wait"


NEWCOMER = {
    "name": "周敏",
    "phone": "13900001234",
    "territory_code": town.YAOXIN,
    "birth_date": "1990-05-01",
    "password": PASSWORD,
    "consent": True,
}


@one_engine
def test_somebody_registers_alone_and_signs_in(app: Flask, walk: Walk) -> None:
    anybody = Api(app)
    places = anybody.get("/registrations/communities?text=尧化").json["items"]
    assert {each["code"] for each in places} == {town.YAOXIN, town.YAOHUA_COMMUNITY}
    first = anybody.post("/registrations", NEWCOMER, key="newcomer-1")
    assert first.status_code == 201
    before = rows()
    assert anybody.post("/registrations", NEWCOMER, key="newcomer-1").json == first.json
    assert {name: count for name, count in rows().items() if before[name] != count} in ({}, {"attempt": 2})
    token = anybody.post("/token", {"name": "13900001234", "password": PASSWORD}, key=None).json["token"]
    assert Api(app, token).get("/my/details").json["phone"] == "139 0000 1234"


@one_engine
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"consent": False}, "invalid"),
        ({"birth_date": None}, "invalid"),
        ({"phone": "13849235197"}, "person_known"),
        ({"password": "short"}, "password_short"),
        ({"territory_code": "320113001999"}, "territory_unknown"),
    ],
)
def test_a_registration_that_cannot_be_leaves_nothing(
    app: Flask, walk: Walk, change: dict[str, Any], code: str
) -> None:
    before = rows()["person"], rows()["account"]
    answer = Api(app).post("/registrations", {**NEWCOMER, **change})
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert (rows()["person"], rows()["account"]) == before


@one_engine
def test_registrations_from_one_address_are_slowed_down(app: Flask, walk: Walk) -> None:
    tries = [Api(app).post("/registrations", {**NEWCOMER, "password": "short"}) for _ in range(12)]
    assert tries[-1].json["code"] == "registration_wait"


LOG = [
    Step(
        "list_log",
        "auditor",
        query="action=card",
        no={"broker": 403, "member": 403},
        sees=lambda answer, facts: (
            [(each["action"], each["subject_id"]) for each in answer["items"]]
            == [("issue.card", str(facts["person_id"]))]
            and answer["items"][0]["words"] != "issue.card"
        ),
    ),
    Step("list_log", "other_auditor", query="action=card", sees=lambda answer, _: answer["items"] == []),
    Step(
        "list_log_looks",
        "auditor",
        no={"broker": 403, "member": 403},
        sees=lambda answer, _: [each["purpose"] for each in answer["items"]] == ["calls back"],
    ),
    Step("list_log_looks", "other_auditor", sees=lambda answer, _: answer["items"] == []),
    Step("export_log", "auditor", query="action=card", no={"broker": 403}, sees=lambda text, _: "issue.card" in text),
    Step("export_log_looks", "auditor", no={"broker": 403}, sees=lambda text, _: "calls back" in text),
    Step("list_log", "auditor", query="action=export.log", sees=lambda answer, _: answer["items"] == []),
]


def test_the_log_is_read_in_ones_territory_and_its_files_are_noted(app: Flask, walk: Walk) -> None:
    from timebank.people.service import reveal

    service.issue_card(town.clerk(), walk.facts["person_id"])
    reveal(town.broker(), walk.facts["person_id"], "phone", "calls back")
    walk.through(LOG)
    everything = as_(app, town.account_of(town.auditor("")))
    noted = everything.get("/log?action=export.log").json["items"]
    assert [each["subject_id"] for each in noted] == ["reads.csv", "log.csv"]


def test_the_log_is_walked_by_pages(app: Flask, walk: Walk) -> None:
    api, seen, after = as_(app, town.account_of(town.auditor(""))), list[int](), ""
    while True:
        page = api.get(f"/log?limit=3{after}").json
        seen += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) > 3


@one_engine
def test_a_token_ends_with_its_days(app: Flask, walk: Walk) -> None:
    with time_machine.travel(datetime(2026, 3, 2, tzinfo=UTC), tick=False) as clock:
        made = as_(app, walk.facts["account_id"]).post("/my/tokens", {"label": "till", "days": 2}).json
        clock.shift(timedelta(days=1))
        assert Api(app, made["token"]).get("/me").status_code == 200
        clock.shift(timedelta(days=2))
        assert Api(app, made["token"]).get("/me").status_code == 401


def test_no_pin_is_kept_with_what_was_answered(app: Flask, walk: Walk) -> None:
    clerk = as_(app, town.account_of(town.clerk()))
    clerk.put(f"/people/{walk.facts['person_id']}/pin", {"pin": "407163"}, key="pin-by-key")
    (kept,) = db.session.scalars(select(CommandRecord).where(CommandRecord.key.contains("set_pin")))
    assert (kept.answer, "407163" in kept.key) == (None, False)
    with pytest.raises(Refused):
        service.check_pin(walk.facts["person_id"], "407164")
