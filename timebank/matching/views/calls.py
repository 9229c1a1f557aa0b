"""One screen while the telephone is in the hand: who, what, when, and at once who could go."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields.choices import SelectChoice

from timebank.access import queries as access
from timebank.core import clock
from timebank.core.errors import Refused
from timebank.core.web import actor, partial, permit, press, pressed_key, submit
from timebank.exchange.forms.requests import options
from timebank.exchange.queries import requests as exchange_requests
from timebank.exchange.queries import schemes, visits
from timebank.exchange.queries.finding import one_person
from timebank.exchange.views.requests import service_choices
from timebank.exchange.words_visits import FUNDINGS, REQUEST_STATES
from timebank.matching import words
from timebank.matching.forms_calls import NOBODY, CallForm
from timebank.matching.queries import calls as queries
from timebank.matching.queries import suggestions
from timebank.matching.service import calls
from timebank.matching.views import bp
from timebank.people import queries as people
from timebank.people.queries import PersonHit
from timebank.people.service import LikelyPerson, likely_people
from timebank.people.views.base import communities

NOT_KEPT = {"csrf_token", "key", "park"}
LOOKING = {
    "autocomplete": "off",
    "hx-trigger": "input changed delay:250ms",
    "hx-target": "#call-people",
    "hx-swap": "outerHTML",
    "data-call": "",
}


@bp.route("/calls/new", methods=["GET", "POST"])
@permit("requests.approve")
def new_call() -> BaseResponse:
    """The form; with `draft` what was typed of a parked call, also before a session ended, is there again."""
    number = request.args.get("draft", type=int) if request.method == "GET" else None
    kept = queries.draft(actor(), number) if number else None
    form = _form(kept)
    likely = _offer(form)
    return submit(
        form,
        lambda: calls.take_call(actor(), form.call(_contact(form)), key=form.key.data),
        done=lambda request_id: url_for("matching.call_taken", request_id=request_id),
        said=_("Written down."),
        template="matching/calls/new.html",
        kept=kept,
        likely=likely,
        parked=[] if form.is_submitted() else queries.parked(actor(), besides=kept.id if kept else None),
    )


def _form(kept: queries.Draft | None) -> CallForm:
    """A form of its own for each call: what is typed into it is kept under its key."""
    if kept is not None:
        form = CallForm(MultiDict(kept.typed))
        form.key.data = kept.form_key
        return form
    form = CallForm()
    if not form.is_submitted():
        form.first_day.data, form.funding.data = clock.today(), "own"
        form.caller.data = request.args.get("caller", "")
    return form


def _offer(form: CallForm) -> list[LikelyPerson]:
    """Gives the form its choices: people found, those who may be the newcomer, places, services, payers."""
    form.service_code.choices = options(service_choices())
    form.funding.choices = options(FUNDINGS.items())
    form.new_territory.choices = options([("", _("Choose")), *communities("people.write")])
    found = _people(form.caller.data or "")
    likely = _likely(form)
    form.person.choices = _choices(found, likely)
    form.caller.render_kw = {**LOOKING, "hx-get": url_for("matching.call_people"), "autofocus": not form.is_submitted()}
    return likely


def _choices(found: list[PersonHit], likely: list[LikelyPerson]) -> list[SelectChoice]:
    """People to choose from, who was found first; the last one says that it is none of them."""
    named = {hit.id: _described(hit) for hit in found}
    for one in likely:
        if one.person_id:
            named.setdefault(
                one.person_id, " · ".join(part for part in (one.name, one.phone_masked, one.place) if part)
            )
    choices = [SelectChoice(str(person_id), text) for person_id, text in named.items()]
    return [*choices, SelectChoice(NOBODY, _("Nobody of these"))] if choices else []


def _people(text: str) -> list[PersonHit]:
    """Who may be meant: the holder of a scanned card, or everybody the text may mean."""
    holder = access.person_by_card(text.strip()) if text.strip() else None
    if holder:
        person = people.brief(holder)
        text = person.member_no if person else text
    return people.search(actor(), text, permission="requests.write", limit=8)


def _described(hit: PersonHit) -> str:
    age = hit.age(clock.today())
    parts = (hit.name, "" if age is None else str(age), hit.member_no, hit.phone_masked, hit.place, hit.address)
    return " · ".join(part for part in parts if part)


def _likely(form: CallForm) -> list[LikelyPerson]:
    """Who may be registered already; nothing as long as the form itself has something to say."""
    if not (form.is_submitted() and (form.new_name.data or "").strip() and form.new_territory.data):
        return []
    newcomer = form.newcomer()
    try:
        return likely_people(actor(), newcomer) if newcomer else []
    except (Refused, ValueError):
        return []


def _contact(form: CallForm) -> int | None:
    typed = (form.contact.data or "").strip()
    return one_person(actor(), typed, permission="requests.write", field="contact") if typed else None


@bp.route("/calls/people")
@permit("requests.approve")
def call_people() -> BaseResponse | str:
    """The people the typed text may mean, as choices of the form (asked for while one types)."""
    text = request.args.get("caller", "")
    if not partial():
        return redirect(url_for("matching.new_call", caller=text or None), 303)
    found = _people(text)
    form = CallForm(MultiDict({"person": str(found[0].id)}) if len(found) == 1 else None)
    form.person.choices = _choices(found, [])
    return render_template("matching/calls/_people.html", form=form, text=text)


@bp.route("/calls/draft", methods=["POST"])
@permit("requests.approve")
def keep_call() -> BaseResponse:
    """Keeps what has been typed so far; the page does not change, unless the telephone rings again (`park`)."""
    typed = {name: values for name, values in request.form.lists() if name not in NOT_KEPT}
    kept = calls.keep_draft(actor(), typed, pressed_key())
    if not request.form.get("park"):
        return Response(status=204)
    if kept:
        flash(_("Parked. Here is an empty page for the next call."), "done")
    else:
        flash(_("This call was written down already, or it is too long to be parked."), "wrong")
    return redirect(url_for("matching.new_call"), 303)


@bp.route("/calls/drafts/<int:draft_id>/drop", methods=["POST"])
@permit("requests.approve")
def drop_call(draft_id: int) -> BaseResponse:
    """The caller hung up: a parked call is erased."""
    return press(
        lambda: calls.drop_draft(actor(), draft_id, key=pressed_key()),
        done=url_for("matching.new_call"),
        said=_("Dropped."),
    )


@bp.route("/calls/<int:request_id>")
@permit("matching.read")
def call_taken(request_id: int) -> str:
    """What was written down, and who could go."""
    found = exchange_requests.request(actor(), request_id)
    looking = visits.open_visits_of(request_id)
    return render_template(
        "matching/calls/taken.html",
        line=found.line,
        request=found,
        helpers=suggestions(actor(), looking[0]) if looking else None,
        states=REQUEST_STATES,
        words=words,
        services={service.code: service.name for service in schemes.service_types(active_only=False)},
        may_offer=actor().may("matching.offer", found.line.territory_code),
        more=30,
    )
