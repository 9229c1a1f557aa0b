"""Stars and honours: one's own page, a proof to print, and the list for the service point."""

from __future__ import annotations

from flask import render_template

from timebank.core import clock
from timebank.core.web import actor, permit, signed_in
from timebank.exchange.queries import honours as queries
from timebank.exchange.views import bp
from timebank.exchange.views.volunteers_own import to, whom


@bp.route("/my/honours")
@signed_in
def my_honours() -> str:
    """Stars, what is missing for the next one, and what was given above the most or to the pot."""
    one = queries.honours(whom())
    return render_template("exchange/honours/mine.html", one=one, to=lambda endpoint: to(endpoint, one.person_id))


@bp.route("/my/honours/proof")
@signed_in
def my_proof() -> str:
    """A proof of volunteer service to print, free of charge (volunteer law, art. 19)."""
    return render_template("exchange/honours/proof.html", one=queries.honours(whom()), today=clock.today())


@bp.route("/volunteers/<int:person_id>/proof")
@permit("volunteers.read")
def volunteer_proof(person_id: int) -> str:
    """The same, printed at the service point."""
    one = queries.readable(actor(), person_id)
    return render_template("exchange/honours/proof.html", one=one, today=clock.today())


@bp.route("/honours")
@permit("volunteers.read")
def honours() -> str:
    """Volunteers with stars."""
    return render_template("exchange/honours/board.html", lines=queries.board(actor()))
