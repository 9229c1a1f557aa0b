"""Slips of paper: the codes on them, and what a coordinator types from them (domain.md C3.3, Beijing 2022: offline
handling for people without smartphones, T9).

A code has five digits of chance and a sixth that checks them, so that a slip of the finger is told apart from a code
that does not belong to the visit: the first is asked again, the second goes to a second pair of eyes.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

# H. M. Damm's table: finds every wrong digit and every two neighbours that changed places.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
CHANCE = 5  # digits nobody can know
LENGTH = CHANCE + 1


class Happened(enum.StrEnum):
    """What the paper says about a planned visit."""

    YES = "yes"
    NO_HELPER = "volunteer"  # the helper did not come
    NO_RECIPIENT = "recipient"  # nobody opened


@dataclass(frozen=True, slots=True)
class Slip:
    """A line of the week's grid.  `from_minute`: of the civil day; `minutes`: how long; `code`: of the torn-off strip.

    Of a visit that was checked in by telephone the beginning is known, of one checked out the length too: then what
    stands here is not asked.
    """

    visit_id: int
    happened: Happened
    from_minute: int = 0
    minutes: int = 0
    code: str = ""


def code_from(digest: str) -> str:
    """Six digits from a keyed digest (hexadecimal)."""
    chance = f"{int(digest[:16], 16) % 10**CHANCE:0{CHANCE}d}"
    return chance + str(_check(chance))


def tidy(typed: str) -> str:
    """The code as typed, without what only parts it; digits of Chinese keyboards become plain ones."""
    plain = typed.translate({ord("０") + digit: str(digit) for digit in range(10)})
    return re.sub(r"[\s\-·.]", "", plain)


def well_formed(code: str) -> bool:
    """Are these six digits of which the last fits the others?"""
    return len(code) == LENGTH and code.isascii() and code.isdecimal() and _check(code) == 0


def _check(digits: str) -> int:
    found = 0
    for digit in digits:
        found = _DAMM[found][int(digit)]
    return found
