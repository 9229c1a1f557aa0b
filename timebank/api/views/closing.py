"""Closing months, reversals with a second person, limits of accounts."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from timebank.api.cursors import number
from timebank.api.routing import read, read_file, write
from timebank.api.schemas.base import Named
from timebank.api.schemas.closing import (
    CloseMonth,
    Decided,
    Decision,
    LimitChanges,
    Limits,
    Months,
    ReversalRequest,
    Reversals,
    ReversalsQuery,
)
from timebank.api.schemas.ledger import Reversal
from timebank.api.views.ledger import ACCOUNT, TRANSFER
from timebank.core import clock
from timebank.core.errors import NotFound
from timebank.core.paging import Page
from timebank.core.web import actor, download
from timebank.ledger import files_closing, queries, service
from timebank.ledger.queries import closings, reversals
from timebank.ledger.queries.limits import limit_changes
from timebank.ledger.queries.month import trial_balance
from timebank.ledger.queries.reading import readable_account
from timebank.ledger.service import closing, second


def _mine(tenant: int) -> int:
    if tenant not in queries.tenants(actor()):
        raise NotFound("no_such_account")
    return tenant


@read("/ledger/<int:tenant>/months", Months, permission="ledger.audit")
def list_months(tenant: int) -> dict[str, Any]:
    """The closed months of a city, and the one that comes next with what is open in it."""
    due = closings.next_to_close(_mine(tenant), clock.today())
    points = closings.before_closing(tenant, due) if due else []
    return {"items": closings.closings(tenant), "due": due, "points": points}


@write("/ledger/<int:tenant>/months/<month>/closing", body=CloseMonth, answer=Named, permission="ledger.close")
def close_month(tenant: int, month: str, body: CloseMonth, key: str) -> dict[str, Any]:
    """Closes the oldest open month that is over; this cannot be taken back."""
    return {"id": closing.close_month(actor(), tenant, month, body.note, body.acknowledged, key=key)}


@read_file("/ledger/<int:tenant>/months/<month>/sheet", "application/pdf", permission="ledger.audit")
def export_month_sheet(tenant: int, month: str) -> Response:
    """The closing sheet of a closed month on paper."""
    found = closings.closing(_mine(tenant), month)
    content = files_closing.sheet(found, trial_balance(tenant, month))
    return download(content, f"closing-{tenant}-{month}.pdf", "application/pdf")


@write(f"{TRANSFER}/reversal-request", body=Reversal, permission="ledger.reverse")
def ask_reversal(tenant: int, transfer_id: uuid.UUID, body: Reversal, key: str) -> dict[str, Any]:
    """Asks for the reversal of something in a closed month; another person must agree."""
    return {"id": second.ask_reversal(actor(), tenant, str(transfer_id), body.reason, body.whole, key=key)}


@read("/ledger/reversals", Reversals, permission="ledger.read", query=ReversalsQuery)
def list_reversals(query: ReversalsQuery) -> Page[reversals.ReversalLine]:
    """Reversals in closed months of one's territories, newest first."""
    return reversals.reversals(actor(), query.state == "waiting", number(query.after), query.limit)


@read("/ledger/reversals/<int:request_id>", ReversalRequest, permission="ledger.read")
def get_reversal(request_id: int) -> reversals.ReversalLine:
    """One request and the transfer it is about."""
    return reversals.reversal(actor(), request_id)


@write("/ledger/reversals/<int:request_id>/decision", body=Decision, answer=Decided, permission="ledger.reverse")
def decide_reversal(request_id: int, body: Decision, key: str) -> dict[str, Any]:
    """The second person agrees (then it is reversed at once) or declines."""
    return {"reversal_id": second.decide_reversal(actor(), request_id, body.agree, body.note, key=key)}


@write("/ledger/reversals/<int:request_id>", permission="ledger.read", method="DELETE")
def withdraw_reversal(request_id: int, key: str) -> dict[str, Any]:
    """Who asked takes the request back while it waits."""
    return {"id": second.withdraw_reversal(actor(), request_id, key=key)}


@read(f"{ACCOUNT}/limits", LimitChanges, permission="ledger.read")
def list_limit_changes(tenant: int, account_id: int) -> dict[str, Any]:
    """Who changed the limits or the state of an account, when and why."""
    readable_account(actor(), tenant, account_id)
    return {"items": limit_changes(tenant, account_id)}


@write(f"{ACCOUNT}/limits", body=Limits, answer=Named, permission="ledger.reverse", method="PUT")
def change_limits(tenant: int, account_id: int, body: Limits, key: str) -> dict[str, Any]:
    """Changes the limits or the state of an account; each change stays with its reason."""
    readable_account(actor(), tenant, account_id)
    change = service.LimitChange(tenant, account_id, body.floor, body.ceiling, body.state, body.reason)
    return {"id": service.change_limits(actor(), change, key=key)}
