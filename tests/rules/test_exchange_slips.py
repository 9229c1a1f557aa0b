"""Codes on paper slips: derived, checked against slips of the finger, read as people type them."""

from __future__ import annotations

import hashlib

from timebank.exchange.rules.slips import LENGTH, code_from, tidy, well_formed

CODES = [code_from(hashlib.sha256(str(number).encode()).hexdigest()) for number in range(200)]


def test_every_code_has_six_digits_that_fit() -> None:
    assert all(len(code) == LENGTH and well_formed(code) for code in CODES)
    assert len(set(CODES)) > 190


def test_one_wrong_digit_or_two_swapped_neighbours_are_always_found() -> None:
    for code in CODES[:40]:
        for place in range(LENGTH):
            for digit in "0123456789":
                wrong = code[:place] + digit + code[place + 1 :]
                assert well_formed(wrong) == (wrong == code)
        for place in range(LENGTH - 1):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert well_formed(swapped) == (swapped == code)


def test_codes_are_read_as_people_type_them() -> None:
    assert tidy(" 123 456 ") == tidy("123-456") == tidy("１２３４５６") == "123456"
    assert not any(well_formed(typed) for typed in ("", "12345", "1234567", "abcdef", "٣٤٥٦٧٨"))
