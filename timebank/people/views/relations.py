"""Who lives with a person, who acts for them, what they agreed to."""

from __future__ import annotations

from flask import make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.core.web import actor, permit, press, pressed_key, submit
from timebank.people import queries, service
from timebank.people.forms.person import options
from timebank.people.forms.relations import AgentForm, ConsentForm, HouseholdForm
from timebank.people.queries import profile
from timebank.people.views.base import bp, found


def _page(person_id: int) -> str:
    return url_for("people.person", person_id=person_id)


def _choose(person: profile.PersonDetail, title: str, endpoint: str) -> Response:
    """First step: which other person?"""
    text = request.args.get("q", "").strip()
    hits = found(text, except_id=person.id)
    return make_response(
        render_template("people/choose.html", person=person, words=title, endpoint=endpoint, text=text, hits=hits)
    )


@bp.route("/people/<int:person_id>/household", methods=["GET", "POST"])
@permit("people.write")
def household(person_id: int) -> Response:
    """The person moves in with somebody."""
    person = profile.detail(actor(), person_id)
    other_id = request.args.get("other", type=int)
    if other_id is None:
        return _choose(person, _("With whom does %(name)s live?", name=person.name), "people.household")
    other = profile.detail(actor(), other_id)
    form = HouseholdForm()
    return submit(
        form,
        lambda: service.set_household(actor(), person_id, form.command(other.id), key=form.key.data),
        done=_page(person_id),
        said=_("Saved."),
        template="people/household.html",
        person=person,
        other=other,
    )


@bp.post("/people/<int:person_id>/household/leave")
@permit("people.write")
def leave_household(person_id: int) -> Response:
    """The person moves out."""
    return press(
        lambda: service.leave_household(actor(), person_id, key=pressed_key()), done=_page(person_id), said=_("Saved.")
    )


@bp.route("/people/<int:person_id>/agents/new", methods=["GET", "POST"])
@permit("people.write")
def new_agent(person_id: int) -> Response:
    """Somebody may act for the person."""
    person = profile.detail(actor(), person_id)
    other_id = request.args.get("other", type=int)
    if other_id is None:
        return _choose(person, _("Who may act for %(name)s?", name=person.name), "people.new_agent")
    other = profile.detail(actor(), other_id)
    form = AgentForm(kind="guardian" if person.is_child else "agent")
    return submit(
        form,
        lambda: service.add_agent(actor(), form.command(person_id, other.id), key=form.key.data),
        done=_page(person_id),
        said=_("Saved."),
        template="people/agent.html",
        person=person,
        other=other,
    )


@bp.post("/people/<int:person_id>/agents/<int:agent_id>/end")
@permit("people.write")
def end_agent(person_id: int, agent_id: int) -> Response:
    """The guardian or agent acts no longer."""
    return press(
        lambda: service.end_agent(actor(), agent_id, key=pressed_key()), done=_page(person_id), said=_("Saved.")
    )


@bp.route("/people/<int:person_id>/consents/new", methods=["GET", "POST"])
@permit("people.write")
def new_consent(person_id: int) -> Response:
    """Writes down a consent."""
    person = profile.detail(actor(), person_id)
    form = ConsentForm()
    givers = [(str(agent.agent_person_id), agent.name) for agent in queries.agents_of(person_id)]
    form.given_by.choices = options([(str(person_id), person.name), *givers])
    return submit(
        form,
        lambda: service.give_consent(actor(), form.command(person_id), key=form.key.data),
        done=_page(person_id),
        said=_("Saved."),
        template="people/consent.html",
        person=person,
    )


@bp.post("/people/<int:person_id>/consents/<int:consent_id>/withdraw")
@permit("people.write")
def withdraw_consent(person_id: int, consent_id: int) -> Response:
    """The consent is taken back."""
    return press(
        lambda: service.withdraw_consent(actor(), consent_id, key=pressed_key()),
        done=_page(person_id),
        said=_("Withdrawn."),
    )
