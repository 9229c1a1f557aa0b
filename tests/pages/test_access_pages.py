"""Accounts, cards, registration and the log, as people click through them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask_babel import force_locale

from tests.conftest import Counter, one_engine
from tests.factories.town import (
    WULAOCUN,
    WULAOCUN_COMMUNITY,
    YAOHUA,
    YAOXIN,
    account_of,
    admin,
    auditor,
    broker,
    clerk,
    outsider,
    person,
    staff,
    town,
)
from tests.pages.client import CheckingClient
from timebank.access import queries, service, words
from timebank.access.rules.roles import Role
from timebank.core import audit
from timebank.core.authority import Actor
from timebank.core.db import db, transaction
from timebank.people import queries as people

SignIn = Callable[[CheckingClient, int], CheckingClient]


@pytest.fixture
def zhang(app: Flask) -> int:
    town()
    return person("张桂英", birth_date=date(1948, 3, 7))


# -- accounts


def test_an_administrator_makes_an_account_and_gives_it_a_role(
    client: CheckingClient, sign_in: SignIn, zhang: int
) -> None:
    sign_in(client, account_of(admin(YAOHUA)))
    assert client.get("/accounts/new").status_code == 200
    fields = {
        "display_name": "王丽丽",
        "sign_in_name": "wang.lili",
        "territory_code": YAOHUA,
        "language": "zh",
        "key": "k",
    }
    made = client.post("/accounts/new", data=fields).text
    password = re.search(r"\w{4}-\w{4}-\w{4}", made)
    assert password
    assert password[0] in client.post("/accounts/new", data=fields).text  # a second click shows the same one
    account = service.sign_in("wang.lili", password[0], "10.0.0.1")
    assert account.must_change_password

    form = client.get(f"/accounts/{account.id}/roles/new").text
    assert not re.search(r'Role <span class="optional">', form), "a choice that is always made is not optional"
    assert re.search(r'Last day <span class="optional">', form)
    role = {"role": "broker", "territory_code": YAOHUA, "starts_on": "2026-03-01", "reason": "new here", "key": "r"}
    assert client.post(f"/accounts/{account.id}/roles/new", data=role).status_code == 303
    page = client.get(f"/accounts/{account.id}").text
    assert "Coordinator" in page
    grant = queries.grants_of(account.id)[0]
    assert client.get(f"/accounts/{account.id}/roles/{grant.id}/end").status_code == 200
    ended = client.post(f"/accounts/{account.id}/roles/{grant.id}/end", data={"reason": "left", "key": "e"})
    assert ended.status_code == 303


@one_engine
def test_a_role_for_more_than_ones_territory_is_refused(client: CheckingClient, sign_in: SignIn, zhang: int) -> None:
    worker = account_of(broker())
    sign_in(client, account_of(admin(YAOHUA)))
    for code in ("3201", WULAOCUN, ""):
        role = {"role": "auditor", "territory_code": code, "starts_on": "2026-03-01", "reason": "x", "key": code}
        assert client.post(f"/accounts/{worker}/roles/new", data=role).status_code == 403
    wrong = {"role": "auditor", "territory_code": "999", "starts_on": "2026-03-01", "reason": "x", "key": "w"}
    assert "no territory with this code" in client.post(f"/accounts/{worker}/roles/new", data=wrong).text


@one_engine
def test_wrong_fields_come_back_with_a_sentence_and_everything_typed(
    client: CheckingClient, sign_in: SignIn, zhang: int
) -> None:
    sign_in(client, account_of(admin()))
    answer = client.post(
        "/accounts/new", data={"display_name": "王丽丽", "sign_in_name": "13800138000", "language": "zh"}
    )
    assert answer.status_code == 422
    assert "must not be a number only" in answer.text
    assert 'value="王丽丽"' in answer.text
    unknown = {"display_name": "x", "sign_in_name": "xyz", "language": "zh", "member_no": "T999999"}
    assert "Nobody has this member number" in client.post("/accounts/new", data=unknown).text


def test_the_list_of_accounts_is_of_ones_territory_and_can_be_searched(
    client: CheckingClient, sign_in: SignIn, zhang: int, statements: Counter
) -> None:
    for number in range(30):
        staff(Role.BROKER, YAOHUA, f"helper{number:02}")
    outsider()
    sign_in(client, account_of(admin(YAOHUA)))
    with statements(12):
        first = client.get("/accounts").text
    assert f"broker-{WULAOCUN}" not in first
    assert "helper23" in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    assert "helper29" in client.get(following[1].replace("&amp;", "&")).text
    found = client.get("/accounts?q=HELPER07&role=broker").text
    assert "helper07" in found
    assert "helper08" not in found
    assert "No account fits" in client.get("/accounts?q=nobody-at-all").text


def test_a_closed_account_is_opened_again(client: CheckingClient, sign_in: SignIn, zhang: int) -> None:
    worker = account_of(broker())
    sign_in(client, account_of(admin()))
    assert client.get(f"/accounts/{worker}/close").status_code == 200
    client.post(f"/accounts/{worker}/close", data={"reason": "left", "key": "c"})
    assert "closed on" in client.get(f"/accounts/{worker}").text
    client.post(f"/accounts/{worker}/reopen", data={"key": "o"})
    assert queries.actor_of(worker)


# -- cards and PINs


@one_engine
def test_the_desk_prints_a_card_without_id_number(client: CheckingClient, sign_in: SignIn, zhang: int) -> None:
    sign_in(client, account_of(clerk()))
    assert "No card yet" in client.get(f"/people/{zhang}/access").text
    assert client.get(f"/people/{zhang}/card").status_code == 404
    made = client.post(f"/people/{zhang}/card", data={"key": "c"})
    assert made.location == f"/people/{zhang}/card"
    page = client.get(made.location).text
    held = queries.card_of(zhang)
    assert held
    assert f"{held.code[:4]}-{held.code[4:8]}-{held.code[8:]}" in page
    assert "T000001" in page
    picture = client.get(f"/people/{zhang}/card.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.data.startswith(b"<svg")
    client.post(f"/people/{zhang}/card/withdraw", data={"key": "w"})
    assert queries.person_by_card(held.code) is None


@one_engine
def test_the_person_types_a_pin_at_the_desk(client: CheckingClient, sign_in: SignIn, zhang: int) -> None:
    sign_in(client, account_of(clerk()))
    assert client.get(f"/people/{zhang}/pin").status_code == 200
    birth = client.post(f"/people/{zhang}/pin", data={"pin": "0307", "pin_again": "0307"})
    assert birth.status_code == 422
    assert "must not be the birth date" in birth.text
    assert "not the same" in client.post(f"/people/{zhang}/pin", data={"pin": "4071", "pin_again": "4072"}).text
    assert client.post(f"/people/{zhang}/pin", data={"pin": "4071", "pin_again": "4071"}).status_code == 303
    service.check_pin(zhang, "4071")


def test_a_forgotten_password_is_given_anew_at_the_desk_but_not_of_staff(
    client: CheckingClient, sign_in: SignIn, zhang: int
) -> None:
    sign_in(client, account_of(broker()))
    page = client.post(f"/people/{zhang}/account", data={"key": "a"}).text
    password = re.search(r"\w{4}-\w{4}-\w{4}", page)
    assert password
    account = service.sign_in("t000001", password[0], "10.0.0.1").id
    sign_in(client, account_of(clerk()))
    assert "One-time password" in client.post(f"/people/{zhang}/account", data={"key": "b"}).text
    service.grant_role(admin(), account, "auditor", YAOHUA, date(2026, 1, 1), None, "now staff")
    assert client.post(f"/people/{zhang}/account", data={"key": "c"}).status_code == 403


@one_engine
def test_a_member_shows_the_card_on_the_phone(client: CheckingClient, sign_in: SignIn, zhang: int) -> None:
    service.issue_card(broker(), zhang)
    account = service.create_account(Actor.system("test"), service.NewAccount("zhang.gy", "张桂英", person_id=zhang))
    sign_in(client, account)
    assert "Show this at the service desk" in client.get("/my/card").text
    assert client.get("/my/card.svg").status_code == 200


# -- registration

NEW = {
    "name": "徐梅",
    "phone": "138 0013 8000",
    "birth_date": "1994-02-09",
    "password": "the moon is out",
    "consent": "y",
}


def test_a_newcomer_finds_the_community_registers_and_is_signed_in(client: CheckingClient, zhang: int) -> None:
    found = client.get("/register?" + urlencode({"q": "尧新"})).text
    assert f"/register/{YAOXIN}" in found
    assert f"/register/{YAOXIN}" in client.get("/register?" + urlencode({"q": "尧化街道"})).text
    assert "No community has this name" in client.get("/register?q=xyzxyz").text
    assert client.get(f"/register/{YAOXIN}").status_code == 200
    made = client.post(f"/register/{YAOXIN}", data={**NEW, "key": "k"})
    assert made.status_code == 303, made.text
    assert client.get("/my/account").status_code == 200
    account = service.sign_in("13800138000", "the moon is out", "10.0.0.1")
    someone = people.brief(account.person_id or 0)
    assert someone
    assert (someone.name, someone.territory_code) == ("徐梅", YAOXIN)


@one_engine
def test_a_double_click_registers_once(app: Flask, client: CheckingClient, zhang: int) -> None:
    for _ in range(2):
        assert client.post(f"/register/{YAOXIN}", data={**NEW, "key": "k"}).status_code == 303
    thief = app.test_client().post(f"/register/{YAOXIN}", data={**NEW, "key": "k", "password": "some other one"})
    assert thief.status_code == 422  # the same form without the password does not sign in


@one_engine
def test_who_is_known_already_is_sent_to_the_desk_and_learns_nothing(
    app: Flask, client: CheckingClient, zhang: int
) -> None:
    client.post(f"/register/{YAOXIN}", data={**NEW, "key": "k"})
    again = app.test_client().post(f"/register/{WULAOCUN_COMMUNITY}", data={**NEW, "name": "王强", "key": "other"})
    assert again.status_code == 422
    assert "We may already know you" in again.text or "service desk" in again.text
    assert "徐梅" not in again.text


@one_engine
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"phone": "123"}, "phone"),
        ({"id_number": "320113194805170000"}, "ID number"),
        ({"birth_date": ""}, "ID number or your birth date"),
        ({"password": "short"}, "at least 8 characters"),
        ({"consent": ""}, "Without your consent"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_typed_is_lost(
    client: CheckingClient, zhang: int, changed: dict[str, str], words: str
) -> None:
    fields = {name: value for name, value in {**NEW, **changed}.items() if value}
    answer = client.post(f"/register/{YAOXIN}", data=fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="徐梅"' in answer.text


@one_engine
def test_one_address_does_not_register_a_crowd(client: CheckingClient, zhang: int) -> None:
    for number in range(11):
        answer = client.post(f"/register/{YAOXIN}", data={**NEW, "phone": "wrong", "key": f"k{number}"})
    assert "Too many people registered from here" in answer.text


@one_engine
def test_one_registers_in_a_community_only(client: CheckingClient, zhang: int) -> None:
    assert client.get("/register/320113").status_code == 404
    assert client.get("/register/nowhere").status_code == 404


# -- the log


@transaction
def look(who: Actor, person_id: int) -> None:
    audit.saw(who, person_id, ["id_number"], "to compare with the card")


@transaction
def look_into_case(who: Actor, person_id: int) -> None:
    audit.saw(who, person_id, ["case"], "audit: every quarter")


def test_the_auditor_sees_what_was_done_and_who_saw_what(
    client: CheckingClient, sign_in: SignIn, zhang: int, statements: Counter
) -> None:
    service.issue_card(clerk(), zhang)
    look(broker(), zhang)
    sign_in(client, account_of(auditor()))
    with statements(10):
        done = client.get("/log").text
    assert "Card issued" in done
    assert "尧新社区" in done
    assert "Card issued" not in client.get("/log?day_from=2099-01-01").text
    assert "Card issued" in client.get(f"/log?subject=person:{zhang}&who=desk&action=card").text
    with statements(10):
        seen = client.get("/log/reads").text
    assert "to compare with the card" in seen
    assert "Nobody looked" in client.get("/log/reads?member_no=T999999").text
    assert "to compare" in client.get("/log/reads?member_no=t000001").text


@one_engine
def test_the_log_is_in_words_and_not_in_codes(client: CheckingClient, sign_in: SignIn, zhang: int) -> None:
    service.issue_card(clerk(), zhang)
    look_into_case(broker(), zhang)
    sign_in(client, account_of(auditor()))
    seen = client.get("/log/reads").text
    assert "Assistance case" in seen
    assert "Audit: every quarter" in seen
    file = client.get("/log/reads.csv").data.decode("utf-8-sig")
    assert "Audit: every quarter" in file
    assert "audit: every" not in seen + file
    assert "issue.card" not in client.get("/log").text


@one_engine
@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"role": "auditor"}, "Role: Auditor"),
        ({"how": "auto"}, "How: by itself, as nobody objected"),
        ({"kind": "in_kind"}, "Kind: Goods"),
        ({"fields": ["phone", "address"]}, "Fields: Phone, Address"),
        ({"to_shelf": False}, "Back on the shelf: no"),
        ({"note": "auto"}, "Note: auto"),
    ],
)
def test_what_a_deed_changed_is_said_in_words(app: Flask, detail: dict[str, object], said: str) -> None:
    with app.test_request_context(), force_locale("en"):
        assert words.facts(detail) == said


@one_engine
def test_a_program_is_named_in_the_readers_language(in_chinese: None) -> None:
    assert words.done_by("clock") == "系统定时"
    assert words.done_by("孙芳") == "孙芳"
    assert words.done_by(None) == ""


@one_engine
def test_the_log_of_another_area_is_not_shown(client: CheckingClient, sign_in: SignIn, zhang: int) -> None:
    service.issue_card(clerk(), zhang)
    look(broker(), zhang)
    sign_in(client, account_of(auditor("1201")))
    assert "Card issued" not in client.get("/log").text
    assert "to compare" not in client.get("/log/reads").text
    assert b"issue.card" not in client.get("/log.csv").data


@one_engine
def test_the_log_is_exported_and_that_is_written_down(client: CheckingClient, sign_in: SignIn, zhang: int) -> None:
    service.issue_card(clerk(), zhang)
    look(broker(), zhang)
    sign_in(client, account_of(auditor()))
    file = client.get("/log.csv")
    assert file.mimetype == "text/csv"
    assert "issue.card" in file.data.decode("utf-8-sig")
    assert "to compare with the card" in client.get("/log/reads.csv").data.decode("utf-8-sig")
    sign_in(client, account_of(admin()))
    assert "Access log fetched as a file" in client.get("/log").text


def test_pages_of_the_log_go_on_by_key(client: CheckingClient, sign_in: SignIn, zhang: int) -> None:
    for _ in range(30):
        service.issue_card(clerk(), zhang)
    sign_in(client, account_of(auditor()))
    following = re.search(r'rel="next" href="([^"]+)"', client.get("/log?action=issue").text)
    assert following
    path = following[1].replace("&amp;", "&")
    assert "action=issue" in path
    assert client.get(path).text.count("Card issued") == 5
    db.session.rollback()
