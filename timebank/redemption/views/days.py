"""The end of the day: one counts, another signs; closed days; goods compared with hours."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from timebank.access import queries as access
from timebank.access.service import sign_in
from timebank.core import clock
from timebank.core.errors import Refused
from timebank.core.web import actor, commanded, permit, press, pressed_key, submit
from timebank.redemption import service, words
from timebank.redemption.forms_day import SignForm, day_end_form
from timebank.redemption.queries import day_end as queries
from timebank.redemption.queries import reckoning
from timebank.redemption.queries.desks import DeskInfo, desk_for
from timebank.redemption.views.blueprint import bp


@bp.route("/desk/<int:desk_id>/day-end", methods=["GET", "POST"], endpoint="day_end")
@permit("desk.serve")
def count_day(desk_id: int) -> BaseResponse:
    """The first clerk counts; when it is counted the second one signs (`?again=1` counts anew)."""
    desk = desk_for(actor(), desk_id, "desk.serve")
    closed = queries.closing_of(desk.id, clock.today())
    if closed is not None:
        return redirect(url_for("redemption.day_sheet", closing_id=closed))
    counted = queries.count_of(desk.id, clock.today())
    if counted is not None and request.method == "GET" and not request.args.get("again"):
        return _signing(desk, SignForm(formdata=None))
    books = queries.expected(desk, clock.today())
    form = day_end_form(books.articles)
    return submit(
        form,
        commanded(form, service.record_day_end, desk.id),
        done=url_for("redemption.day_end", desk_id=desk.id),
        said=_("Counted. Now a second clerk signs."),
        template="redemption/day_end.html",
        desk=desk,
        books=books,
        waiting=queries.waiting(desk),
    )


def _signing(desk: DeskInfo, form: SignForm) -> BaseResponse:
    """What was counted beside what should be there, for the second clerk."""
    counted = queries.count_of(desk.id, clock.today())
    return submit(
        form,
        lambda: _sign_for(form, desk.id),
        done=lambda closing_id: url_for("redemption.day_sheet", closing_id=closing_id),
        said=_("The day is closed."),
        template="redemption/day_sign.html",
        desk=desk,
        counted=counted,
        own=counted is not None and counted.clerk_id == actor().account_id,
    )


def _sign_for(form: SignForm, desk_id: int) -> int:
    """Signs as the colleague whose name and password were typed; the session stays that of the first clerk."""
    found = sign_in(form["name"].data, form.password.data, request.remote_addr or "")
    second = access.actor_of(found.id)
    if second is None or not second.has("desk.serve"):
        raise Refused("day_end_no_clerk", field="name")
    return service.sign_day_end(second, desk_id, key=form.key.data)


@bp.post("/desk/<int:desk_id>/day-end/sign")
@permit("desk.serve")
def sign_here(desk_id: int) -> BaseResponse:
    """The colleague signs at the first clerk's screen."""
    desk = desk_for(actor(), desk_id, "desk.serve")
    if queries.count_of(desk.id, clock.today()) is None:
        return redirect(url_for("redemption.day_end", desk_id=desk.id), 303)
    return _signing(desk, SignForm())


@bp.post("/desk/<int:desk_id>/day-end/close")
@permit("desk.serve")
def close_day(desk_id: int) -> BaseResponse:
    """Whoever is signed in, and did not count, signs."""
    desk = desk_for(actor(), desk_id, "desk.serve")
    return press(
        lambda: service.sign_day_end(actor(), desk.id, key=pressed_key()),
        done=lambda closing_id: url_for("redemption.day_sheet", closing_id=closing_id),
        said=_("The day is closed."),
    )


@bp.get("/desk/<int:desk_id>/day-ends")
@permit("redemptions.read")
def day_ends(desk_id: int) -> str:
    """The closed days of a desk."""
    desk = desk_for(actor(), desk_id, "redemptions.read")
    return render_template("redemption/day_ends.html", desk=desk, sheets=queries.sheets(desk))


@bp.get("/day-ends/<int:closing_id>")
@permit("redemptions.read")
def day_sheet(closing_id: int) -> str:
    """A closed day, to print and sign on paper too."""
    return render_template("redemption/day_sheet.html", sheet=queries.sheet(actor(), closing_id), words=words)


@bp.get("/stock/reckonings")
@permit("redemptions.read")
def reckonings() -> str:
    """Goods and hours, compared every night."""
    return render_template("redemption/reckonings.html", rows=reckoning.rows(actor()), words=words)
