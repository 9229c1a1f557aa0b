"""Who must agree when something of a closed month is reversed."""

from __future__ import annotations

from collections.abc import Iterable

PERMISSION = "ledger.reverse"
LENGTHS = (0, 2, 4, 6, 9, 12, 15)  # of the codes of territories


def around(codes: Iterable[str]) -> str:
    """The smallest territory that holds all of these: two streets of a district -> the district."""
    first, *others = sorted(set(codes))
    fitting = (first[:length] for length in LENGTHS if length <= len(first))
    return [code for code in fitting if all(other.startswith(code) for other in others)][-1]
