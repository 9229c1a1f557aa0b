"""The desk without a line: a page that a tablet keeps, what was entered there, and what is left to do."""

from __future__ import annotations

from pathlib import Path

from flask import Response, current_app, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from timebank.core import clock
from timebank.core.errors import Refused
from timebank.core.texts import refusal_text
from timebank.core.web import actor, permit, press, pressed_key, reasoned, submit
from timebank.redemption import service, words
from timebank.redemption.forms import ReasonForm
from timebank.redemption.forms_offline import OfflineForm, offline_form
from timebank.redemption.queries import intentions as queries
from timebank.redemption.queries.desks import DeskInfo, desk_for
from timebank.redemption.queries.goods import shelf
from timebank.redemption.views.blueprint import bp


@bp.get("/desk/worker.js")
@permit("desk.serve")
def worker() -> Response:
    """The script that shows the kept page when there is no line; its address is its reach."""
    script = Path(str(current_app.static_folder)) / "js" / "desk-worker.js"
    return Response(script.read_bytes(), mimetype="text/javascript")


@bp.route("/desk/<int:desk_id>/offline", methods=["GET", "POST"])
@permit("desk.serve")
def offline(desk_id: int) -> BaseResponse:
    """Goods, prices and stock as of now, and a form that also works without a line (and without a script)."""
    desk = desk_for(actor(), desk_id, "desk.serve")
    goods = [one for one in shelf(desk) if one.article.active and one.article.price_minutes]
    form = offline_form(goods)
    if request.method == "POST" and request.accept_mimetypes.best == "application/json":
        return _sent(form, desk)
    return submit(
        form,
        lambda: service.record_intention(actor(), form.command(desk.id), key=form.key.data),
        done=url_for("redemption.intentions", desk_id=desk.id),
        said=_("Entered. Below stands whether it is done."),
        template="redemption/offline.html",
        desk=desk,
        goods=goods,
        as_of=clock.now(),
    )


def _sent(form: OfflineForm, desk: DeskInfo) -> BaseResponse:
    """The answer to the tablet: what became of the entry, in words."""
    if not form.validate():
        return make_response(jsonify(words=" ".join(text for _id, text in form.problems())), 422)
    try:
        number = service.record_intention(actor(), form.command(desk.id), key=form.key.data)
    except Refused as error:
        return make_response(jsonify(words=refusal_text(error)), error.status)
    found = queries.one(actor(), number)
    return jsonify(state=found.state, words=_came_of(found))


def _came_of(found: queries.IntentionRow) -> str:
    if found.receipt_state == "waiting":
        return str(_("Receipt %(number)s waits for a second clerk: hand nothing out yet", number=found.receipt_no))
    return str(_("Done: receipt %(number)s", number=found.receipt_no)) if found.receipt_no else found.reason


@bp.get("/desk/<int:desk_id>/intentions")
@permit("desk.serve")
def intentions(desk_id: int) -> str:
    """What was entered without a line: what waits with its reason, and what became of the rest."""
    desk = desk_for(actor(), desk_id, "desk.serve")
    return render_template("redemption/intentions.html", desk=desk, rows=queries.listed(desk), words=words)


@bp.post("/intentions/<int:intention_id>/retry")
@permit("desk.serve")
def retry_intention(intention_id: int) -> BaseResponse:
    """Once more by the rules of now."""
    found = queries.one(actor(), intention_id)
    return press(
        lambda: service.retry_intention(actor(), intention_id, key=pressed_key()),
        done=url_for("redemption.intentions", desk_id=found.desk_id),
        said=_("Tried again. Below stands what came of it."),
    )


@bp.post("/intentions/<int:intention_id>/basket")
@permit("desk.serve")
def take_up_intention(intention_id: int) -> BaseResponse:
    """Into the basket, to be confirmed with the member."""
    found = queries.one(actor(), intention_id)
    return press(
        lambda: service.take_up_intention(actor(), intention_id, key=pressed_key()),
        done=lambda person_id: url_for("redemption.member", desk_id=found.desk_id, person_id=person_id),
        said=_("The goods are in the basket. Now the member confirms."),
    )


@bp.route("/intentions/<int:intention_id>/drop", methods=["GET", "POST"])
@permit("desk.serve")
def drop_intention(intention_id: int) -> BaseResponse:
    """Given up, with the reason."""
    found = queries.one(actor(), intention_id)
    form = ReasonForm()
    return submit(
        form,
        reasoned(form, service.drop_intention, intention_id),
        done=url_for("redemption.intentions", desk_id=found.desk_id),
        said=_("Given up. Nothing was booked."),
        template="redemption/drop_intention.html",
        found=found,
    )
