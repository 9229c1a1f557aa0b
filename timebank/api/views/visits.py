"""Visits: offers to helpers, checking in and out, and the recipient's word."""

from __future__ import annotations

from typing import Any

from flask import Response

from timebank.api.cursors import moment_and_number
from timebank.api.routing import read, read_file, write
from timebank.api.schemas.apart import OwnVisitFile
from timebank.api.schemas.base import Reason
from timebank.api.schemas.lists import OwnDays, OwnOffer, VisitFile, VisitsPage, VisitsQuery
from timebank.api.schemas.visits import (
    CalledOff,
    CheckIn,
    CheckOut,
    Confirmed,
    Moved,
    NewOffer,
    NoShow,
    Objection,
    OfferAnswer,
    Rating,
    Settled,
)
from timebank.core import clock
from timebank.core.paging import Page
from timebank.core.web import SIGNED_IN, actor, download
from timebank.exchange import files
from timebank.exchange.queries import own
from timebank.exchange.queries import visits as queries
from timebank.exchange.queries.apart import own_wish
from timebank.exchange.rules.apart import AskedBy
from timebank.exchange.service import offers, requests
from timebank.exchange.service import visits as service

ONE = "/visits/<int:visit_id>"


@read("/visits", VisitsPage, permission="visits.read", query=VisitsQuery)
def list_visits(query: VisitsQuery) -> Page[queries.VisitLine]:
    """Visits of the territories one may read."""
    return queries.visits(actor(), _chosen(query), after=moment_and_number(query.after), limit=query.limit)


def _chosen(query: VisitsQuery) -> queries.VisitFilter:
    state = query.state.value if query.state else ""
    return queries.VisitFilter(state, query.service, query.territory, query.text, query.day, query.only_day)


@read_file("/visits/file", "text/csv", permission="visits.read", query=VisitsQuery)
def export_visits(query: VisitsQuery) -> Response:
    """The same as a file, without pages."""
    return download(files.visits_file(queries.all_visits(actor(), _chosen(query))), f"visits-{clock.today()}.csv")


@read(ONE, VisitFile, permission="visits.read")
def get_visit(visit_id: int) -> queries.VisitDetail:
    """One visit with its history."""
    return queries.visit(actor(), visit_id)


@read("/my/visits", OwnDays, permission=SIGNED_IN)
def list_own_visits() -> own.OwnDays:
    """One's visits as a helper, and what one is asked."""
    return own.as_helper(actor())


@read("/my/help", OwnDays, permission=SIGNED_IN)
def list_own_help() -> own.OwnDays:
    """The visits one receives, and those of people one acts for."""
    return own.as_recipient(actor())


@read("/my/visits/<int:visit_id>", OwnVisitFile, permission=SIGNED_IN)
def get_own_visit(visit_id: int) -> dict[str, Any]:
    """One of one's visits, from one's own side."""
    found = own.own_visit(actor(), visit_id)
    named = {name: getattr(found, name) for name in OwnVisitFile.model_fields if name != "not_again"}
    return {**named, "not_again": own_wish(visit_id, AskedBy(found.part)) is not None}


@read("/my/offers/<int:offer_id>", OwnOffer, permission=SIGNED_IN)
def get_own_offer(offer_id: int) -> own.OwnOffer:
    """One question put to the helper who asks."""
    return own.own_offer(actor(), offer_id)


@write("/offers", body=NewOffer, permission="matching.offer", status=201)
def create_offer(body: NewOffer, key: str) -> dict[str, Any]:
    """Asks a helper for a visit; several may be asked, the first to accept gets it."""
    made = offers.offer_visit(actor(), body.visit_id, body.volunteer_id, body.starts_at, body.series, key=key)
    return {"id": made}


@write("/offers/<int:offer_id>/answer", body=OfferAnswer, permission=SIGNED_IN)
def answer_offer(offer_id: int, body: OfferAnswer, key: str) -> dict[str, Any]:
    """The helper's yes or no."""
    return {"id": offers.answer_offer(actor(), offer_id, body.accept, body.note, key=key)}


