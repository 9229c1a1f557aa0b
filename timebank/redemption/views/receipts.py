"""Receipts: one to print, lists, returns, the second clerk."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import segno
from flask import Response, current_app, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.errors import NotFound
from timebank.core.web import actor, download, permit, press, pressed_key, signed_in, submit
from timebank.ledger.queries.proofs import provable
from timebank.ledger.queries.sealed import places
from timebank.people import queries as people
from timebank.redemption import files, service, words
from timebank.redemption.forms import ReasonForm, return_form
from timebank.redemption.queries import checks, day, receipts
from timebank.redemption.queries.desks import desk_for
from timebank.redemption.rules.returns import permission_for
from timebank.redemption.views.blueprint import bp

PAPERS = ("a5", "80mm")


@bp.get("/redemptions/<int:redemption_id>")
@signed_in
def receipt(redemption_id: int) -> str:
    """The receipt for the member, the desk and whoever may read redemptions; prints on A5 and on 80 mm, also large."""
    found = receipts.receipt(actor(), redemption_id)
    url = current_app.config["TIMEBANK_BASE_URL"].rstrip("/") + url_for(
        "redemption.check_receipt", code=checks.code_of(redemption_id, found.row.receipt_no), _external=False
    )
    who = actor()
    paper, large = request.args.get("paper", ""), request.args.get("print") == "large"
    return render_template(
        "redemption/receipt.html",
        found=found,
        words=words,
        qr=_qr(url),
        link=url,
        paper=paper if paper in PAPERS else "a5",
        large=large,
        **_copies(found),
        serves=who.may("desk.serve", found.territory_code),
        may_return=_may_return(found),
        **_proofs(found),
        may_approve=_may_approve(who, found),
    )


def _may_approve(who: Actor, found: receipts.Receipt) -> bool:
    own = people.resolve(found.row.person_id) == who.person_id
    return who.may("desk.serve", found.territory_code) and found.clerk_id != who.account_id and not own


def _copies(found: receipts.Receipt) -> dict[str, Any]:
    """Who may be handed a copy (guardians, agents by consent), and for whom this print is one."""
    copies = people.copies_for([found.row.person_id]).get(found.row.person_id, [])
    asked = request.args.get("copy", "")
    return {"copies": copies, "copy": next((one for one in copies if str(one.agent_person_id) == asked), None)}


def _proofs(found: receipts.Receipt) -> dict[str, Any]:
    """The seals over the postings of a receipt, and whether the reader may open the proofs."""
    tenant = int(found.territory_code[:4])
    ids = [uuid.UUID(posting) for posting in found.postings]
    sealed = places(tenant, ids)
    return {
        "tenant": tenant,
        "proofs": [(one, sealed.get(one)) for one in ids],
        "may_prove": bool(sealed) and _may_prove(tenant, ids[0]),
    }


def _may_prove(tenant: int, transfer_id: uuid.UUID) -> bool:
    try:
        provable(actor(), tenant, transfer_id)
    except NotFound:
        return False
    return True


def _qr(text: str) -> Markup:
    """A QR code as SVG without inline styles (segno draws only rectangles from a matrix, so it is safe)."""
    return Markup(segno.make(text, error="m").svg_inline(scale=3, omitsize=False))  # noqa: S704 - drawn by us


def _may_return(found: receipts.Receipt) -> bool:
    if found.row.state.value not in ("done", "partly_returned"):
        return False
    needed = permission_for(clock.civil(found.row.created_at).date(), clock.today())
    return any(actor().may(permission, found.territory_code) for permission in (needed, "desk.returns"))


def _filter() -> receipts.Filter:
    given = request.args
    return receipts.Filter(
        text=given.get("q", ""),
        state=given.get("state", ""),
        desk_id=given.get("desk", type=int),
        first_day=_day(given.get("since")),
        last_day=_day(given.get("until")),
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@bp.get("/redemptions")
@permit("redemptions.read")
def redemptions() -> str:
    """The receipts of the actor's area, newest first."""
    wanted = _filter()
    return render_template(
        "redemption/redemptions.html",
        page=receipts.redemptions(actor(), wanted, request.args.get("after")),
        wanted=wanted,
        words=words,
    )


@bp.get("/people/<int:person_id>/redemptions")
@permit("redemptions.read")
def person(person_id: int) -> str:
    """The receipts of one member, as far as the actor may read them."""
    wanted = receipts.Filter(person_ids=people.ids_of(people.resolve(person_id)))
    page = receipts.redemptions(actor(), wanted, request.args.get("after"))
    return render_template("redemption/redemptions.html", page=page, wanted=wanted, words=words)


@bp.get("/redemptions.csv")
@permit("redemptions.read")
def redemptions_csv() -> Response:
    """The same as a file: a line for each article."""
    content = files.redemptions_file(receipts.export_rows(actor(), _filter()))
    return download(content, f"redemptions-{clock.today()}.csv")


@bp.route("/redemptions/<int:redemption_id>/return", methods=["GET", "POST"])
@permit("desk.serve")
def take_back(redemption_id: int) -> BaseResponse:
    """Goods come back, all or some."""
    return _take_back(redemption_id)


@bp.route("/redemptions/<int:redemption_id>/return-later", methods=["GET", "POST"])
@permit("desk.returns")
def take_back_later(redemption_id: int) -> BaseResponse:
    """The same for those who take goods back after the day."""
    return _take_back(redemption_id)


def _take_back(redemption_id: int) -> BaseResponse:
    found = receipts.receipt(actor(), redemption_id)
    form = return_form(found.lines)
    return submit(
        form,
        lambda: service.take_back(actor(), form.command(redemption_id), key=form.key.data),
        done=url_for("redemption.receipt", redemption_id=redemption_id),
        said=_("The goods are taken back and the hours are on the account again."),
        template="redemption/return.html",
        found=found,
    )


@bp.post("/redemptions/<int:redemption_id>/approve")
@permit("desk.serve")
def approve(redemption_id: int) -> BaseResponse:
    """The second clerk confirms."""
    return press(
        lambda: service.approve_redemption(actor(), redemption_id, key=pressed_key()),
        done=url_for("redemption.receipt", redemption_id=redemption_id),
        said=_("Confirmed. The goods may be handed out."),
    )


@bp.route("/redemptions/<int:redemption_id>/cancel", methods=["GET", "POST"])
@permit("desk.serve")
def cancel(redemption_id: int) -> BaseResponse:
    """A basket that waits is given up."""
    found = receipts.receipt(actor(), redemption_id)
    form = ReasonForm()
    return submit(
        form,
        lambda: service.cancel_redemption(actor(), redemption_id, form.reason.data or "", key=form.key.data),
        done=url_for("redemption.receipt", redemption_id=redemption_id),
        said=_("Cancelled. Hours and goods are free again."),
        template="redemption/cancel.html",
        found=found,
    )


@bp.get("/desk/<int:desk_id>/day")
@permit("redemptions.read")
def desk_day(desk_id: int) -> str:
    """What a desk handed out in a day or between two days."""
    desk = desk_for(actor(), desk_id, "redemptions.read")
    first = _day(request.args.get("since")) or clock.today()
    last = max(first, _day(request.args.get("until")) or first)
    return render_template("redemption/day.html", desk=desk, found=day.desk_day(desk, first, last), words=words)
