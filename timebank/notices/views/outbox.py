"""Pages of notices: one's own, and the outbox."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.core.web import actor, permit, press, pressed_key, signed_in
from timebank.notices import queries, service
from timebank.notices.views import bp


@bp.get("/my/notices")
@signed_in
def inbox() -> Response:
    """One's own notices, unread first."""
    person_id = actor().person_id or 0
    page = queries.inbox(person_id, request.args.get("after", ""))
    return make_response(render_template("notices/inbox.html", page=page, new=queries.unread(person_id)))


@bp.post("/my/notices/<int:notice_id>/open")
@signed_in
def open_notice(notice_id: int) -> Response:
    """Marks a notice as read and goes to the page it is about."""
    path = service.mark_read(actor(), notice_id)
    local = path.startswith("/") and not path.startswith("//")
    return redirect(path if local else url_for("notices.inbox"), 303)


@bp.post("/my/notices/read")
@signed_in
def read_all() -> Response:
    """Marks everything as read."""
    return press(lambda: service.mark_all_read(actor(), key=pressed_key()), done=url_for("notices.inbox"))


@bp.get("/notices")
@permit("notices.read")
def outbox() -> Response:
    """What was and will be sent to people of one's territory."""
    state = request.args.get("state", "")
    person_id = request.args.get("person", type=int)
    page = queries.outbox(actor(), state=state, person_id=person_id, after=request.args.get("after", ""))
    counts = queries.waiting_and_failed(actor())
    return make_response(render_template("notices/outbox.html", page=page, state=state, counts=counts))


@bp.post("/notices/<int:notice_id>/again")
@permit("notices.retry")
def send_again(notice_id: int) -> Response:
    """Tries a notice that failed once more."""
    return press(
        lambda: service.send_again(actor(), notice_id, key=pressed_key()),
        done=url_for("notices.outbox", state="failed"),
        said=_("The message is in the outbox again."),
    )
