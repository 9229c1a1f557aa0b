"""What is a good password, PIN and sign-in name (pure)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from timebank.access.rules.secrets import name_problem, password_problem, pin_problem, tidy_name
from timebank.access.rules.throttle import PIN, tries_left, waits_until

BORN = date(1948, 3, 7)
NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("pin", ["4071", "2580", "590314"])
def test_an_ordinary_pin_is_accepted(pin: str) -> None:
    assert pin_problem(pin, BORN) is None


@pytest.mark.parametrize(
    ("pin", "problem"),
    [
        ("407", "pin_form"),
        ("4071234", "pin_form"),
        ("40a1", "pin_form"),
        ("４０７１", "pin_form"),
        ("", "pin_form"),
        ("1234", "pin_easy"),
        ("7890", "pin_easy"),
        ("4321", "pin_easy"),
        ("0000", "pin_easy"),
        ("1212", "pin_easy"),
        ("121212", "pin_easy"),
        ("1948", "pin_birth_date"),
        ("0307", "pin_birth_date"),
        ("0703", "pin_birth_date"),
        ("480307", "pin_birth_date"),
        ("194803", "pin_birth_date"),
    ],
)
def test_a_pin_that_others_would_guess_is_refused(pin: str, problem: str) -> None:
    assert pin_problem(pin, BORN) == problem


def test_without_a_birth_date_only_the_form_counts() -> None:
    assert pin_problem("1948", None) is None


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("short", "password_short"),
        ("12345678", "password_easy"),
        ("aaaaaaaab", "password_easy"),
        ("xu.mei.1988", "password_easy"),
        ("x1" * 101, "password_long"),
        ("the moon is out", None),
        ("今天天气真不错呀", None),
    ],
)
def test_a_password_is_long_enough_and_not_everybodys(password: str, problem: str | None) -> None:
    assert password_problem(password, "xu.mei.1988") == problem


def test_a_sign_in_name_is_read_in_every_width_and_case() -> None:
    assert tidy_name(" Ｘｕ.Mei ") == "xu.mei"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("xu.mei", None),
        ("徐梅01", None),
        ("xu", "sign_in_name_form"),
        ("xu mei", "sign_in_name_form"),
        ("13800138000", "sign_in_name_number"),
    ],
)
def test_a_sign_in_name_cannot_be_somebody_elses_phone(name: str, problem: str | None) -> None:
    assert name_problem(name) == problem


def test_four_wrong_tries_do_not_make_one_wait() -> None:
    assert waits_until([NOON] * 4, NOON, PIN) is None
    assert tries_left([NOON] * 4, NOON, PIN) == 1


def test_after_five_wrong_tries_one_waits_a_quarter_of_an_hour_from_the_first_of_them() -> None:
    tries = [NOON + timedelta(minutes=minute) for minute in range(5)]
    assert waits_until(tries, NOON + timedelta(minutes=5), PIN) == NOON + timedelta(minutes=15)
    assert waits_until(tries, NOON + timedelta(minutes=15), PIN) is None


def test_old_tries_are_forgotten() -> None:
    assert waits_until([NOON - timedelta(minutes=16)] * 9, NOON, PIN) is None
