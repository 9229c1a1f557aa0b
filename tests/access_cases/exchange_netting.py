"""Who gets the page of settling up between time banks."""

from __future__ import annotations

from tests.architecture.cases import Case

ACCESS_CASES = [Case("exchange.netting", statuses={"operator": 200, "auditor": 200})]
