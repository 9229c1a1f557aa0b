"""Alarms about visits that nobody has begun: who has to look, and what had happened."""

from __future__ import annotations

from flask import make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.core import clock
from timebank.core.web import actor, commanded, permit, signed_in, submit
from timebank.exchange import words_alarms as words
from timebank.exchange.forms.alarms import CloseAlarmForm
from timebank.exchange.queries import alarms as queries
from timebank.exchange.service import alarms
from timebank.exchange.views import bp


@bp.route("/alarms")
@permit("alarms.read")
def alarm_list() -> str:
    """Open alarms of one's territories, the longest missed first; and those that were closed."""
    state = request.args.get("state", "")
    state = state if state in queries.STATES else "open"
    page = queries.alarms(actor(), state, after=request.args.get("after"))
    shown = {"page": page, "state": state, "counts": queries.counts(actor()), "now": clock.now()}
    return render_template("exchange/alarms/index.html", words=words, **shown)


@bp.route("/alarms/<int:alarm_id>", methods=["GET", "POST"])
@signed_in
def alarm_page(alarm_id: int) -> Response:
    """One alarm, and the word that closes it: for one's territories, and for whoever was asked by name."""
    return _alarm(alarm_id)


@bp.post("/alarms/<int:alarm_id>/phones")
@signed_in
def alarm_phones(alarm_id: int) -> Response:
    """The same with the telephone numbers; the look is written down."""
    phones = alarms.show_phones(actor(), alarm_id)
    form = CloseAlarmForm(formdata=None)
    found = queries.alarm(actor(), alarm_id)
    page = render_template("exchange/alarms/alarm.html", form=form, found=found, words=words, phones=phones)
    return make_response(page)


def _alarm(alarm_id: int) -> Response:
    form = CloseAlarmForm()
    return submit(
        form,
        commanded(form, alarms.close_alarm, alarm_id),
        done=url_for("exchange.alarm_page", alarm_id=alarm_id),
        said=_("Closed. It stands in the history of the visit."),
        template="exchange/alarms/alarm.html",
        found=queries.alarm(actor(), alarm_id),
        words=words,
        phones=None,
    )
