"""Requests for staff: list, file, new, one with its visits, decisions."""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from timebank.core import clock
from timebank.core.errors import NotFound, Refused
from timebank.core.units import minutes_text
from timebank.core.web import actor, commanded, download, permit, press, pressed_key, reasoned, submit
from timebank.exchange import files
from timebank.exchange import words_visits as words
from timebank.exchange.forms.requests import ApproveForm, OfferForm, ReasonForm, StaffRequestForm, day_or_none, options
from timebank.exchange.queries import requests as queries
from timebank.exchange.queries import schemes
from timebank.exchange.queries import visits as visit_queries
from timebank.exchange.queries.posters import MOST_PLACES
from timebank.exchange.queries.requests import FundingChoice, RequestFilter
from timebank.exchange.service import offers, requests
from timebank.exchange.views import bp
from timebank.people import queries as people
from timebank.territory import queries as territory
from timebank.territory.rules import DIGITS, Level


def chosen_filter() -> RequestFilter:
    """The filter in the address."""
    args = request.args
    return RequestFilter(
        text=args.get("q", ""),
        state=args.get("state", ""),
        service=args.get("service", ""),
        territory=args.get("territory", ""),
        urgent=args.get("urgent") == "1",
        day=day_or_none(args.get("day")),
    )


def places_of(permission: str) -> dict[str, str]:
    """Streets and communities a list may be narrowed to, by code; only the streets where there are many."""
    scopes = [scope for scope in actor().scopes(permission) if scope]
    codes = {place.code for scope in scopes for place in territory.communities_below(scope)}
    streets = {code[: DIGITS[Level.STREET]] for code in codes}
    offered = streets | codes if len(codes) <= MOST_PLACES else streets
    return dict(sorted(territory.local_names(offered, scopes).items()))


def funding_choices(choices: list[FundingChoice]) -> list[tuple[str, str]]:
    """Payers with what each has left, for a form."""
    found = []
    for choice in choices:
        name = str(words.FUNDINGS[choice.funding])
        if choice.available is not None:
            name = _("%(who)s – available: %(minutes)s", who=name, minutes=minutes_text(choice.available))
        found.append((choice.funding.value, name))
    return found


def service_choices() -> list[tuple[str, str]]:
    """The catalogue for a form."""
    return [(service.code, service.name) for service in schemes.service_types()]


@bp.route("/requests")
@permit("requests.read")
def request_list() -> str:
    chosen = chosen_filter()
    page = queries.requests(actor(), chosen, after=request.args.get("after"))
    return render_template(
        "exchange/requests/index.html",
        page=page,
        chosen=chosen,
        words=words,
        services=service_choices(),
        places=places_of("requests.read"),
    )


@bp.route("/requests.csv")
@permit("requests.read")
def request_file() -> Response:
    content = files.requests_file(queries.all_requests(actor(), chosen_filter()))
    return download(content, f"requests-{clock.today()}.csv")


@bp.route("/requests/new")
@permit("requests.write")
def find_recipient() -> str:
    text = request.args.get("q", "")
    found = people.search(actor(), text, permission="requests.write") if text.strip() else []
    return render_template("exchange/requests/find.html", text=text, found=found)


@bp.route("/requests/new/<int:person_id>", methods=["GET", "POST"])
@permit("requests.write")
def new_request(person_id: int) -> BaseResponse:
    person = people.brief(people.resolve(person_id))
    if person is None or not actor().may("requests.write", person.territory_code):
        raise NotFound("no_such_person")
    form = StaffRequestForm()
    form.service_code.choices = options(service_choices())
    payers = queries.funding_choices(person.id, person.territory_code, staff=True)
    form.funding.choices = options(funding_choices(payers))
    if request.method == "GET":
        form.funding.data = "own"
    return submit(
        form,
        commanded(form, requests.submit_request, person.id),
        done=lambda request_id: url_for("exchange.request_page", request_id=request_id),
        said=_("The request is written down. Approve it to put the hours on hold and to look for a helper."),
        template="exchange/requests/new.html",
        person=person,
        place=territory.path_name(person.territory_code),
    )


@bp.route("/requests/<int:request_id>")
@permit("requests.read")
def request_page(request_id: int) -> str:
    return render_template("exchange/requests/request.html", **_context(request_id))


def _context(request_id: int) -> dict[str, object]:
    found = queries.request(actor(), request_id)
    visits = visit_queries.of_request(request_id)
    looking = visit_queries.open_visits_of(request_id)
    line = found.line
    return {
        "found": found,
        "line": line,
        "visits": visits,
        "first_open": looking[0] if looking else None,
        "offers": visit_queries.offers_of([visit.id for visit in visits]),
        "balances": queries.funding_choices(line.recipient_id, line.territory_code, staff=True),
        "words": words,
        "may_approve": actor().may("requests.approve", line.territory_code),
        "may_write": actor().may("requests.write", line.territory_code),
    }


