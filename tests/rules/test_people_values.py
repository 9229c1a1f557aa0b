"""Phones, weekly times, dates and the small values of a person."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timebank.people.rules import availability, contact, phones
from timebank.people.rules.ages import age_on, is_adult, needs_guardian_consent
from timebank.people.rules.availability import WeeklySlot
from timebank.people.rules.codes import Wrong
from timebank.people.rules.import_row import day, division_code


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13849235197", "+8613849235197"),
        ("138 4923 5197", "+8613849235197"),
        ("138-4923-5197", "+8613849235197"),
        ("+86 138 4923 5197", "+8613849235197"),
        ("0086 13849235197", "+8613849235197"),
        ("１３８４９２３５１９７", "+8613849235197"),
        ("13849235197.0", "+8613849235197"),
        ("19912345678", "+8619912345678"),
        ("025-85412345", "+862585412345"),
        ("(025) 8541 2345", "+862585412345"),
        ("022 2731 2345", "+862227312345"),
        ("+1 650-253-0000", "+16502530000"),
    ],
)
def test_a_phone_number_is_known_however_it_was_typed(typed: str, number: str) -> None:
    assert phones.normalise(typed) == number
    assert phones.normalise(number) == number


@pytest.mark.parametrize("typed", ["1384923519", "138492351977", "12345", "电话", "85412345", "", "00000000000"])
def test_what_is_no_phone_number_is_refused(typed: str) -> None:
    with pytest.raises(Wrong, match="phone_invalid"):
        phones.normalise(typed)


def test_a_phone_number_rounded_by_a_spreadsheet_is_called_so() -> None:
    with pytest.raises(Wrong, match="phone_mangled"):
        phones.normalise("1.38492E+10")


@given(st.integers(13_000_000_000, 19_999_999_999))
def test_every_mobile_number_is_shown_as_it_was_kept(number: int) -> None:
    kept = phones.normalise(str(number))
    assert phones.normalise(phones.display(kept)) == kept


def test_weekly_times_are_read_in_both_languages() -> None:
    wanted = (WeeklySlot(1, 480, 600), WeeklySlot(3, 840, 990))
    assert availability.parse("TUE 08:00-10:00; THU 14:00-16:30") == wanted
    assert availability.parse("周四 14:00-16:30；周二 8:00-10:00") == wanted
    assert availability.parse("tuesday 8:00 - 10:00, thu 14:00~16:30") == wanted
    assert availability.parse("") == ()


def test_stretches_that_touch_become_one() -> None:
    assert availability.parse("MON 08:00-10:00; MON 09:00-11:00; MON 11:00-12:00") == (WeeklySlot(0, 480, 720),)


@pytest.mark.parametrize(
    "text",
    ["TUE 25:00-26:00", "TUE 10:00-08:00", "TUE 08:00-08:00", "FOO 08:00-10:00", "TUE 08-10", "TUE", "08:60-09:00"],
)
def test_what_is_no_weekly_time_is_refused(text: str) -> None:
    with pytest.raises(Wrong, match="availability_invalid"):
        availability.parse(text)


@given(
    st.lists(
        st.builds(
            lambda weekday, start, length: WeeklySlot(weekday, start, min(start + length, 1440)),
            st.integers(0, 6),
            st.integers(0, 1439),
            st.integers(1, 600),
        )
    )
)
def test_weekly_times_survive_being_written_down(slots: list[WeeklySlot]) -> None:
    text = availability.text_of(tuple(slots))
    once = availability.parse(text)
    assert availability.parse(availability.text_of(once)) == once


@pytest.mark.parametrize(
    "text", ["1948-05-17", "1948/5/17", "19480517", "1948.5.17", "1948年5月17日", "1948-05-17 00:00:00"]
)
def test_a_date_is_known_however_it_was_typed(text: str) -> None:
    assert day(text) == date(1948, 5, 17)


@pytest.mark.parametrize("text", ["1948-13-01", "1949-02-29", "17.5.1948", "17670", "yesterday", "1948-5"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Wrong, match="birth_date_invalid"):
        day(text)


def test_a_division_code_loses_what_a_spreadsheet_added() -> None:
    assert division_code("320113001007.0") == "320113001007"
    assert division_code(" '320113001007") == "320113001007"
    with pytest.raises(Wrong, match="territory_unknown"):
        division_code("3201130010")


@pytest.mark.parametrize("shown", ["3.2E+11", "3.20113E+11", "3.20113001007E+14", "3,2e11"])
def test_a_division_code_that_excel_has_rounded_is_named_as_such(shown: str) -> None:
    with pytest.raises(Wrong, match="territory_mangled") as wrong:
        division_code(shown)
    assert wrong.value.facts == {"given": shown}


@pytest.mark.parametrize("text", ["-1", "a", "60000", "1.5"])
def test_an_absurd_distance_is_refused(text: str) -> None:
    with pytest.raises(Wrong, match="distance_invalid"):
        contact.distance(text)


def test_a_distance_may_carry_its_unit() -> None:
    assert [contact.distance(text) for text in ("800", "800.0", "800m", "800 米", "")] == [800, 800, 800, 800, None]


@pytest.mark.parametrize("text", ["", "  ", "123", "…", "\u200b"])
def test_a_name_has_letters(text: str) -> None:
    with pytest.raises(Wrong, match="name_missing"):
        contact.name(text)


def test_birthdays_count_full_years() -> None:
    assert age_on(date(2012, 2, 29), date(2026, 2, 28)) == 13
    assert age_on(date(2012, 2, 29), date(2026, 3, 1)) == 14
    assert needs_guardian_consent(date(2012, 11, 23), date(2026, 11, 22))
    assert not needs_guardian_consent(date(2012, 11, 22), date(2026, 11, 22))
    assert not needs_guardian_consent(None, date(2026, 11, 22))
    assert not is_adult(date(2008, 11, 23), date(2026, 11, 22))
