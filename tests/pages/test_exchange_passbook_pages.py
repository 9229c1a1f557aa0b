"""The passbook on pages: from the desk to the sheet for the printer, in the language of the holder."""

from __future__ import annotations

from typing import Any

from flask import Flask

from tests.conftest import new_client
from tests.factories import town
from tests.services.test_exchange_passbooks import earn


def test_a_clerk_begins_a_booklet_prints_turns_the_page_and_prints_again_after_a_jam(
    app: Flask, sign_in: Any, statements: Any
) -> None:
    town.town()
    person = town.person("李秀兰", reads="zh")
    desk = sign_in(new_client(app), town.account_of(town.clerk()))
    page = f"/people/{person}/passbook"
    assert "Nothing was posted" in desk.get(page).text
    earn(person, *[30] * 21)
    assert "Begin a booklet" in desk.get(page).text
    assert "21 lines" in desk.get(f"{page}/booklet").text
    assert desk.post(f"{page}/booklet", data={"begins": "all"}).status_code == 303
    with statements(20):
        assert "page 1: row 1 is the next" in desk.get(page).text
    sent = desk.post(f"{page}/print", data={"key": "one"})
    assert sent.location == desk.post(f"{page}/print", data={"key": "one"}).location
    with statements(20):
        sheet = desk.get(sent.location).text
    assert sheet.count("<tr>") == 21, "the head and twenty rows"
    assert "上门服务" in sheet or "服务" in sheet
    assert "30分" in sheet, "the booklet speaks the holder's language, the page the clerk's"
    assert "1 line is left for the next page" in sheet
    css = desk.get(f"{sent.location}/sheet.css")
    assert css.mimetype == "text/css"
    assert "size: 125mm 176mm" in css.text
    assert "top: 20mm" in css.text
    assert "height: 7mm" in css.text
    assert "put page 2 into the printer" in desk.get(desk.post(f"{page}/print").location).text
    desk.post(f"{page}/print")
    assert "is up to date" in desk.get(page).text
    assert desk.post(f"{page}/again", data={"reason": ""}).status_code == 422
    again = desk.post(f"{page}/again", data={"reason": "paper jam"})
    assert "put page 2 into the printer" in desk.get(again.location).text
    assert "paper jam" in desk.get(page).text
    assert desk.post(f"{page}/booklet", data={"reason": "lost"}).status_code == 303
    assert "No. 2" in desk.get(page).text
    assert page in sign_in(new_client(app), town.account_of(town.broker())).get(f"/people/{person}").text
