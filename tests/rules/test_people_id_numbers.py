"""Chinese identity numbers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timebank.people.rules import id_number
from timebank.people.rules.codes import Sex, Wrong

DAYS = st.dates(date(1900, 1, 1), date(2026, 11, 22))
SERIALS = st.integers(0, 999)
COUNTIES = st.integers(110000, 829999).map(str)


def made(county: str, born: date, serial: int) -> str:
    first17 = f"{county}{born:%Y%m%d}{serial:03d}"
    return first17 + id_number.check_character(first17)


def code_of(text: str) -> str:
    with pytest.raises(Wrong) as wrong:
        id_number.check(text, date(2026, 11, 22))
    return wrong.value.code


@given(COUNTIES, DAYS, SERIALS)
def test_every_well_made_number_is_taken_whatever_its_county(county: str, born: date, serial: int) -> None:
    found = id_number.check(made(county, born, serial))
    assert (found.birth_date, found.sex) == (born, Sex.MALE if serial % 2 else Sex.FEMALE)


@given(COUNTIES, DAYS, SERIALS, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_gives_the_same_person(
    county: str, born: date, serial: int, place: int, more: int
) -> None:
    number = made(county, born, serial)
    wrong = number[:place] + str((int(number[place]) + more) % 10) + number[place + 1 :]
    with pytest.raises(Wrong):
        id_number.check(wrong)


@given(COUNTIES, DAYS, SERIALS, st.integers(0, 16))
def test_two_neighbouring_digits_changed_about_are_noticed(county: str, born: date, serial: int, place: int) -> None:
    number = made(county, born, serial)
    turned = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if turned != number:
        with pytest.raises(Wrong):
            id_number.check(turned)


@given(COUNTIES, st.dates(date(1900, 1, 1), date(1999, 12, 31)), SERIALS)
def test_fifteen_digits_become_eighteen(county: str, born: date, serial: int) -> None:
    old = f"{county}{born:%y%m%d}{serial:03d}"
    assert id_number.check(old).text == made(county, born, serial)


@given(st.text(max_size=40))
def test_any_text_is_either_a_number_or_a_named_fault(text: str) -> None:
    fault = ""
    try:
        id_number.check(text)
    except Wrong as wrong:
        fault = wrong.code
    assert not fault or fault.startswith("id_")


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002X",
        "11010519491231002x",
        " 11010519491231002X ",
        "'11010519491231002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
        "110105-19491231-002X",
        "\ufeff11010519491231002X\u00a0",
        '"11010519491231002X"',
        "‘11010519491231002X",
    ],
)
def test_a_number_is_known_however_it_was_typed(typed: str) -> None:
    assert id_number.check(typed).text == "11010519491231002X"


@pytest.mark.parametrize("typed", ["440524188001010014", "440524188001010014.0", "440,524,188,001,010,014"])
def test_what_a_spreadsheet_adds_to_digits_is_taken_away(typed: str) -> None:
    assert id_number.check(typed).birth_date == date(1880, 1, 1)


@pytest.mark.parametrize("typed", ["3.20113E+17", "3.20113e17", "3.20113194005068E+17", "3.2E+17", " 3.20113E+17 "])
def test_a_number_rounded_by_a_spreadsheet_is_called_so(typed: str) -> None:
    assert code_of(typed) == "id_mangled"


def test_a_number_whose_last_digits_were_replaced_by_zeros_is_called_so() -> None:
    assert code_of("320113194005068000") == "id_rounded"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("110105194912310021", "id_checksum"),
        ("110105194913310027", "id_birth_date"),
        ("110105194902300027", "id_birth_date"),
        ("110105202702010027", "id_birth_date"),
        ("110105187901010027", "id_birth_date"),
        ("1101051949123100", "id_length"),
        ("", "id_length"),
        ("X10105194912310021", "id_characters"),
        ("11010519491231X021", "id_characters"),
        ("010105194912310021", "id_characters"),
        ("护照G123456789012345", "id_characters"),
        ("110105491331002", "id_birth_date"),
    ],
)
def test_each_fault_has_its_name(typed: str, code: str) -> None:
    assert code_of(typed) == code


def test_somebody_born_tomorrow_has_no_number_yet() -> None:
    today = date(2026, 11, 22)
    with pytest.raises(Wrong):
        id_number.check(made("320113", today + timedelta(days=1), 1), today)
    assert id_number.check(made("320113", today, 1), today)


def test_only_a_whole_valid_number_is_searched_for() -> None:
    assert id_number.searchable("11010519491231002x") == "11010519491231002X"
    assert id_number.searchable("110105") is None
