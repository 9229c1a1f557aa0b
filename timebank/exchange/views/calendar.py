"""Calendars: one's own, the staff's week, the sheet for the wall, the feed for a phone."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Response, abort, current_app, render_template, request, url_for
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from timebank.core import clock
from timebank.core.web import actor, permit, press, pressed_key, public, signed_in
from timebank.exchange import words_visits as words
from timebank.exchange.forms.requests import day_or_none
from timebank.exchange.queries import calendar as queries
from timebank.exchange.service import calendar as service
from timebank.exchange.views import bp
from timebank.exchange.views.requests import places_of


def _monday() -> date:
    return queries.monday_of(day_or_none(request.args.get("week")) or clock.today())


@bp.route("/my/calendar")
@signed_in
def my_calendar() -> str:
    monday = _monday()
    me = actor().person_id
    token = queries.feed_token(me) if me else None
    return render_template(
        "exchange/visits/my_calendar.html",
        days=queries.own_days(actor(), monday, language=get_locale().language),
        monday=monday,
        before=monday - timedelta(days=14),
        after=monday + timedelta(days=14),
        feed=_address(token) if token else None,
        words=words,
    )


def _address(token: str) -> str:
    return f"{current_app.config['TIMEBANK_BASE_URL'].rstrip('/')}{url_for('exchange.calendar_feed', token=token)}"


@bp.route("/my/calendar/feed", methods=["POST"])
@signed_in
def new_calendar_feed() -> BaseResponse:
    return press(
        lambda: service.new_feed(actor(), key=pressed_key()),
        done=url_for("exchange.my_calendar"),
        said=_("This is the address of your calendar. If you had one before, it no longer works."),
    )


@bp.route("/calendar/<token>.ics", endpoint="calendar_feed")
@public
def feed(token: str) -> Response:
    """What a phone's calendar reads: whoever knows the secret address sees planned visits, nothing else."""
    person_id = queries.person_of_feed(token)
    if person_id is None:
        abort(404)
    with force_locale(queries.reads(person_id)):
        body = queries.feed(person_id, words.feed_words())
    response = Response(body, mimetype="text/calendar")
    response.headers["Cache-Control"] = "private, max-age=900"
    return response


@bp.route("/calendar")
@permit("visits.read")
def staff_calendar() -> str:
    return render_template("exchange/visits/calendar.html", **_week())


@bp.route("/calendar/print")
@permit("visits.read")
def printed_week() -> str:
    return render_template("exchange/visits/week_sheet.html", **_week())


def _week() -> dict[str, object]:
    monday = _monday()
    place = request.args.get("territory", "")
    return {
        "days": queries.week(actor(), monday, place, language=get_locale().language),
        "monday": monday,
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "chosen_place": place,
        "places": places_of("visits.read"),
        "words": words,
    }
