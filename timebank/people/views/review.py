"""The review queue: may these two be one person?"""

from __future__ import annotations

from flask import abort, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.core.web import actor, permit, press, pressed_key
from timebank.people import service
from timebank.people.queries import duplicates, profile
from timebank.people.queries.duplicates import PairLine
from timebank.people.queries.search import hits_of
from timebank.people.rules.codes import DuplicateState
from timebank.people.views.base import bp

STATES = {state.value: state for state in DuplicateState}


@bp.get("/people/review")
@permit("people.review")
def review() -> Response:
    """Pairs that wait, or were decided."""
    state = STATES.get(request.args.get("state", ""), DuplicateState.OPEN)
    page = duplicates.list_pairs(actor(), state, request.args.get("after"))
    hits = hits_of(actor(), [one for pair in page.items for one in (pair.first_id, pair.second_id)])
    return make_response(render_template("people/review.html", page=page, hits=hits, state=state))


def _pair(pair_id: int) -> PairLine:
    return duplicates.pair(actor(), pair_id) or abort(404)


@bp.get("/people/review/<int:pair_id>")
@permit("people.review")
def pair(pair_id: int) -> Response:
    """Both people side by side."""
    found = _pair(pair_id)
    people = [profile.detail(actor(), found.first_id), profile.detail(actor(), found.second_id)]
    return make_response(render_template("people/pair.html", pair=found, people=people))


@bp.post("/people/review/<int:pair_id>/merge")
@permit("people.review")
def merge(pair_id: int) -> Response:
    """They are one person; the chosen row is kept."""
    found = _pair(pair_id)
    kept = request.form.get("keep", type=int)
    first, second = found.first_id, found.second_id
    keep, drop = (second, first) if kept == second else (first, second)
    return press(
        lambda: service.merge_people(actor(), keep, drop, key=pressed_key()),
        done=url_for("people.pair", pair_id=pair_id),
        said=_("Merged. Everything of both is now found in one place; this can be undone here."),
    )


@bp.post("/people/review/<int:pair_id>/different")
@permit("people.review")
def different(pair_id: int) -> Response:
    """They are two people."""
    return press(
        lambda: service.decide_different(actor(), pair_id, key=pressed_key()),
        done=url_for("people.review"),
        said=_("Noted: two different people. They will not be asked about again."),
    )


@bp.post("/people/review/<int:pair_id>/reopen")
@permit("people.review")
def reopen(pair_id: int) -> Response:
    """The decision is taken back."""
    return press(
        lambda: service.reopen_pair(actor(), pair_id, key=pressed_key()),
        done=url_for("people.pair", pair_id=pair_id),
        said=_("The pair waits again."),
    )


@bp.post("/people/merges/<int:merge_id>/undo")
@permit("people.review")
def undo_merge(merge_id: int) -> Response:
    """They were two people after all."""
    return press(
        lambda: service.undo_merge(actor(), merge_id, key=pressed_key()),
        done=lambda person_id: url_for("people.person", person_id=person_id),
        said=_("The merge is undone; both people are as they were."),
    )
