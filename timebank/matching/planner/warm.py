"""`python -m timebank.matching.planner.warm`: compiles the pricing once, so that the first plan of a machine does not.

The compiled code is kept beside kernel.py, or where NUMBA_CACHE_DIR says.
"""

from __future__ import annotations

from timebank.matching.planner.flat import flatten
from timebank.matching.planner.pricing import Pricing
from timebank.matching.rules.day import DayHelper, Instance, Request
from timebank.matching.rules.model import Place


def main() -> None:
    """Compiles, or finds what was compiled before."""
    helper = DayHelper("h", "p", 0, 36_000, 60, 1, 1_000, frozenset({"s"}))
    request = Request("q", "r", "p", "s", 60, 0, 18_000)
    Pricing(flatten([Instance("", {"p": Place(0, 0)}, (helper,), (request,))])).warm()


if __name__ == "__main__":
    main()
