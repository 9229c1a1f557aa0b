"""Identifiers, digests, seals and the words of accounting programs: no database."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timebank.ledger.rules import bookkeeping, ids, seals
from timebank.ledger.rules.bookkeeping import Balance, BookAccount, Booking, Days
from timebank.ledger.rules.requests import digest

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def test_a_uuid_sorts_by_its_moment_and_then_by_the_order_of_making():
    made = [ids.uuid7(NOON + timedelta(milliseconds=step // 3)) for step in range(300)]
    assert made == sorted(made)
    assert len(set(made)) == 300
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {uuid.RFC_4122}
    assert made[0].int >> 80 == int(NOON.timestamp() * 1000)


def test_an_account_number_can_be_read_by_javascript():
    far = datetime(2150, 1, 1, tzinfo=UTC)
    assert 0 < ids.account_id(NOON) < ids.account_id(far) < 2**53


def test_the_digest_of_a_request_changes_with_each_of_its_parts():
    one = ("post", 1, 2, 90, None, "visit")
    others = [("hold", 1, 2, 90, None, "visit"), ("post", 2, 1, 90, None, "visit"), ("post", 1, 2, 91, None, "visit")]
    others += [("post", 1, 2, 90, uuid.UUID(int=1), "visit"), ("post", 1, 2, 90, None, "goods")]
    assert digest(*one) == digest(*one)
    assert len({digest(*one), *(digest(*other) for other in others)}) == 6


def test_the_tree_is_that_of_rfc_6962():
    def h(data: bytes) -> bytes:
        return hashlib.sha256(data).digest()

    a, b, c = h(b"\0a"), h(b"\0b"), h(b"\0c")
    assert seals.tree_head([a]) == a
    assert seals.tree_head([a, b, c]) == h(b"\1" + h(b"\1" + a + b) + c)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=20, unique=True), st.data())
def test_a_changed_leaf_changes_the_root(leaves: list[bytes], data: st.DataObject):
    place = data.draw(st.integers(0, len(leaves) - 1))
    other = [*leaves]
    other[place] = hashlib.sha256(leaves[place]).digest()
    assert seals.root(seals.EMPTY, leaves) != seals.root(seals.EMPTY, other)


@pytest.mark.parametrize(
    ("unit", "word"),
    [("min", "MIN"), ("sku:rice-5kg", "SKU-RICE-5KG"), ("sku:7", "SKU-7"), ("sku:大米", None), ("sku:a b", None)],
)
def test_every_unit_becomes_a_word_that_accounting_programs_accept(unit: str, word: str | None):
    found = bookkeeping.commodity(unit)
    assert found == word if word else found.startswith("SKU-X")
    assert len(found) <= 24


def test_the_signs_of_an_accounting_program_in_a_memo_do_no_harm():
    zhang = BookAccount(3201, 7, "member", 1, "min", date(2026, 11, 22), -30)
    xu = BookAccount(3201, 8, "member", 2, "min", date(2026, 11, 22), 30)
    memo = 'He said "hi"\n  Assets:Member  5 MIN ; | \\'
    booking = Booking(3201, "id", "post", 7, 8, 30, NOON, NOON, "a\nb", "visit", memo, 1, -30, 1, 30)
    accounts = {(3201, 7): zhang, (3201, 8): xu}
    days = Days(date(2026, 11, 22), date(2026, 11, 23))
    text = "".join(bookkeeping.beancount(accounts, [], [booking], [Balance(3201, 8, 30)], days))
    assert '2026-11-22 * "visit" "He said hi Assets:Member 5 MIN"' in text
    assert "2026-11-23 balance Assets:Member:T3201:P2:A8 30 MIN" in text
