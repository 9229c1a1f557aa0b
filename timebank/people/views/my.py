"""One's own data: seeing and correcting them, and who saw the sensitive ones."""

from __future__ import annotations

from dataclasses import asdict

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.core.web import actor, signed_in, submit
from timebank.people import queries, service
from timebank.people.forms.person import OwnDetailsForm
from timebank.people.queries import profile
from timebank.people.views.base import bp


@bp.route("/my/details", methods=["GET", "POST"])
@signed_in
def my_details() -> Response:
    """What is kept about me (or, with `for`, about somebody I act for)."""
    person_id = request.args.get("for", type=int) or actor().person_id
    if person_id is None:
        return redirect(url_for("access.my_account"))
    own = profile.own_details(actor(), queries.resolve(person_id))
    form = OwnDetailsForm(data=None if request.method == "POST" else asdict(own))
    return submit(
        form,
        lambda: service.change_own_details(actor(), own.id, form.command(), key=form.key.data),
        done=_own_page(own.id),
        said=_("Saved."),
        template="people/my_details.html",
        own=own,
        person=profile.detail(actor(), own.id),
        household=queries.household_of(own.id),
        agents=queries.agents_of(own.id),
        wards=queries.acts_for(own.id),
        consents=profile.consents_of(own.id),
    )


def _own_page(person_id: int) -> str:
    page = url_for("people.my_details")
    return page if person_id == actor().person_id else f"{page}?for={person_id}"


@bp.get("/my/details/seen")
@signed_in
def my_seen() -> Response:
    """Who saw sensitive data of mine, and why."""
    person_id = actor().person_id
    if person_id is None:
        return redirect(url_for("access.my_account"))
    return make_response(render_template("people/my_seen.html", seen=profile.seen(person_id)))
