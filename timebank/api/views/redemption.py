"""Receipts: goods for hours, the second clerk, and what comes back."""

from __future__ import annotations

from typing import Any

from flask import Response

from timebank.api.routing import read, read_file, write
from timebank.api.schemas.base import PageQuery, Reason
from timebank.api.schemas.redemption import (
    Basket,
    BroughtBack,
    CareWanted,
    CheckedReceipt,
    ReceiptFile,
    Receipts,
    ReceiptsQuery,
)
from timebank.core import clock
from timebank.core.errors import NotFound
from timebank.core.paging import Page
from timebank.core.web import PUBLIC, SIGNED_IN, actor, download
from timebank.people import queries as people
from timebank.redemption import files, service
from timebank.redemption.commands import CareCommand, Confirmation, RedeemCommand, ReturnCommand
from timebank.redemption.queries import checks, receipts


def _filter(query: ReceiptsQuery) -> receipts.Filter:
    state = query.state.value if query.state else ""
    person_ids = people.ids_of(people.resolve(query.person_id)) if query.person_id else frozenset[int]()
    return receipts.Filter(query.text, state, query.desk_id, query.first_day, query.last_day, person_ids)


@read("/redemptions", Receipts, permission="redemptions.read", query=ReceiptsQuery)
def list_redemptions(query: ReceiptsQuery) -> Page[receipts.Row]:
    """Receipts of the desks one may look at."""
    return receipts.redemptions(actor(), _filter(query), query.after, query.limit)


@read_file("/redemptions/file", "text/csv", permission="redemptions.read", query=ReceiptsQuery)
def export_redemptions(query: ReceiptsQuery) -> Response:
    """The same as a file, without pages: a line for each article."""
    content = files.redemptions_file(receipts.export_rows(actor(), _filter(query)))
    return download(content, f"redemptions-{clock.today()}.csv")


@read("/redemptions/waiting", Receipts, permission="desk.serve")
def list_waiting_redemptions() -> dict[str, Any]:
    """What waits for a second clerk at one's desks, the oldest first."""
    return {"items": receipts.waiting(actor())}


@read("/people/<int:person_id>/redemptions", Receipts, permission=SIGNED_IN, query=PageQuery)
def list_own_redemptions(person_id: int, query: PageQuery) -> Page[receipts.Row]:
    """One's own receipts, or those of somebody one acts for."""
    if not actor().is_self(person_id):
        raise NotFound("no_such_person")
    return receipts.of_person(people.ids_of(person_id), query.after, query.limit)


@read("/redemptions/<int:redemption_id>", ReceiptFile, permission=SIGNED_IN)
def get_redemption(redemption_id: int) -> receipts.Receipt:
    """One receipt: the member's own, or of a desk one may look at."""
    return receipts.receipt(actor(), redemption_id)


@read("/receipts/<code>", CheckedReceipt, permission=PUBLIC)
def check_receipt(code: str) -> checks.Checked:
    """Is this receipt true?  `code`: what its QR code ends with.  Nothing more than is printed; not found: not true."""
    found = checks.check(code)
    if found is None:
        raise NotFound("receipt_not_true")
    return found


def _agreed(body: Basket | CareWanted) -> Confirmation:
    came = body.companion, body.relation, body.consent
    return Confirmation(body.how, body.pin, body.note, *came, body.signature)


@write("/redemptions", body=Basket, permission="desk.serve", status=201)
def redeem(body: Basket, key: str) -> dict[str, Any]:
    """Hands goods out: hours, pieces and receipt in one step.  Large sums wait for a second clerk."""
    wanted = RedeemCommand(body.person_id, body.desk_id, body.lines, _agreed(body), body.total_minutes, body.again)
    return {"id": service.redeem(actor(), wanted, key=key)}


@write("/redemptions/care", body=CareWanted, permission="desk.serve", status=201)
def redeem_for_care(body: CareWanted, key: str) -> dict[str, Any]:
    """Care instead of goods: the number of the request that was made."""
    wanted = CareCommand(
        body.person_id,
        body.desk_id,
        body.service_code,
        body.first_day,
        body.earliest_minute,
        body.latest_minute,
        body.minutes,
        _agreed(body),
        weekly=body.weekly,
        again=body.again,
    )
    return {"id": service.redeem_for_care(actor(), wanted, key=key)}


@write("/redemptions/<int:redemption_id>/approval", permission="desk.serve")
def approve_redemption(redemption_id: int, key: str) -> dict[str, Any]:
    """The second clerk agrees."""
    return {"id": service.approve_redemption(actor(), redemption_id, key=key)}


@write("/redemptions/<int:redemption_id>/cancellation", body=Reason, permission="desk.serve")
def cancel_redemption(redemption_id: int, body: Reason, key: str) -> dict[str, Any]:
    """A receipt that waits is not handed out; hours and pieces are free again."""
    return {"id": service.cancel_redemption(actor(), redemption_id, body.reason, key=key)}


@write("/redemptions/<int:redemption_id>/returns", body=BroughtBack, permission=SIGNED_IN, status=201)
def take_back(redemption_id: int, body: BroughtBack, key: str) -> dict[str, Any]:
    """Goods come back; their hours go back to the member.

    On the same day `desk.serve` is enough, later it needs `desk.returns`.
    """
    receipts.receipt(actor(), redemption_id)
    wanted = ReturnCommand(redemption_id, body.pieces, body.reason, body.to_shelf)
    return {"id": service.take_back(actor(), wanted, key=key)}
