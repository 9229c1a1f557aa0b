"""What the time banks of a city owe each other."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read
from timebank.api.schemas.netting import Netting, NettingQuery
from timebank.core import clock
from timebank.core.web import actor
from timebank.exchange.queries import netting as queries
from timebank.exchange.rules.grants import month_before, month_of


@read("/netting", Netting, permission="ledger.audit", query=NettingQuery)
def get_netting(query: NettingQuery) -> dict[str, Any]:
    """The differences of a month between time banks, and where each stands since ever."""
    month = query.month or month_before(month_of(clock.today()))
    return {
        "month": month,
        "items": queries.pairs(actor(), month),
        "standings": [
            {"scheme_id": one.scheme.id, "scheme": one.scheme.name, "minutes": one.minutes}
            for one in queries.standings(actor())
        ],
    }
