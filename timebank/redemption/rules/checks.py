"""The short code on a receipt by which any phone can check that it is true.  Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
SIGNED = 20  # hexadecimal digits: 80 bits, more than anybody can try
CODE = re.compile(rf"([{LETTERS}]{{1,7}})-([0-9a-f]{{{SIGNED}}})")

Sign = Callable[[str], str]
"""A keyed digest of a text, in hexadecimal digits."""


def code_of(redemption_id: int, receipt_no: str, sign: Sign) -> str:
    """The code of a receipt: its number in short, and a signature over that and over what is printed beside it."""
    short = _short(redemption_id)
    return f"{short}-{_signature(short, receipt_no, sign)}"


def read(code: str) -> tuple[int, str] | None:
    """(Receipt, signature) of a code, not checked yet; None for what cannot be one."""
    found = CODE.fullmatch(code.strip().lower())
    return (int(found[1], 36), found[2]) if found else None


def signature(redemption_id: int, receipt_no: str, sign: Sign) -> str:
    """What the signature must be."""
    return _signature(_short(redemption_id), receipt_no, sign)


def _signature(short: str, receipt_no: str, sign: Sign) -> str:
    return sign(f"{short}:{receipt_no}")[:SIGNED]


def _short(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, len(LETTERS))
        digits = LETTERS[rest] + digits
    return digits or "0"
