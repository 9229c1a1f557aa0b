"""What a good password, PIN and sign-in name look like.  Each rule answers with the code of what is wrong, or None."""

from __future__ import annotations

import itertools
import unicodedata
from datetime import date

PASSWORD_MIN = 8
PASSWORD_MAX = 200
PIN_MIN, PIN_MAX = 4, 6
NAME_MIN, NAME_MAX = 3, 64
_COMMON = {
    "password",
    "passw0rd",
    "qwertyui",
    "11223344",
    "12345678",
    "123456789",
    "1234567890",
    "87654321",
    "iloveyou",
}
_EXTRA = set("._-@")


def tidy_name(text: str) -> str:
    """A sign-in name as it is kept and looked up: full-width characters narrowed, no outer spaces, lower case."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def name_problem(name: str) -> str | None:
    """A sign-in name has 3 to 64 letters, digits or . _ - @ and is no bare number (it could be somebody's phone)."""
    if not NAME_MIN <= len(name) <= NAME_MAX or any(not (c.isalnum() or c in _EXTRA) for c in name):
        return "sign_in_name_form"
    return "sign_in_name_number" if name.isdecimal() else None


def password_problem(password: str, name: str = "") -> str | None:
    """A password has 8 to 200 characters, is not the sign-in name and not one that everybody guesses first."""
    if len(password) < PASSWORD_MIN:
        return "password_short"
    if len(password) > PASSWORD_MAX:
        return "password_long"
    plain = password.casefold()
    easy = plain in _COMMON or len(set(plain)) < 3 or (bool(name) and plain == name.casefold())
    return "password_easy" if easy else None


def pin_problem(pin: str, born: date | None = None) -> str | None:
    """A PIN has 4 to 6 digits, is no run (1234, 4321), no repetition (0000, 1212) and not the birth date."""
    if not (PIN_MIN <= len(pin) <= PIN_MAX and pin.isascii() and pin.isdecimal()):
        return "pin_form"
    if _is_run(pin) or _is_repetition(pin):
        return "pin_easy"
    return "pin_birth_date" if born and pin in _birth_date_pins(born) else None


def _is_run(pin: str) -> bool:
    steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(pin)}
    return len(steps) == 1 and steps <= {0, 1, 9}


def _is_repetition(pin: str) -> bool:
    return any(len(pin) % size == 0 and pin == pin[:size] * (len(pin) // size) for size in (1, 2))


def _birth_date_pins(born: date) -> set[str]:
    year, month, day = f"{born.year:04d}", f"{born.month:02d}", f"{born.day:02d}"
    short = year[2:]
    return {
        year,
        month + day,
        day + month,
        short + month,
        short + month + day,
        day + month + short,
        month + day + short,
        year + month,
        month + year,
    }
