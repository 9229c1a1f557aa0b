"""Signing in and out, and a sign-in that runs out in the middle of a form."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import Counter, one_engine
from tests.factories.town import account_of, admin, broker, member, nobody, person, town
from tests.pages.client import CheckingClient
from timebank.access import queries, service
from timebank.access.models import Account
from timebank.access.resume import local_path
from timebank.access.service import NewAccount
from timebank.core.authority import Actor
from timebank.core.db import db

PASSWORD = "the moon is out"
SignIn = Callable[[CheckingClient, int], CheckingClient]


@pytest.fixture
def mei(app: Flask) -> int:
    town()
    new = NewAccount("xu.mei", "徐梅", person_id=person("徐梅"), password=PASSWORD, language="en")
    return service.create_account(Actor.system("test"), new)


def post_sign_in(client: CheckingClient, **fields: str) -> TestResponse:
    return client.post("/sign-in", data={"name": "xu.mei", "password": PASSWORD, **fields})


def signed_in_as(client: CheckingClient) -> str | None:
    with client.session_transaction() as session:
        return session.get("_user_id")


@one_engine
def test_signing_in_leads_to_the_first_page(client: CheckingClient, mei: int) -> None:
    assert client.get("/sign-in").status_code == 200
    response = post_sign_in(client)
    assert (response.status_code, response.location) == (303, "/")
    assert signed_in_as(client) == f"{mei}:1"


@one_engine
def test_a_wrong_password_shows_a_sentence_and_keeps_the_name(client: CheckingClient, mei: int) -> None:
    response = post_sign_in(client, password="wrong one")
    assert response.status_code == 422
    assert "The name or the password is not right" in response.text
    assert 'value="xu.mei"' in response.text
    assert "wrong one" not in response.text


@one_engine
def test_after_five_wrong_passwords_the_page_says_when_to_try_again(client: CheckingClient, mei: int) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 1, 0, tzinfo=UTC), tick=False):
        for _ in range(5):
            post_sign_in(client, password="wrong one")
        assert "Please try again after 2026-03-02 09:15." in post_sign_in(client).text


@one_engine
@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/ok\n/x", ""]
)
def test_next_leads_to_pages_of_ours_only(client: CheckingClient, mei: int, target: str) -> None:
    assert local_path(target) == ""
    assert post_sign_in(client, next=target).location == "/"


@one_engine
def test_one_comes_back_to_the_page_one_wanted(client: CheckingClient, mei: int) -> None:
    asked = client.get("/my/account?x=1")
    assert asked.status_code == 302
    assert asked.location == "/sign-in?next=/my/account?x%3D1"
    assert post_sign_in(client, next="/my/account?x=1").location == "/my/account?x=1"


@one_engine
def test_a_session_planted_before_signing_in_is_not_kept(client: CheckingClient, mei: int) -> None:
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        session["csrf_token"] = "known to somebody else"
    post_sign_in(client)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != "known to somebody else"


@one_engine
def test_the_cookie_is_closed_to_scripts_and_other_sites(client: CheckingClient, mei: int) -> None:
    cookie = post_sign_in(client).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@one_engine
def test_signing_out_ends_the_session(client: CheckingClient, sign_in: SignIn, mei: int) -> None:
    sign_in(client, mei)
    assert client.get("/my/account").status_code == 200
    assert client.post("/sign-out").status_code == 303
    assert client.get("/my/account").status_code == 302
    assert client.get("/sign-out").status_code == 405


def test_a_withdrawn_session_a_closed_account_and_nonsense_sign_nobody_in(
    client: CheckingClient, sign_in: SignIn, mei: int
) -> None:
    sign_in(client, mei)
    service.end_sessions(queries.actor_of(mei) or Actor(), mei)
    assert client.get("/my/account").status_code == 302
    sign_in(client, mei)
    service.close_account(admin(), mei, "moved")
    assert client.get("/my/account").status_code == 302
    for nonsense in ("", "7", "x:y", "999:1", f"{mei}:0"):
        with client.session_transaction() as session:
            session["_user_id"] = nonsense
        assert client.get("/my/account").status_code == 302


def test_the_language_is_remembered_for_the_account(client: CheckingClient, sign_in: SignIn, mei: int) -> None:
    assert "Sign in" in client.get("/sign-in").text
    client.post("/language", data={"language": "zh", "next": "/sign-in"})
    assert "登录" in client.get("/sign-in").text
    post_sign_in(client)
    client.post("/language", data={"language": "zh"})
    assert db.session.get_one(Account, mei).language == "zh"
    assert client.post("/language", data={"language": "xx", "next": "//evil.example"}).location == "/"


@one_engine
def test_a_password_given_out_is_changed_first(client: CheckingClient, mei: int) -> None:
    password = service.reset_password(admin(), mei)
    assert post_sign_in(client, password=password).location == "/my/password"
    assert client.get("/my/account").location == "/my/password"
    fields = {"old_password": password, "password": "my own long one", "password_again": "my own long one"}
    assert client.post("/my/password", data=fields).location == "/my/account"
    assert client.get("/my/account").status_code == 200


@one_engine
def test_changing_the_password_keeps_this_device_and_ends_the_others(
    app: Flask, client: CheckingClient, sign_in: SignIn, mei: int
) -> None:
    other = sign_in(app.test_client(), mei)  # type: ignore[arg-type]
    sign_in(client, mei)
    wrong = {"old_password": "no", "password": "my own long one", "password_again": "my own long one"}
    assert "This is not your present password" in client.post("/my/password", data=wrong).text
    client.post("/my/password", data={**wrong, "old_password": PASSWORD})
    assert client.get("/my/account").status_code == 200
    assert other.get("/my/account").status_code == 302


def test_pages_of_ones_account_take_few_statements(
    client: CheckingClient, sign_in: SignIn, mei: int, statements: Counter
) -> None:
    sign_in(client, mei)
    with statements(12):
        assert client.get("/my/account").status_code == 200


@one_engine
def test_one_sets_ones_own_pin(client: CheckingClient, sign_in: SignIn, mei: int) -> None:
    sign_in(client, mei)
    assert client.get("/my/pin").status_code == 200
    assert "too easy" in client.post("/my/pin", data={"pin": "1234", "pin_again": "1234"}).text
    assert client.post("/my/pin", data={"pin": "4071", "pin_again": "4071"}).status_code == 303
    service.check_pin(queries.account(mei).person_id or 0, "4071")  # type: ignore[union-attr]


def test_a_token_is_shown_once_and_opens_the_api_only_until_withdrawn(
    client: CheckingClient, sign_in: SignIn, mei: int
) -> None:
    sign_in(client, mei)
    page = client.post("/my/tokens/new", data={"label": "reports", "days": "30"}).text
    token = re.search(r"tb_[\w-]+", page)
    assert token
    assert token[0] not in client.get("/my/account").text
    bearer = {"Authorization": f"Bearer {token[0]}"}
    assert client.post("/sign-out").status_code == 303
    assert client.get("/my/account", headers=bearer).status_code == 200
    sign_in(client, mei)
    client.post(f"/my/tokens/{queries.tokens_of(mei)[0].id}/withdraw")
    client.post("/sign-out")
    assert client.get("/my/account", headers=bearer).status_code == 302


@one_engine
def test_a_session_does_not_open_the_api(app: Flask, mei: int) -> None:
    from timebank.access.session import current_actor

    with app.test_request_context("/api/v1/people"):
        from flask import session

        session.update(queries.session_values(mei))
        assert current_actor().account_id is None


# -- typed text survives

TYPED = '今天下午去看了张大爷，\n他说膝盖好多了。<b>& "quotes"</b>'


def hidden_fields(page: str) -> dict[str, str]:
    """The hidden fields of the form in the middle of the page, as a browser would send them."""
    middle = page[page.index("<main") :]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', middle)
    return {name: html.unescape(value) for name, value in found}


@pytest.fixture
def guarded(app: Flask) -> Flask:
    app.config["WTF_CSRF_ENABLED"] = True
    return app


def fresh_token(client: CheckingClient, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]


@one_engine
def test_text_typed_before_the_sign_in_ran_out_is_sent_after_signing_in_again(
    guarded: Flask, client: CheckingClient, mei: int, sign_in: SignIn
) -> None:
    sign_in(client, mei)
    token = fresh_token(client, "/my/tokens/new")
    with client.session_transaction() as session:
        session.clear()  # the sign-in has run out while she was typing

    lost = client.post("/my/tokens/new", data={"csrf_token": token, "label": TYPED, "days": "30", "key": "k1"})
    assert lost.status_code == 400
    assert "the text you typed is kept" in lost.text
    assert TYPED[:8] not in lost.text  # sealed

    fields = hidden_fields(lost.text)
    again = client.post("/sign-in", data={**fields, "name": "xu.mei", "password": "wrong one"})
    assert again.status_code == 422
    assert hidden_fields(again.text)["kept"] == fields["kept"]  # a wrong password does not lose it
    fields = hidden_fields(again.text)

    kept = client.post("/sign-in", data={**fields, "name": "xu.mei", "password": PASSWORD})
    assert "Your text is kept" in kept.text
    assert 'action="/my/tokens/new"' in kept.text
    resent = hidden_fields(kept.text)
    assert (resent["label"], resent["days"], resent["key"]) == (TYPED, "30", "k1")
    assert resent["csrf_token"] != token

    done = client.post("/my/tokens/new", data=resent)
    assert done.status_code == 200
    assert [each.label for each in queries.tokens_of(mei)] == [TYPED[:80]]


@one_engine
def test_a_session_ended_elsewhere_keeps_the_text_too(
    guarded: Flask, client: CheckingClient, mei: int, sign_in: SignIn
) -> None:
    sign_in(client, mei)
    token = fresh_token(client, "/my/tokens/new")
    service.end_sessions(queries.actor_of(mei) or Actor(), mei)
    lost = client.post("/my/tokens/new", data={"csrf_token": token, "label": "abc", "days": "30"})
    assert lost.status_code == 401
    fields = hidden_fields(lost.text)
    kept = client.post("/sign-in", data={**fields, "name": "xu.mei", "password": PASSWORD})
    assert hidden_fields(kept.text)["label"] == "abc"


@one_engine
def test_an_old_token_of_somebody_still_signed_in_is_renewed_by_one_click(
    guarded: Flask, client: CheckingClient, mei: int, sign_in: SignIn
) -> None:
    sign_in(client, mei)
    old = client.post("/my/tokens/new", data={"csrf_token": "old", "label": "abc", "days": "30"})
    assert old.status_code == 400
    assert client.post("/my/tokens/new", data=hidden_fields(old.text)).status_code == 200


@one_engine
def test_passwords_and_pins_are_never_kept(guarded: Flask, client: CheckingClient, mei: int, sign_in: SignIn) -> None:
    sign_in(client, mei)
    page = client.post(
        "/my/pin",
        data={"pin": "4071", "pin_again": "4071", "new_password": "x", "shopping": "rice", "opinion": "good"},
    ).text
    assert set(hidden_fields(page)) == {"csrf_token", "shopping", "opinion"}


@one_engine
def test_what_another_website_sent_is_not_kept(guarded: Flask, client: CheckingClient, mei: int) -> None:
    fields = {"label": "abc", "days": "30"}
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Referer": "https://evil.example/x"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://timebank.test"},
    ):
        answer = client.post("/my/tokens/new", data=fields, headers=headers)
        assert answer.status_code == 400
        assert 'name="kept"' not in answer.text


@one_engine
def test_a_sealed_text_of_somebody_else_or_of_yesterday_is_not_opened(
    guarded: Flask, client: CheckingClient, mei: int, sign_in: SignIn
) -> None:
    lost = client.post("/my/tokens/new", data={"label": "abc", "days": "30"})
    fields = {**hidden_fields(lost.text), "name": "xu.mei", "password": PASSWORD}
    forged = client.post("/sign-in", data={**fields, "kept": "gAAAA-made-up"})
    assert forged.status_code == 303
    client.post("/sign-out", data={"csrf_token": fresh_token(client, "/my/account")})
    fields["csrf_token"] = fresh_token(client, "/sign-in")
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        assert client.post("/sign-in", data=fields).status_code in {303, 400}


@one_engine
def test_more_than_a_quarter_of_a_megabyte_is_not_carried(guarded: Flask, client: CheckingClient, mei: int) -> None:
    answer = client.post("/my/tokens/new", data={"label": "x" * 300_000})
    assert answer.status_code == 400
    assert not hidden_fields(answer.text).get("kept")


@one_engine
def test_a_program_gets_a_code_instead_of_a_page(client: CheckingClient, app: Flask) -> None:
    answer = client.get("/my/notices", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in")


@one_engine
def test_undeclared_permission_and_missing_permission_are_refused(
    client: CheckingClient, sign_in: SignIn, app: Flask
) -> None:
    town()
    sign_in(client, account_of(nobody()))
    assert client.get("/accounts").status_code == 403
    sign_in(client, account_of(broker()))
    assert client.get("/accounts").status_code == 403
    assert member(person()).person_id