@write("/offers/<int:offer_id>/withdrawal", permission="matching.offer")
def withdraw_offer(offer_id: int, key: str) -> dict[str, Any]:
    """The helper is not needed any more."""
    return {"id": offers.withdraw_offer(actor(), offer_id, key=key)}


@write(f"{ONE}/check-in", body=CheckIn, permission=SIGNED_IN)
def check_in(visit_id: int, body: CheckIn, key: str) -> dict[str, Any]:
    """The helper is there."""
    return {"id": service.check_in(actor(), visit_id, body.how, body.code, body.at, key=key)}


@write(f"{ONE}/check-out", body=CheckOut, permission=SIGNED_IN)
def check_out(visit_id: int, body: CheckOut, key: str) -> dict[str, Any]:
    """The helper leaves; the recipient is asked to confirm."""
    return {"id": service.check_out(actor(), visit_id, body.break_minutes, body.at, body.note, key=key)}


@write(f"{ONE}/confirmation", body=Confirmed, permission=SIGNED_IN)
def confirm(visit_id: int, body: Confirmed, key: str) -> dict[str, Any]:
    """The recipient says that it was so; the hours are credited at once."""
    given = {"pin": body.pin, "signature": body.signature}
    return {"id": service.confirm(actor(), visit_id, body.how, body.rating, body.note, **given, key=key)}


@write(f"{ONE}/rating", body=Rating, permission=SIGNED_IN)
def rate(visit_id: int, body: Rating, key: str) -> dict[str, Any]:
    """The recipient's stars and words."""
    return {"id": service.rate(actor(), visit_id, body.rating, body.note, key=key)}


@write(f"{ONE}/dispute", body=Objection, permission=SIGNED_IN)
def dispute(visit_id: int, body: Objection, key: str) -> dict[str, Any]:
    """Helper or recipient says that it was otherwise."""
    return {"id": service.dispute(actor(), visit_id, body.reason, key=key)}


@write(f"{ONE}/settlement", body=Settled, permission="disputes.settle")
def settle_dispute(visit_id: int, body: Settled, key: str) -> dict[str, Any]:
    """The coordinator decides how many minutes were worked."""
    return {"id": service.settle_dispute(actor(), visit_id, body.minutes, body.reason, key=key)}


@write(f"{ONE}/cancellation", body=CalledOff, permission=SIGNED_IN)
def cancel_visit(visit_id: int, body: CalledOff, key: str) -> dict[str, Any]:
    """Calls one visit off, or those of all helpers who would come together."""
    return {"id": requests.cancel_visit(actor(), visit_id, body.reason, body.whole_occasion, key=key)}


@write(f"{ONE}/move", body=Moved, permission="visits.write")
def move_visit(visit_id: int, body: Moved, key: str) -> dict[str, Any]:
    """Another start for a planned visit."""
    return {"id": offers.move_visit(actor(), visit_id, body.starts_at, body.reason, body.told, key=key)}


@write(f"{ONE}/release", body=Reason, permission=SIGNED_IN)
def free_helper(visit_id: int, body: Reason, key: str) -> dict[str, Any]:
    """The planned helper cannot come; the visit is open again."""
    return {"id": offers.free_helper(actor(), visit_id, body.reason, key=key)}


@write(f"{ONE}/no-show", body=NoShow, permission=SIGNED_IN)
def mark_no_show(visit_id: int, body: NoShow, key: str) -> dict[str, Any]:
    """Somebody was not there."""
    return {"id": service.mark_no_show(actor(), visit_id, body.who, body.note, key=key)}


@write(f"{ONE}/extra", permission="visits.confirm")
def allow_extra(visit_id: int, key: str) -> dict[str, Any]:
    """The visit may cost more than was on hold, if the payer has it."""
    return {"id": service.allow_extra(actor(), visit_id, key=key)}


@write(f"{ONE}/code/unlocking", permission="visits.write")
def unlock_code(visit_id: int, key: str) -> dict[str, Any]:
    """The code of the recipient's card may be tried again after too many wrong ones."""
    return {"id": service.unlock_code(actor(), visit_id, key=key)}
