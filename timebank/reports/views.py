"""First pages and reports."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from timebank.core.authority import Actor
from timebank.core.web import actor, download, permit, signed_in
from timebank.exchange.queries.today import visits_today
from timebank.exchange.words_visits import VISIT_BADGES
from timebank.ledger import queries as ledger
from timebank.reports import exports, words, words_first_steps
from timebank.reports.queries import first_page
from timebank.reports.queries import timebank as numbers
from timebank.reports.queries.asked import Asked, asked_for
from timebank.reports.queries.first_steps import first_steps
from timebank.reports.tasks import tasks
from timebank.territory import queries as territory

bp = Blueprint("reports", __name__)
ASK, HOURS, GOODS = (
    ("exchange.ask_for_help", _l("Ask for help")),
    ("ledger.my_hours", _l("My hours")),
    ("redemption.my_goods", _l("What can I get?")),
)
ENTRIES = {  # the big buttons of the portal: of those who help, and of those who do not
    True: (("exchange.my_visits", _l("My visits")), ("exchange.log_own_hours", _l("Log hours")), ASK, HOURS, GOODS),
    False: (ASK, ("exchange.my_volunteering", _l("Help others")), HOURS, GOODS),
}


@bp.route("/")
@signed_in
def today() -> str:
    who = actor()
    if not is_staff(who):
        return mine()
    return render_template(
        "reports/today.html",
        tasks=tasks(who),
        steps=first_steps(who),
        step_words=words_first_steps,
        books=ledger.off_balance() if who.has("ledger.audit") else None,
        visits=visits_today(who) if who.has("visits.write") else None,
        states=exports.visit_states(),
        styles=VISIT_BADGES,
        own=first_page.own(who),
        finds_people=who.has("people.read"),
    )


def is_staff(who: Actor) -> bool:
    """Holds a role with any right at all."""
    return any(grant.permissions for grant in who.grants)


@bp.route("/me")
@signed_in
def mine() -> str:
    who = actor()
    own = first_page.own(who)
    entries = ENTRIES[bool(own and own.helps)]
    choices = [(url_for(endpoint), text) for endpoint, text in entries if endpoint in current_app.view_functions]
    return render_template(
        "reports/mine.html",
        own=own,
        tasks=[] if is_staff(who) else tasks(who),
        choices=choices,
        next_step=words.next_step,
        styles=VISIT_BADGES,
        states=exports.visit_states(),
    )


@bp.route("/reports/time-bank")
@permit("reports.read")
def timebank() -> str:
    asked = _asked()
    return render_template(
        "reports/timebank.html",
        report=(report := numbers.timebank(actor(), asked)),
        sections=exports.sections(report),
        place=territory.path_name(asked.territory) if asked.territory else _("Your whole area"),
    )


@bp.route("/reports/time-bank.csv")
@permit("reports.read")
def timebank_csv() -> Response:
    report = numbers.timebank(actor(), _asked())
    return download(exports.timebank_file(report), exports.timebank_file_name(report))


def _asked() -> Asked:
    """The days and the place of the address; wrong ones become the last 90 days."""
    return asked_for(_day("since"), _day("until"), request.args.get("territory", ""))


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
