"""Who gets which page of gifts to relatives and of the pot."""

from __future__ import annotations

from typing import Any

from tests.architecture.cases import VISITORS, Case, Facts
from tests.factories import exchange_visits as factory
from tests.factories import town
from tests.factories.giving import gift
from timebank.exchange.service import gifts

SIGNED_IN = dict.fromkeys((name for name in VISITORS if name != "stranger"), 200)


def _gift(facts: Facts) -> dict[str, Any]:
    factory.give_hours(facts["person"], 600)
    return {"gift": gifts.ask_gift(town.member(facts["person"]), gift(facts["person"], facts["neighbour"], 60))}


def _of_gift(facts: Facts) -> dict[str, Any]:
    return {"gift_id": facts["gift"]}


def _who(status: int, *names: str) -> dict[str, int]:
    return dict.fromkeys(names, status)


CHECKERS = _who(200, "broker", "operator") | _who(404, "other_broker")
READERS = CHECKERS | _who(200, "auditor")
LISTS = _who(200, "broker", "operator", "other_broker")

ACCESS_CASES = [
    Case("exchange.gifts", statuses=LISTS | _who(200, "auditor")),
    Case("exchange.gift", _of_gift, READERS, make=_gift),
    Case("exchange.check_gift", _of_gift, CHECKERS, make=_gift),
    Case("exchange.refuse_gift", _of_gift, CHECKERS, make=_gift),
    Case("exchange.new_gift", statuses=LISTS),
    Case("exchange.give_from_the_pot", statuses=LISTS),
    Case("exchange.my_gifts", statuses=_who(200, "owner", "neighbour"), others=404),
    Case("exchange.ask_gift", statuses=_who(200, "owner", "neighbour"), others=404),
]
