"""Pages of members: what they redeemed, and what they can get where."""

from __future__ import annotations

from itertools import groupby

from flask import render_template, request

from timebank.core.web import actor, signed_in
from timebank.people import queries as people
from timebank.redemption import words
from timebank.redemption.queries import goods, receipts
from timebank.redemption.queries.goals import own_goal
from timebank.redemption.queries.standing import own_card
from timebank.redemption.texts import explain
from timebank.redemption.views.blueprint import bp


@bp.get("/my/redemptions")
@signed_in
def my_redemptions() -> str:
    """The member's receipts, newest first."""
    person_id = actor().person_id
    ids = people.ids_of(person_id) if person_id else frozenset()
    page = receipts.of_person(ids, request.args.get("after"))
    return render_template("redemption/my_redemptions.html", page=page, words=words)


@bp.get("/my/goods")
@signed_in
def my_goods() -> str:
    """What the member can get for hours, at which desk, and how many hours may be used today."""
    card, offers = own_card(actor()), []
    if card is not None:
        offers = goods.offers_near(card.person)
    shelves = [
        (found[0].article, found) for found in (list(g) for _id, g in groupby(offers, lambda one: one.article.id))
    ]
    near = sorted(offers, key=lambda one: one.nearness)
    desks = {one.desk_name: "\n".join(filter(None, (one.address, one.hours))) for one in near}
    return render_template(
        "redemption/my_goods.html", card=card, shelves=shelves, desks=desks.items(), words=words, explain=explain
    )


@bp.get("/my/goal")
@signed_in
def my_goal() -> str:
    """How far the member is on the way to a place in a care home."""
    return render_template("redemption/my_goal.html", goal=own_goal(actor()))
