"""How somebody wants to be told: their own page, and that of staff."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from timebank.core.web import actor, commanded, permit, signed_in, submit
from timebank.notices.forms import USUAL, WAYS, WishForm
from timebank.notices.queries import wishes as queries
from timebank.notices.service import wishes
from timebank.notices.views import bp
from timebank.people import queries as people


@bp.route("/my/notices/wish", methods=["GET", "POST"])
@signed_in
def my_wish() -> BaseResponse:
    """How I want to be told (or, with `for`, somebody I act for)."""
    person = queries.own_wish(actor(), request.args.get("for", type=int) or actor().person_id)
    form = WishForm()
    may_agree = people.may_agree(actor().person_id, person.person_id)
    form.prepare(person, own=True, may_translate=True, may_agree=may_agree)
    page = url_for("notices.my_wish")
    return submit(
        form,
        commanded(form, wishes.wish, person.person_id),
        done=page if person.person_id == actor().person_id else f"{page}?for={person.person_id}",
        said=_("Kept. It holds from the next message on."),
        template="notices/my_wish.html",
        person=person,
        last=person.changes[0] if person.changes else None,
    )


@bp.route("/people/<int:person_id>/letters", methods=["GET", "POST"])
@permit("letters.print")
def letter_wish(person_id: int) -> BaseResponse:
    """How somebody wants to be told, and who said so."""
    person = queries.wish_of(actor(), person_id)
    form = WishForm()
    form.prepare(person, own=False, may_translate=actor().may("people.write", person.territory_code))
    return submit(
        form,
        commanded(form, wishes.wish, person_id),
        done=url_for("notices.letter_wish", person_id=person_id),
        said=_("Kept."),
        template="notices/letter_wish.html",
        person=person,
        ways=WAYS,
        usual=USUAL,
    )
