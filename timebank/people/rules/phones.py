"""Phone numbers: kept as E.164 (+8613800138000), read in every way people write them."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

from timebank.people.rules.codes import Wrong

REGION = "CN"
_SCIENTIFIC = re.compile(r"\d+(\.\d+)?E\+?\d+", re.IGNORECASE)
_MOBILE = re.compile(r"1[3-9]\d{9}")


def normalise(text: str) -> str:
    """The number as E.164.  Chinese mobile numbers and landlines with area code; others with their country code.

    Raises `Wrong("phone_mangled")` for a number Excel has rounded and `Wrong("phone_invalid")` for any other text.
    """
    plain = _plain(text)
    if _SCIENTIFIC.fullmatch(plain):
        raise Wrong("phone_mangled")
    national = plain.removeprefix("+86").removeprefix("0086")
    if _MOBILE.fullmatch(national):  # new mobile ranges are given out faster than metadata are published
        return f"+86{national}"
    try:
        number = phonenumbers.parse(_plus(plain), REGION)
    except phonenumbers.NumberParseException:
        raise Wrong("phone_invalid") from None
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise Wrong("phone_invalid")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().strip("'\"‘’`")
    plain = re.sub(r"\.0+$", "", plain)
    return re.sub(r"[\s()\-\u2010-\u2015.\u200b-\u200f\ufeff]", "", plain)


def _plus(plain: str) -> str:
    return f"+{plain[2:]}" if plain.startswith("00") else plain


def searchable(text: str) -> str | None:
    """The number to look for when the text is a whole valid one, else None."""
    try:
        return normalise(text)
    except Wrong:
        return None


def display(number: str) -> str:
    """How a kept number is shown in full: 138 0013 8000, 025 8541 2345, +1 650 253 0000."""
    try:
        parsed = phonenumbers.parse(number, REGION)
    except phonenumbers.NumberParseException:
        return number
    home = parsed.country_code == 86
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)
