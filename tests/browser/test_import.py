"""A large spreadsheet: its rows come in while the page shows how far it is."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Look, OpenPage, go
from tests.factories import people, town
from timebank.core.db import db
from timebank.people.models import Person


def test_a_long_spreadsheet_comes_in_while_the_page_shows_how_far_it_is(
    app: Flask, open_page: OpenPage, look: Look, tmp_path: Path
) -> None:
    app.config["TIMEBANK_IMPORT_THREAD"] = True
    town.town()
    rows = [
        people.row(number, **({"id_number": "3.20113E+17"} if number % 20 == 0 else {})) for number in range(1, 401)
    ]
    file = tmp_path / "people.csv"
    file.write_bytes(people.sheet(*rows))
    page = open_page("/people/imports", account=town.account_of(town.broker()), width=PHONE)
    page.locator("main input[type=file]").set_input_files(file)
    go(page.locator("main form.form-page button[type=submit]"))
    bar = page.locator("#progress")
    expect(bar).to_contain_text("of 400 rows read")
    look(page)
    expect(page.locator('a[href$="rejected.csv"]')).to_be_visible(timeout=120_000)
    look(page)
    with page.expect_download() as rejected:
        page.locator('a[href$="rejected.csv"]').click()
    assert len(Path(rejected.value.path()).read_text("utf-8-sig").splitlines()) == 21, "a heading and 20 wrong rows"
    db.session.rollback()
    assert db.session.query(Person).filter(Person.member_no.like("H%")).count() == 380