@bp.route("/requests/<int:request_id>/approve", methods=["GET", "POST"])
@permit("requests.approve")
def approve_request(request_id: int) -> BaseResponse:
    found = queries.request(actor(), request_id)
    form = ApproveForm()
    line = found.line
    payers = queries.funding_choices(line.recipient_id, line.territory_code, staff=True)
    form.funding.choices = options(funding_choices(payers))
    if request.method == "GET":
        form.funding.data = line.funding.value
    return submit(
        form,
        lambda: requests.approve_request(actor(), request_id, form.funding.data, key=form.key.data),
        done=url_for("exchange.request_page", request_id=request_id),
        said=_("Approved. The hours are on hold; choose a helper below."),
        template="exchange/requests/approve.html",
        found=found,
        line=line,
        words=words,
    )


@bp.route("/requests/<int:request_id>/refuse", methods=["GET", "POST"])
@permit("requests.approve")
def refuse_request(request_id: int) -> BaseResponse:
    found = queries.request(actor(), request_id)
    form = ReasonForm()
    return submit(
        form,
        reasoned(form, requests.refuse_request, request_id),
        done=url_for("exchange.request_page", request_id=request_id),
        said=_("Refused. The recipient will read the reason."),
        template="exchange/requests/reason.html",
        heading=_("Refuse the request of %(name)s", name=found.line.recipient),
        back=url_for("exchange.request_page", request_id=request_id),
        words_send=_("Refuse"),
    )


@bp.route("/requests/<int:request_id>/cancel", methods=["GET", "POST"])
@permit("requests.write")
def cancel_request(request_id: int) -> BaseResponse:
    found = queries.request(actor(), request_id)
    form = ReasonForm()
    return submit(
        form,
        reasoned(form, requests.cancel_request, request_id),
        done=url_for("exchange.request_page", request_id=request_id),
        said=_("Cancelled. The hours are free again."),
        template="exchange/requests/reason.html",
        heading=_("Cancel the request of %(name)s with all its visits", name=found.line.recipient),
        back=url_for("exchange.request_page", request_id=request_id),
        words_send=_("Cancel all visits"),
    )


@bp.route("/requests/<int:request_id>/end-regular-helper", methods=["POST"])
@permit("visits.write")
def end_regular_helper(request_id: int) -> BaseResponse:
    return press(
        lambda: offers.end_regular_helper(actor(), request_id, key=pressed_key()),
        done=url_for("exchange.request_page", request_id=request_id),
        said=_("New visits of this request will look for a helper again."),
    )


@bp.route("/visits/<int:visit_id>/offer", methods=["POST"])
@permit("matching.offer")
def offer_visit(visit_id: int) -> BaseResponse:
    """Asks a helper for a visit: volunteer_id, starts_at (ISO; without zone: Nanjing's clock), series=1 for all."""
    form = OfferForm()
    line = visit_queries.visit(actor(), visit_id).line
    back = (
        url_for("exchange.request_page", request_id=line.request_id)
        if line.request_id
        else url_for("exchange.visit_page", visit_id=visit_id)
    )
    return press(lambda: _offer(form, visit_id), done=back, said=_("The helper was asked."))


def _offer(form: OfferForm, visit_id: int) -> int:
    moment = form.moment()
    if moment is None or form.volunteer_id.data is None:
        raise Refused("unknown_way")
    series = form.series.data == "1"
    return offers.offer_visit(actor(), visit_id, form.volunteer_id.data, moment, series, key=pressed_key())


@bp.route("/offers/<int:offer_id>/answer", methods=["POST"])
@permit("matching.offer")
def answer_for_helper(offer_id: int) -> BaseResponse:
    """The coordinator has the helper on the phone."""
    accept = request.form.get("accept") == "1"
    return press(
        lambda: offers.answer_offer(actor(), offer_id, accept, _("on the phone"), key=pressed_key()),
        done=lambda visit_id: url_for("exchange.visit_page", visit_id=visit_id),
        said=_("The visit is planned; both sides were told.") if accept else _("Noted. The visit looks for a helper."),
    )


@bp.route("/offers/<int:offer_id>/withdraw", methods=["POST"])
@permit("matching.offer")
def withdraw_offer(offer_id: int) -> BaseResponse:
    return press(
        lambda: offers.withdraw_offer(actor(), offer_id, key=pressed_key()),
        done=lambda visit_id: url_for("exchange.visit_page", visit_id=visit_id),
        said=_("The offer was taken back."),
    )
