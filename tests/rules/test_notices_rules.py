"""Which way a message goes: what somebody said, what there is to reach them by, and what would come too late by post."""

from __future__ import annotations

import pytest

from timebank.notices.rules import LetterWay, channel

PHONE = {"reachable": True, "by_mail": False, "in_time": True}
MAIL = {"reachable": True, "by_mail": True, "in_time": True}
NOTHING = {"reachable": False, "by_mail": False, "in_time": True}


@pytest.mark.parametrize(
    ("wish", "facts", "way"),
    [
        (None, NOTHING, "letter"),
        (None, PHONE, "console"),
        (None, MAIL, "email"),
        (LetterWay.LETTER, MAIL, "letter"),
        (LetterWay.LETTER, MAIL | {"in_time": False}, "email"),
        (LetterWay.EMAIL, MAIL, "email"),
        (LetterWay.EMAIL, PHONE, "console"),
        (LetterWay.EMAIL, NOTHING, "letter"),
        (LetterWay.MESSAGE, MAIL, "console"),
        (LetterWay.MESSAGE, NOTHING, "console"),
        (LetterWay.NEVER, MAIL, "email"),
        (LetterWay.NEVER, NOTHING, "console"),
    ],
)
def test_a_message_goes_the_way_somebody_asked_for_or_the_one_that_reaches_them(
    wish: LetterWay | None, facts: dict[str, bool], way: str
) -> None:
    assert channel(wish, **facts) == way
