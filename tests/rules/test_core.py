"""What `core` promises, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st

from timebank.core import clock, tables, units
from timebank.core.authority import NOBODY, Actor, Grant
from timebank.core.csvfile import csv_bytes
from timebank.core.errors import NotAllowed
from timebank.core.geo import metres

STREET = Actor(
    account_id=1, person_id=5, grants=(Grant("broker", "320113001", frozenset({"people.read"})),), wards=frozenset({9})
)


def test_a_grant_for_a_street_holds_in_its_communities_and_grids() -> None:
    assert STREET.may("people.read", "320113001007")
    assert STREET.may("people.read", "320113001007003")


def test_a_grant_for_a_street_does_not_hold_in_the_next_street_or_in_the_district() -> None:
    assert not STREET.may("people.read", "320113002001")
    assert not STREET.may("people.read", "320113")


def test_nobody_may_do_anything() -> None:
    assert not NOBODY.has("people.read")
    assert NOBODY.scopes("people.read") == ()


def test_a_permission_that_is_not_held_is_refused_by_its_name() -> None:
    with pytest.raises(NotAllowed) as refusal:
        STREET.require("ledger.audit", "320113001")
    assert refusal.value.code == "ledger.audit"


def test_a_person_acts_for_themself_and_for_their_wards_only() -> None:
    STREET.require_for(5, "requests.write", "320104")
    STREET.require_for(9, "requests.write", "320104")
    with pytest.raises(NotAllowed):
        STREET.require_for(6, "requests.write", "320104")


def test_scopes_name_only_the_outermost_territories() -> None:
    read = frozenset({"people.read"})
    actor = Actor(grants=(Grant("a", "320113001", read), Grant("b", "320113", read), Grant("c", "320104006", read)))
    assert actor.scopes("people.read") == ("320104006", "320113")


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("90", 90),
        ("1:30", 90),
        ("1h30", 90),
        ("1 h 30 min", 90),
        ("1小时30分", 90),
        ("2小时", 120),
        ("45分钟", 45),
        ("1.5h", 90),
    ],
)
def test_a_length_of_time_is_read_as_people_write_it(typed: str, minutes: int) -> None:
    assert units.parse_minutes(typed) == minutes


@pytest.mark.parametrize("typed", ["", "soon", "1:75", "-30", "1h 2h"])
def test_what_is_not_a_length_of_time_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        units.parse_minutes(typed)


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_money_keeps_every_fen(fen: int) -> None:
    text = units.money_text(fen).replace("−", "-").replace("¥", "").replace(",", "")
    assert round(float(text) * 100) == fen


def test_an_hour_after_midnight_belongs_to_the_civil_day_of_shanghai() -> None:
    moment = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
    assert units.day_text(moment) == "2026-11-23"
    assert units.clock_text(moment) == "01:30"
    assert clock.at(date(2026, 11, 23), 90) == moment


def test_a_difference_has_its_sign_and_people_read_a_minus_no_hyphen() -> None:
    assert [units.difference_text(each) for each in (3, 0, -3)] == ["+3", "0", "−3"]
    assert units.fact_text("difference", "-12") == "−12"


def test_minute_1440_is_midnight_of_the_next_day() -> None:
    assert clock.at(date(2026, 11, 22), 1440) == clock.at(date(2026, 11, 23), 0)


def test_a_spreadsheet_cannot_be_made_to_run_a_formula() -> None:
    text = csv_bytes(["name"], [["=cmd()"], ["@x"], ["-5"], ["+8613800000000"], [None]]).decode("utf-8-sig")
    assert text.split("\r\n")[1:6] == ["'=cmd()", "'@x", "-5", "+8613800000000", '""']


def test_distance_is_that_of_the_ground() -> None:
    assert metres(32.0, 118.0, 32.0, 118.0) == 0
    assert metres(32.0, 118.0, 33.0, 118.0) == pytest.approx(111_195, rel=0.001)


@pytest.mark.parametrize(("language", "said"), [("en", "Tue 2026-11-24 09:00"), ("zh", "2026-11-24 周二 09:00")])
def test_an_appointment_names_the_weekday_of_the_civil_day(language: str, said: str) -> None:
    app = Flask("words")
    Babel(app, locale_selector=lambda: language)
    with app.test_request_context():
        assert units.meeting_text(datetime(2026, 11, 24, 1, 0, tzinfo=UTC)) == said
        assert units.meeting_text(None) == ""


def test_a_heading_stands_right_where_the_numbers_of_its_column_do() -> None:
    whole = '<tr><td colspan="3">All</td></tr>'
    row = '<tr>\n<td data-label="A">x</td><td class="number" data-label="B">1</td><th class="soft number">2</th></tr>'
    assert tables.number_columns(whole + row) == [False, True, True]
    assert tables.number_columns(whole) == tables.number_columns("") == []
