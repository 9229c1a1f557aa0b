"""A daughter with hours and her mother, for tests of gifts and of the pot."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories import exchange_visits as make
from tests.factories import town
from timebank.exchange.service.gifts import NewGift
from timebank.ledger import service as ledger
from timebank.people import queries as people

CITY = 3201


def family(minutes: int = 600) -> dict[str, int]:
    """Xu Mei with hours, and her mother of 66."""
    daughter = town.person("徐梅", birth_date=date(1983, 6, 1))
    make.give_hours(daughter, minutes)
    return {"daughter": daughter, "mother": town.person("徐老太", birth_date=date(1960, 5, 1))}


def gift(giver: int, receiver: int, minutes: int = 120, relation: str = "parent", **others: Any) -> NewGift:
    """The wish, with number and name as they stand on the card."""
    known = people.brief(receiver)
    assert known is not None
    facts = {"receiver_no": known.member_no, "receiver_name": known.name} | others
    return NewGift(giver, relation=relation, minutes=minutes, **facts)


def fill_pot(scheme: int, minutes: int) -> int:
    """Minutes in a community pot; returns the account."""
    issued = ledger.ensure_account(CITY, "issued", scheme, floor=None)
    pot = ledger.ensure_account(CITY, "pot", scheme)
    key = f"fill:{scheme}:{minutes}"
    ledger.post(CITY, issued, pot, minutes, key=key, purpose="donation", actor=make.SYSTEM)
    return pot
