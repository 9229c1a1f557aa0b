"""Somebody must come now: a call is taken down in one form, and its page says who was asked and who comes."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields.choices import SelectChoice

from timebank.core.errors import Refused
from timebank.core.web import LARGEST_ID, actor, partial, permit, submit
from timebank.exchange.queries import schemes
from timebank.exchange.words_visits import OFFER_STATES
from timebank.matching.background import work_soon
from timebank.matching.forms_emergencies import EmergencyForm
from timebank.matching.queries import emergencies as queries
from timebank.matching.service.emergencies import call_somebody, payer_for
from timebank.matching.views import bp
from timebank.people import queries as people

CALL = "requests.approve"
EMERGENCY = "emergency"  # the kind of help that stands in the form at first, where the scheme has it


@bp.route("/emergencies/new", methods=["GET", "POST"])
@permit(CALL)
def new_emergency() -> BaseResponse:
    """Who needs somebody and what for; `person` of the address is filled in."""
    form = EmergencyForm()
    form.service_code.choices = [SelectChoice(one.code, one.name) for one in schemes.service_types()]
    if request.method == "GET":
        form.service_code.data = request.args.get("service", EMERGENCY)
        known = _known(request.args.get("person", ""))
        if known is not None:
            form.person.data = known.member_no
            _preset(form, known)
    return submit(
        form,
        lambda: _call(form),
        done=_started,
        template="matching/emergencies/new.html",
        recent=queries.of_today(actor()),
    )


def _started(emergency_id: int) -> str:
    work_soon()
    return url_for("matching.emergency", emergency_id=emergency_id)


def _known(text: str) -> people.PersonBrief | None:
    """The person in the address, where one may see them."""
    brief = people.brief(int(text)) if text.isdecimal() and int(text) <= LARGEST_ID else None
    return brief if brief is not None and actor().may(CALL, brief.territory_code) else None


def _preset(form: EmergencyForm, person: people.PersonBrief) -> None:
    """Whose hours can pay for this person: a call must not fail because theirs are used up."""
    if form.service_code.data in {code for code, *_rest in form.service_code.choices}:
        form.choose_payer(*payer_for(person, form.service_code.data, form.minutes.data or 0))


def _call(form: EmergencyForm) -> int:
    """Takes the call down.  Where the chosen hours do not suffice, the form comes back with those that do."""
    person_id = _meant(form.person.data or "")
    try:
        return call_somebody(actor(), form.command(person_id), key=form.key.data)
    except Refused as refusal:
        person = people.brief(person_id)
        if refusal.code == "not_enough_hours" and person is not None:
            _preset(form, person)
        raise


def _meant(text: str) -> int:
    """The one person the typed words mean.  Raises `Refused`: nobody_meant, several_meant."""
    hits = people.search(actor(), text, permission="requests.write", limit=6)
    exact = [hit for hit in hits if hit.name == text.strip()]
    found = exact if len(exact) == 1 else hits
    if not found:
        raise Refused("nobody_meant", field="person")
    if len(found) > 1:
        names = _(", ").join(f"{hit.name} {hit.member_no}" for hit in found)
        raise Refused("several_meant", field="person", people=names)
    return found[0].id


@bp.route("/emergencies/<int:emergency_id>")
@permit(queries.READ)
def emergency(emergency_id: int) -> str:
    """Who was asked, what they said, who comes."""
    found = queries.emergency(actor(), emergency_id)
    return render_template("matching/emergencies/emergency.html", found=found, states=OFFER_STATES)


@bp.route("/emergencies/<int:emergency_id>/state")
@permit(queries.READ)
def emergency_state(emergency_id: int) -> BaseResponse:
    """The part of the page that changes while answers are awaited."""
    found = queries.emergency(actor(), emergency_id)
    if not partial():
        return redirect(url_for("matching.emergency", emergency_id=emergency_id), 303)
    return make_response(render_template("matching/emergencies/_state.html", found=found, states=OFFER_STATES))
