"""When two records turn out to be one person, nobody loses an hour, and nobody gains one."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import people, redemption, town
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, transaction
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.ledger.clockwork import JOBS
from timebank.ledger.errors import InsufficientTime
from timebank.ledger.queries.joined import left_behind
from timebank.ledger.service import joining
from timebank.people import service
from timebank.people.models import Person

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


def test_a_record_that_was_parted_while_the_clock_was_at_work_keeps_its_hours(
    two: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, merged = two
    promise = held(merged, 30)
    merge = service.merge_people(SYSTEM, kept, merged)
    ledger.release(TENANT, promise, key="freed", reason="cancelled", actor=SYSTEM)
    seen = left_behind()
    service.undo_merge(SYSTEM, merge)
    monkeypatch.setattr(joining, "left_behind", lambda: seen)
    assert (seen, ledger.join_what_came_back(SYSTEM), hours(*two)) == ([(merged, kept)], 0, [60, 90])


def test_whoever_parts_two_records_waits_for_the_hours_that_are_just_carried_on(two: tuple[int, int]) -> None:
    """SQLite has one writer at a time, whatever it writes."""
    kept, merged = two
    service.merge_people(SYSTEM, kept, merged)
    if db.engine.dialect.name == "sqlite":
        return

    @transaction
    def looked_at_meanwhile() -> bool:
        ledger.join(SYSTEM, kept, merged)
        free = select(Person.id).where(Person.id == merged).with_for_update(key_share=True, skip_locked=True)
        with db.engine.connect() as other:
            return other.scalar(free) is None

    assert looked_at_meanwhile()


# -- one merged into another that is merged into a third --------------------------------------------------------------


@pytest.fixture
def three(app: Flask) -> tuple[int, int, int]:
    """A record with 100 minutes, one with 30 that is merged into it, and one with 60 that is merged into the second."""
    town.town()
    made = [people.registered("徐梅", address=place) for place in ("一处", "二处", "三处")]
    for one, minutes in zip(made, (100, 30, 60), strict=True):
        redemption.give_hours(one, minutes)
    first, second, third = made
    return first, second, third


def held(person_id: int, minutes: int) -> uuid.UUID:
    account = ledger.ensure_account(TENANT, "member", person_id)
    clearing = ledger.ensure_account(TENANT, "clearing", 1, floor=None)
    until = clock.now() + timedelta(days=3)
    key = f"held {person_id}"
    return ledger.hold(TENANT, account, clearing, minutes, key=key, expires_at=until, purpose="visit", actor=SYSTEM).id


def annulled(kept: int, earned_by: int, minutes: int) -> None:
    """What was earned under an earlier number goes back there, and from there to where it came from."""
    source, account = (ledger.ensure_account(TENANT, "member", one) for one in (kept, earned_by))
    fund = ledger.ensure_account(TENANT, "fund", 1, floor=None)
    ledger.post(TENANT, source, account, minutes, key=f"back {earned_by}", purpose="merge", actor=SYSTEM)
    ledger.post(TENANT, account, fund, minutes, key=f"taken {earned_by}", purpose="correction", actor=SYSTEM)


def test_what_came_back_under_a_number_behind_the_merged_one_is_parted_with_it(three: tuple[int, int, int]) -> None:
    first, second, third = three
    promise = held(third, 60)
    merges = [service.merge_people(SYSTEM, second, third), service.merge_people(SYSTEM, first, second)]
    ledger.release(TENANT, promise, key="freed", reason="cancelled", actor=SYSTEM)
    assert (ledger.join_what_came_back(SYSTEM), hours(*three)) == (60, [190, 0, 0])
    service.undo_merge(SYSTEM, merges[1])
    assert hours(*three) == [100, 90, 0]
    service.undo_merge(SYSTEM, merges[0])
    assert hours(*three) == [100, 30, 60]


def test_what_was_annulled_behind_the_merged_number_is_not_parted_out_of_the_others_hours(
    three: tuple[int, int, int],
) -> None:
    first, second, third = three
    merges = [service.merge_people(SYSTEM, second, third), service.merge_people(SYSTEM, first, second)]
    annulled(first, third, 60)
    assert hours(*three) == [130, 0, 0]
    service.undo_merge(SYSTEM, merges[1])
    assert hours(*three) == [100, 30, 0]
    service.undo_merge(SYSTEM, merges[0])
    assert hours(*three) == [100, 30, 0]


def test_what_an_earlier_merge_left_unpaid_is_not_taken_out_of_a_later_one(three: tuple[int, int, int]) -> None:
    """The third had spent its hour when it was annulled: the second lost it, and the first has no part in that."""
    first, second, third = three
    pot = ledger.ensure_account(TENANT, "pot", 1)
    spender = ledger.ensure_account(TENANT, "member", third)
    ledger.post(TENANT, spender, pot, 60, key="spent", purpose="donation", actor=SYSTEM)
    merge = service.merge_people(SYSTEM, second, third)
    annulled(second, third, 20)
    service.undo_merge(SYSTEM, merge)
    assert hours(*three) == [100, 10, 0]
    redemption.give_hours(third, 50)
    service.undo_merge(SYSTEM, service.merge_people(SYSTEM, first, third))
    assert hours(*three) == [100, 10, 50]


def test_hours_of_a_chain_that_were_spent_since_cannot_be_parted(three: tuple[int, int, int]) -> None:
    first, second, third = three
    promise = held(third, 60)
    service.merge_people(SYSTEM, second, third)
    merge = service.merge_people(SYSTEM, first, second)
    ledger.release(TENANT, promise, key="freed", reason="cancelled", actor=SYSTEM)
    ledger.join_what_came_back(SYSTEM)
    account, pot = ledger.ensure_account(TENANT, "member", first), ledger.ensure_account(TENANT, "pot", 1)
    ledger.post(TENANT, account, pot, 101, key="spent", purpose="donation", actor=SYSTEM)
    with pytest.raises(InsufficientTime):
        service.undo_merge(SYSTEM, merge)
    assert hours(*three) == [89, 0, 0]
