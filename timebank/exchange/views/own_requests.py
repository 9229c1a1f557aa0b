"""The portal: asking for help, for oneself or for somebody one acts for, and calling it off."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.core.errors import NotFound
from timebank.core.units import minutes_text
from timebank.core.web import actor, commanded, reasoned, signed_in, submit
from timebank.exchange import words_visits as words
from timebank.exchange.forms.requests import ReasonForm, RequestForm, options
from timebank.exchange.queries import own as queries
from timebank.exchange.queries import requests as request_queries
from timebank.exchange.queries.requests import FundingChoice
from timebank.exchange.service import requests
from timebank.exchange.views import bp
from timebank.exchange.views.requests import service_choices
from timebank.people import queries as people


@bp.route("/my/requests/new", methods=["GET", "POST"])
@signed_in
def ask_for_help() -> Response:
    """ "I need help": for oneself, or for somebody one acts for."""
    wards = people.briefs(actor().wards)
    wanted = request.args.get("person", type=int) or actor().person_id or 0
    person = people.brief(people.resolve(wanted)) if actor().is_self(wanted) else None
    if person is None:
        raise NotFound("no_such_person")
    form = RequestForm()
    form.service_code.choices = options(service_choices())
    payers = request_queries.funding_choices(person.id, person.territory_code, staff=False)
    form.funding.choices = options(_payers(payers))
    if request.method == "GET":
        form.funding.data = "own"
    return submit(
        form,
        commanded(form, requests.submit_request, person.id),
        done=url_for("exchange.my_help"),
        said=_("Thank you. A coordinator will look at it and tell you who comes."),
        template="exchange/requests/ask.html",
        person=person,
        wards=wards,
    )


def _payers(choices: list[FundingChoice]) -> list[tuple[str, str]]:
    return [
        (
            choice.funding.value,
            _(
                "%(who)s – available: %(minutes)s",
                who=words.OWN_FUNDINGS[choice.funding],
                minutes=minutes_text(choice.available or 0),
            ),
        )
        for choice in choices
    ]


@bp.route("/my/requests/<int:request_id>")
@signed_in
def my_request(request_id: int) -> str:
    found = request_queries.own_request(actor(), request_id)
    visits_of = [visit for visit in queries.as_recipient(actor()).coming if visit.request_id == request_id]
    return render_template("exchange/requests/own.html", found=found, line=found.line, visits=visits_of, words=words)


@bp.route("/my/requests/<int:request_id>/cancel", methods=["GET", "POST"])
@signed_in
def cancel_own_request(request_id: int) -> Response:
    found = request_queries.own_request(actor(), request_id)
    form = ReasonForm()
    return submit(
        form,
        reasoned(form, requests.cancel_request, request_id),
        done=url_for("exchange.my_help"),
        said=_("Cancelled. Your hours are free again."),
        template="exchange/requests/own_cancel.html",
        found=found,
        line=found.line,
        words=words,
        back=url_for("exchange.my_request", request_id=request_id),
    )
