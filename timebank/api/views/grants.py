"""Hours for key elders, donations, and the community pot."""

from __future__ import annotations

from typing import Any

from timebank.api.cursors import number
from timebank.api.routing import read, write
from timebank.api.schemas.base import Command, PageQuery, Reason
from timebank.api.schemas.grants import (
    DonationBody,
    Funds,
    GrantRun,
    GrantsPage,
    GrantsQuery,
    KeyElders,
    NewKeyElder,
    Pots,
)
from timebank.api.schemas.ledger import Statement
from timebank.core import clock
from timebank.core.errors import NotFound
from timebank.core.paging import Page
from timebank.core.web import SIGNED_IN, actor
from timebank.exchange.queries import grants as queries
from timebank.exchange.queries import schemes
from timebank.exchange.rules.grants import month_of
from timebank.exchange.service import grants as service
from timebank.exchange.service.grants import Donation
from timebank.ledger import queries as ledger


@read("/grants", GrantsPage, permission="grants.read", query=GrantsQuery)
def list_grants(query: GrantsQuery) -> dict[str, Any]:
    """The grants of a month with their sums."""
    month = query.month or month_of(clock.today())
    page = queries.grants(actor(), month, number(query.after), query.limit)
    return {"month": month, "sums": queries.month_sums(actor(), month), "items": page.items, "next": page.next}


@write("/grants/run", answer=GrantRun, permission="grants.manage")
def run_grants(key: str) -> dict[str, int]:
    """Gives the month's grants to whoever has none yet and ends those of earlier months; again does nothing more."""
    return service.run_now(actor(), key=key)


@read("/funds", Funds, permission="grants.read")
def list_funds() -> dict[str, Any]:
    """The funds that pay the grants."""
    funds = [queries.fund(one) for one in schemes.around(actor(), "grants.read") if one.parent_id is None]
    return {
        "items": [
            {
                "scheme_id": one.scheme.id,
                "scheme": one.scheme.name,
                "owed_minutes": one.owed_minutes,
                "on_grant_accounts": one.on_grant_accounts,
            }
            for one in funds
        ]
    }


@read("/key-elders", KeyElders, permission="grants.read")
def list_key_elders() -> dict[str, Any]:
    """Who was put on the list of key elders; those who are key elders by the rule need no list."""
    return {"items": queries.listings(actor())}


@write("/key-elders", body=NewKeyElder, permission="grants.manage", status=201)
def add_key_elder(body: NewKeyElder, key: str) -> dict[str, Any]:
    """Puts somebody on the list; the grant comes with the next month."""
    return {"id": service.list_key_elder(actor(), body.person_id, body.reason, key=key)}


@write("/key-elders/<int:listing_id>/removal", body=Reason, permission="grants.manage")
def remove_key_elder(listing_id: int, body: Reason, key: str) -> dict[str, Any]:
    """Takes somebody off the list; the answer is the person's number."""
    return {"id": service.remove_key_elder(actor(), listing_id, body.reason, key=key)}


@read("/pots", Pots, permission="grants.read")
def list_pots() -> dict[str, Any]:
    """The community pots."""
    pots = queries.pots(schemes.around(actor(), "grants.read"))
    return {
        "items": [
            {"scheme_id": one.scheme.id, "scheme": one.scheme.name, "posted": one.posted, "available": one.available}
            for one in pots
        ]
    }


@read("/pots/<int:scheme_id>/statement", Statement, permission="grants.read", query=PageQuery)
def get_pot_statement(scheme_id: int, query: PageQuery) -> Page[ledger.Line]:
    """The movements of a pot, newest first."""
    one = next((one for one in schemes.around(actor(), "grants.read") if one.id == scheme_id), None)
    if one is None:
        raise NotFound("no_such_scheme")
    account = ledger.account_of(one.tenant, "pot", one.id)
    return ledger.statement(one.tenant, account, number(query.after), query.limit) if account else Page(())


@write("/donations", body=DonationBody, permission=SIGNED_IN, status=201)
def donate(body: Command[Donation], key: str) -> dict[str, Any]:
    """Gives hours to the community pot, for good; the answer is the person's number."""
    return {"id": service.donate(actor(), body.command(), key=key)}
