"""Hours saved with one time bank of a city are used with any other; once a month they settle up.

During the month nothing stands between the member and the desk (domain.md B1 Portability).  After its end the clock
looks at what moved between accounts of two time banks, and posts the difference between their clearing accounts: below
zero owes, above zero is owed.  Each month of a city is netted once.
"""

from __future__ import annotations

from datetime import date, timedelta

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.db import db, transaction
from timebank.exchange.models.netting import NettedMonth, NettedPair
from timebank.exchange.queries import netting as queries
from timebank.exchange.queries import schemes
from timebank.exchange.queries.schemes import SchemeInfo
from timebank.exchange.rules.grants import first_day, month_before, month_of
from timebank.exchange.rules.netting import Pair, netted
from timebank.ledger import service as ledger


def net_past_months(actor: Actor, on: date | None = None) -> list[str]:
    """Nets every month that is over and was not netted, in each city; returns "3201 2026-10" for each."""
    last = month_before(month_of(on or clock.today()))
    cities = [one for one in schemes.schemes() if one.parent_id is None]
    done = [(city.tenant, month) for city in cities for month in _open_months(city.tenant, last)]
    return [f"{tenant} {month}" for tenant, month in done if net_month(actor, tenant, month)]


def _open_months(tenant: int, last: str) -> list[str]:
    known = queries.last_netted(tenant)
    if known is None:
        first = queries.first_month(tenant)
        if first is None:
            return []
        month = month_of(clock.civil(first).date())
    else:
        month = _next(known)
    found = []
    while month <= last:
        found.append(month)
        month = _next(month)
    return found


def _next(month: str) -> str:
    return month_of(first_day(month) + timedelta(days=32))


@transaction
def net_month(actor: Actor, tenant: int, month: str) -> bool:
    """Nets one month of a city; False when that was done before."""
    known = [one for one in schemes.schemes() if one.tenant == tenant]
    clearing = {one.id: ledger.ensure_account(tenant, "clearing", one.id, floor=None) for one in known}
    ledger.lock_accounts(tenant, clearing.values())  # from here on two runs go one after the other
    if db.session.get(NettedMonth, (tenant, month), populate_existing=True) is not None:
        return False
    since, until = clock.at(first_day(month), 0), clock.at(first_day(_next(month)), 0)
    db.session.add(NettedMonth(tenant=tenant, month=month))
    for pair in netted(queries.flows(tenant, since, until)):
        _post(actor, tenant, month, pair, clearing)
    db.session.flush()
    audit.record(actor, "net.month", "netting", f"{tenant} {month}", _territory(known))
    return True


def _post(actor: Actor, tenant: int, month: str, pair: Pair, clearing: dict[int, int]) -> None:
    row = NettedPair(
        tenant=tenant,
        month=month,
        debtor_id=pair.debtor,
        creditor_id=pair.creditor,
        forward_minutes=pair.forward,
        back_minutes=pair.back,
        by_purpose=pair.by_purpose,
    )
    if pair.net:
        made = ledger.post(
            tenant,
            clearing[pair.debtor],
            clearing[pair.creditor],
            pair.net,
            key=f"netting:{month}:{pair.debtor}:{pair.creditor}",
            purpose="netting",
            memo=month,
            actor=actor,
        )
        row.transfer_id = made.id
    db.session.add(row)


def _territory(known: list[SchemeInfo]) -> str:
    return min((one.territory_code for one in known), key=len)
