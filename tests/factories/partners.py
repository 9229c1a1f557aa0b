"""A partner organisation in Yaohua street."""

from __future__ import annotations

import dataclasses
from datetime import date

from tests.factories import town
from timebank.exchange.rules.partners import PartnerFacts
from timebank.exchange.service import partners

FACTS = PartnerFacts(
    name_zh="安康护理",
    name_en="Ankang Care",
    registered_no="52320100MJ5012345X",
    contact="王主任",
    phone="025-8556 0000",
    territory_code=town.YAOHUA,
    services=("cleaning",),
    from_day=date(2026, 1, 1),
)


def partner(**facts: object) -> int:
    """Adds it; returns its number."""
    return partners.add_partner(town.operator(), dataclasses.replace(FACTS, **facts))  # type: ignore[arg-type]
