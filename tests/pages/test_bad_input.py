"""Values beyond all bounds on pages: a sentence or a 404, never an error; what was typed stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import one_engine
from tests.factories.town import YAOXIN, account_of, broker, town
from tests.pages.client import CheckingClient

BEYOND = (2**31, 99_999_999_999_999_999_999)


@pytest.fixture
def desk(app: Flask, client: CheckingClient, sign_in: Callable[..., CheckingClient]) -> CheckingClient:
    """The browser of a coordinator."""
    town()
    return sign_in(client, account_of(broker()))


@one_engine
@pytest.mark.parametrize("number", BEYOND)
@pytest.mark.parametrize("path", ["/people/{}", "/visits/{}", "/requests/{}", "/people/imports/{}", "/volunteers/{}"])
def test_a_number_beyond_every_id_is_a_page_that_does_not_exist(desk: CheckingClient, path: str, number: int) -> None:
    assert desk.get(path.format(number)).status_code == 404


@pytest.mark.parametrize("after", ["9999-12-31", "x|y", "²", "2026-11-01T00:00:00+00:00|" + "9" * 30, "|", "²|²"])
@pytest.mark.parametrize("path", ["/visits", "/requests", "/people", "/volunteers", "/people/review", "/my/notices"])
def test_a_cursor_that_is_none_never_fails(desk: CheckingClient, path: str, after: str) -> None:
    assert desk.get(path, query_string={"after": after}).status_code in (200, 302, 404, 422)


@one_engine
def test_a_nul_character_is_refused(desk: CheckingClient) -> None:
    assert desk.get("/people", query_string={"q": "a\x00b"}).status_code == 400
    assert desk.post("/people/new", data={"name": "a\x00b"}).status_code == 400


@one_engine
def test_a_choice_that_is_not_in_its_list_shows_the_form_with_what_was_typed(desk: CheckingClient) -> None:
    answer = desk.post("/people/new", data={"name": "王秀兰", "sex": "²", "territory_code": YAOXIN})
    assert answer.status_code == 422
    assert "王秀兰" in answer.text


@one_engine
@pytest.mark.parametrize(
    "typed", ["9" * 400, "龘" * 3000, "😀", "'; DROP TABLE person; --", "<script>alert(1)</script>"]
)
def test_odd_text_in_every_field_never_fails_and_is_never_run(desk: CheckingClient, typed: str) -> None:
    fields = ("name", "id_number", "birth_date", "phone", "address", "lat", "lon", "note", "languages", "email")
    answer = desk.post("/people/new", data=dict.fromkeys(fields, typed) | {"sex": "F", "territory_code": YAOXIN})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert answer.text.count("alert(1)") == 0 or "&lt;script&gt;" in answer.text
