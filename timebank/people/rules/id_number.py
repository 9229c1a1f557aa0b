"""Chinese resident identity numbers: 18 characters with an ISO 7064 MOD 11-2 check character, or 15 digits of old.

The county code is not looked up: counties have come and gone, and demanding that one existed in the year of birth would
turn away most people born before 1980.  Only the province (first two digits) must be one that was ever given.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from timebank.people.rules.codes import Sex, Wrong

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
EARLIEST_BIRTH = date(1880, 1, 1)
LENGTHS = (18, 15)

_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?E\+?\d+", re.IGNORECASE)
_NOISE = re.compile(r"[\s\u200b-\u200f\ufeff\u00a0'\"`‘’“”·_.\-\u2010-\u2015=,，]")
_TRAILING_ZERO = re.compile(r"\.0+$")


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A valid number, always as 18 characters, and what it says about its holder."""

    text: str
    birth_date: date
    sex: Sex


def check_character(first17: str) -> str:
    """The check character of the first 17 digits (ISO 7064 MOD 11-2, GB 11643)."""
    return CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


def upgrade(number15: str) -> str:
    """The 18-character form of a 15-digit number; those were given to people born in 19xx only."""
    first17 = f"{number15[:6]}19{number15[6:]}"
    return first17 + check_character(first17)


def clean(text: str) -> str:
    """What was meant: full-width digits, blanks, quotes, dashes, thousands separators and a final ".0" set right.

    Raises `Wrong("id_mangled")` for a number that Excel has rounded (3.20113E+17): its last digits are lost.
    """
    plain = unicodedata.normalize("NFKC", text).strip().strip("'\"‘’`")
    if _SCIENTIFIC.fullmatch(plain.replace(" ", "")):
        raise Wrong("id_mangled")
    return _NOISE.sub("", _TRAILING_ZERO.sub("", plain)).upper()


def check(text: str, today: date | None = None) -> IdNumber:
    """A number as typed or as found in a spreadsheet, checked (formats.md §1, stack.md trap 4).

    Raises `Wrong` with code `id_mangled`, `id_length`, `id_characters`, `id_rounded`, `id_birth_date` or `id_checksum`.
    """
    number = clean(text)
    if len(number) not in LENGTHS:
        raise Wrong("id_length", length=len(number))
    if not re.fullmatch(r"[1-9]\d{14}|[1-9]\d{16}[\dX]", number, re.ASCII):
        raise Wrong("id_characters")
    if len(number) == 15:
        number = upgrade(number)
    born = _birth_date(number[6:14], today)
    if number[17] != check_character(number[:17]):
        raise Wrong("id_rounded" if number.endswith("000") else "id_checksum")
    return IdNumber(number, born, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


def _birth_date(digits: str, today: date | None) -> date:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise Wrong("id_birth_date") from None
    if born < EARLIEST_BIRTH or (today is not None and born > today):
        raise Wrong("id_birth_date")
    return born


def searchable(text: str) -> str | None:
    """The number to look for when the text is a whole valid one, else None."""
    try:
        return check(text).text
    except Wrong:
        return None
