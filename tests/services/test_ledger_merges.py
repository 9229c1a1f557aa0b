"""When two records turn out to be one person, nobody loses an hour, and nobody gains one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.factories import people, redemption, town
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.ledger.clockwork import JOBS
from timebank.ledger.errors import InsufficientTime
from timebank.people import service

SYSTEM = Actor.system("tests")
TENANT = 3201


@pytest.fixture
def two(app: Flask) -> tuple[int, int]:
    """A record with 60 minutes and one with 90."""
    town.town()
    kept, merged = people.registered("徐梅"), people.registered("徐梅", address="别处")
    redemption.give_hours(kept, 60)
    redemption.give_hours(merged, 90)
    return kept, merged


def hours(*ids: int) -> list[int]:
    found = books.member_balance(TENANT, ids)
    return [found[one].posted for one in ids]


def test_hours_of_both_records_are_on_one_account_after_the_merge(two: tuple[int, int]) -> None:
    service.merge_people(SYSTEM, *two)
    assert hours(*two) == [150, 0]


def test_undoing_the_merge_gives_each_record_its_hours_again(two: tuple[int, int]) -> None:
    for _ in range(2):  # and a second time
        merge = service.merge_people(SYSTEM, *two)
        service.undo_merge(SYSTEM, merge)
        assert hours(*two) == [60, 90]


def test_hours_that_went_back_to_be_annulled_do_not_go_back_once_more(two: tuple[int, int]) -> None:
    for turn in range(2):
        merge = service.merge_people(SYSTEM, *two)
        kept, merged = (books.account_of(TENANT, "member", one) for one in two)
        fund = ledger.ensure_account(TENANT, "fund", 1, floor=None)
        assert kept is not None
        assert merged is not None
        ledger.post(TENANT, kept, merged, 20, key=f"back {turn}", purpose="annulment", actor=SYSTEM)
        ledger.post(TENANT, merged, fund, 20, key=f"taken {turn}", purpose="correction", actor=SYSTEM)
        assert hours(*two) == [130 - 20 * turn, 0]
        service.undo_merge(SYSTEM, merge)
        assert hours(*two) == [60, 70 - 20 * turn]


def test_hours_that_were_spent_since_cannot_be_parted(two: tuple[int, int]) -> None:
    merge = service.merge_people(SYSTEM, *two)
    account = books.account_of(TENANT, "member", two[0])
    pot = ledger.ensure_account(TENANT, "pot", 1)
    assert account is not None
    ledger.post(TENANT, account, pot, 100, key="spent", purpose="donation", actor=SYSTEM)
    with pytest.raises(InsufficientTime):
        service.undo_merge(SYSTEM, merge)
    assert hours(*two) == [50, 0]


def test_what_comes_back_under_the_old_number_follows_in_words(two: tuple[int, int], client, sign_in) -> None:
    """30 of 90 minutes are on hold when the records are joined; the hold ends later."""
    kept, merged = two
    account = ledger.ensure_account(TENANT, "member", merged)
    clearing = ledger.ensure_account(TENANT, "clearing", 1, floor=None)
    until = clock.now() + timedelta(days=3)
    held = ledger.hold(
        TENANT, account, clearing, 30, key="held", expires_at=until, purpose="visit", memo="", actor=SYSTEM
    )
    merge = service.merge_people(SYSTEM, kept, merged)
    assert (hours(*two), ledger.join_what_came_back(SYSTEM)) == ([120, 30], 0)
    ledger.release(TENANT, held.id, key="freed", reason="cancelled", actor=SYSTEM)
    assert "30 minutes" in next(job for job in JOBS if job.name == "join_hours").function()
    assert hours(*two) == [150, 0]
    sign_in(client, town.account_of(town.member(kept)))
    page = client.get("/my/hours").text
    assert all(words in page for words in ("Came back under an earlier number", "(earlier number)"))
    service.undo_merge(SYSTEM, merge)
    assert hours(*two) == [60, 90]
