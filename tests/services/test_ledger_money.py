"""Money, goods and hours by the same machinery: several transfers in one transaction, all of them or none."""

from __future__ import annotations

import pytest

from tests.factories import ledger
from tests.factories.ledger import CLOCK, TENANT, key
from timebank.core.texts import refusal_text
from timebank.ledger import queries, service, texts
from timebank.ledger.errors import InsufficientTime
from timebank.ledger.rules import amounts

T = TENANT


@pytest.fixture
def shop(app) -> dict[str, int]:
    """A fund of money that may owe at most ¥500, a shelf with three bags of rice, a member with ten hours."""
    rice = "sku:RICE5"
    made = {
        "chest": service.ensure_account(T, "pot", 1, unit="fen"),
        "source": service.ensure_account(T, "fund", 1, unit="fen"),
        "paid_out": service.ensure_account(T, "sink", 1, unit="fen"),
        "shelf": service.ensure_account(T, "stock", 1, unit=rice),
        "handed": service.ensure_account(T, "issued", 1, unit=rice),
        "member": ledger.member(1, 600),
        "sink": service.ensure_account(T, "sink", 1),
    }
    service.post(T, made["source"], made["chest"], 50_000, key=key(), purpose="opening", actor=CLOCK)
    delivered = service.ensure_account(T, "stock_source", 1, unit=rice)
    service.post(T, delivered, made["shelf"], 3, key=key(), purpose="stock", actor=CLOCK)
    return made


def basket(shop: dict[str, int], fen: int = 1250, pieces: int = 2, minutes: int = 90) -> list[service.Post]:
    return [
        service.Post(shop["chest"], shop["paid_out"], fen, "goods"),
        service.Post(shop["shelf"], shop["handed"], pieces, "goods"),
        service.Post(shop["member"], shop["sink"], minutes, "goods"),
    ]


def balances(shop: dict[str, int]) -> list[int]:
    return [
        queries.balance(T, shop[name]).posted for name in ("chest", "paid_out", "shelf", "handed", "member", "sink")
    ]


def test_money_goods_and_hours_are_posted_together(shop):
    receipts = service.post_many(T, basket(shop), key="receipt:1", actor=CLOCK)
    assert balances(shop) == [48_750, 1250, 1, 2, 510, 90]
    again = service.post_many(T, basket(shop), key="receipt:1", actor=CLOCK)
    assert [one.id for one in again] == [one.id for one in receipts]
    assert all(total == 0 for total in queries.books(T).sums.values())


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        ({"fen": 60_000}, "insufficient_money", "¥500.00 is available, but ¥600.00 is needed."),
        ({"pieces": 4}, "insufficient_pieces", "Pieces there: 3, needed: 4."),
        ({"minutes": 660}, "insufficient_time", "10 h are available, but 11 h are needed."),
    ],
)
def test_what_one_of_them_lacks_keeps_all_from_being_posted(shop, in_english, wrong, code, words):
    before = balances(shop)
    with pytest.raises(InsufficientTime) as refused:
        service.post_many(T, basket(shop, **wrong), key="receipt:1", actor=CLOCK)
    assert refused.value.code == code
    assert refusal_text(refused.value).startswith(words)
    assert balances(shop) == before


def test_money_that_is_lacking_is_said_in_yuan_outside_a_transaction_too(shop):
    with pytest.raises(InsufficientTime) as refused:
        service.post(T, shop["chest"], shop["paid_out"], 60_000, key=key(), purpose="goods", actor=CLOCK)
    assert refused.value.facts == {"available_fen": 50_000, "needed_fen": 60_000}


def test_amounts_are_written_in_their_unit(app, in_english):
    written = [texts.amount(-1250, "fen"), texts.amount(90), texts.amount(2, "sku:RICE5")]
    assert written == ["−¥12.50", "1 h 30 min", "2 × RICE5"]
    assert [texts.figure(-1205, "fen"), texts.figure(90)] == ["-12.05", 90]


@pytest.mark.parametrize(
    ("typed", "unit", "amount"),
    [
        *(("1:30", "min", 90), ("-1:30", "min", -90), ("12.5", "fen", 1250), ("¥12", "fen", 1200)),
        *(("−0.05", "fen", -5), ("3", "sku:RICE5", 3), (" ", "fen", None)),
    ],
)
def test_a_typed_amount_is_read_in_its_unit(typed, unit, amount):
    assert amounts.parse(typed, unit) == amount
    if amount is not None:
        assert amounts.parse(amounts.typed(amount, unit), unit) == amount


@pytest.mark.parametrize(("typed", "unit"), [("much", "min"), ("1.234", "fen"), ("1:30", "fen"), ("1.5", "sku:X")])
def test_what_is_no_amount_is_refused(typed, unit):
    with pytest.raises(ValueError, match=r".*"):
        amounts.parse(typed, unit)
