"""Pages of gifts to relatives, of hours from the pot, and of what lies above the cap."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.core import clock
from timebank.core.errors import NotFound
from timebank.core.parameters import Values
from timebank.core.web import actor, commanded, permit, press, pressed_key, reasoned, signed_in, submit
from timebank.exchange import words_giving as words
from timebank.exchange.forms.giving import FromPotForm, GiftForForm, GiftForm, OverflowForm, ProofForm
from timebank.exchange.forms.volunteers import ReasonForm
from timebank.exchange.queries import gifts as queries
from timebank.exchange.queries import pot as pots
from timebank.exchange.queries import schemes
from timebank.exchange.queries import volunteers as volunteer_queries
from timebank.exchange.queries.volunteers import VolunteerDetail
from timebank.exchange.rules.giving import GiftState
from timebank.exchange.service import gifts as service
from timebank.exchange.service.overflow import choose_overflow
from timebank.exchange.service.pot import give_from_pot
from timebank.exchange.views import bp
from timebank.exchange.views.grants import found_person
from timebank.exchange.views.volunteers_own import own, person, to, whom
from timebank.ledger import queries as ledger
from timebank.people.queries import PersonBrief


def _rules(territory_code: str) -> Values:
    return schemes.parameters(schemes.scheme_for(territory_code).id, clock.today())


def _available(who: PersonBrief) -> int:
    scheme = schemes.scheme_for(who.territory_code)
    account = ledger.account_of(scheme.tenant, "member", who.id)
    return ledger.balance(scheme.tenant, account).available if account is not None else 0


# -- the member --------------------------------------------------------------------------------------------------------


@bp.route("/my/gifts")
@signed_in
def my_gifts() -> str:
    """What one gave to relatives and received from them, and the rule."""
    who = person()
    return render_template(
        "exchange/giving/mine.html",
        owner=who,
        lines=queries.own_gifts(who.id),
        rules=_rules(who.territory_code),
        words=words,
        to=lambda endpoint: to(endpoint, who.id),
    )


@bp.route("/my/gifts/new", methods=["GET", "POST"])
@signed_in
def ask_gift() -> Response:
    who = person()
    rules = _rules(who.territory_code)
    form = GiftForm().fill(rules["tb.relatives_allowed"])
    return submit(
        form,
        commanded(form, service.ask_gift, who.id),
        done=to("my_gifts", who.id),
        said=_("Noted. The hours are kept for your relative until the service point has seen the proof."),
        template="exchange/giving/ask.html",
        available=_available(who),
        rules=rules,
        words=words,
        back=to("my_gifts", who.id),
    )


@bp.route("/my/gifts/<int:gift_id>/withdraw", methods=["POST"])
@signed_in
def withdraw_gift(gift_id: int) -> Response:
    return press(
        lambda: service.withdraw_gift(actor(), gift_id, key=pressed_key()),
        done=to("my_gifts", whom()),
        said=_("Taken back. The hours are free again."),
    )


@bp.route("/volunteer/overflow", methods=["GET", "POST"])
@signed_in
def my_overflow() -> Response:
    """Where minutes above the most go: one's own choice."""
    one = own()
    return _overflow(one, to("my_volunteering", one.person_id), "portal")


def _overflow(one: VolunteerDetail, back: str, face: str) -> Response:
    form = OverflowForm(data={"choice": one.overflow_choice or ""})
    rules = schemes.parameters(one.scheme_id, clock.today())
    return submit(
        form,
        lambda: choose_overflow(actor(), one.person_id, form.choice.data, key=form.key.data),
        done=back,
        said=_("Your choice is kept. It holds from the next visit on."),
        template="exchange/giving/overflow.html",
        one=one,
        rules=rules,
        words=words,
        back=back,
        face=face,
    )


# -- the coordinator ---------------------------------------------------------------------------------------------------


@bp.route("/volunteers/<int:person_id>/overflow", methods=["GET", "POST"])
@permit("volunteers.review")
def volunteer_overflow(person_id: int) -> Response:
    """The same for somebody who says it at the service point."""
    one = volunteer_queries.volunteer(actor(), person_id)
    return _overflow(one, url_for("exchange.volunteer", person_id=person_id), "staff")


@bp.route("/gifts")
@permit("gifts.read")
def gifts() -> str:
    """Gifts whose proof waits, or all."""
    wanted, after = request.args.get("state", GiftState.REQUESTED), request.args.get("after", "")
    state = GiftState(wanted) if wanted in set(GiftState) else None
    return render_template(
        "exchange/giving/gifts.html",
        page=queries.gifts(actor(), state, int(after) if after.isdecimal() else None),
        state=state,
        words=words,
    )


@bp.route("/gifts/new", methods=["GET", "POST"])
@permit("gifts.check")
def new_gift() -> Response:
    """Written down for a member who has no phone; a colleague looks at the proof."""
    form = GiftForForm(data={"person": request.args.get("person", "")}).fill(words.RELATIONS)
    return submit(
        form,
        lambda: service.ask_gift(actor(), form.command(found_person(form.person.data)), key=form.key.data),
        done=lambda gift_id: url_for("exchange.gift", gift_id=gift_id),
        said=_("Noted. A colleague looks at the proof."),
        template="exchange/giving/new.html",
    )


@bp.route("/gifts/<int:gift_id>")
@permit("gifts.read")
def gift(gift_id: int) -> str:
    line = queries.gift(actor(), gift_id)
    return render_template("exchange/giving/gift.html", may=_may(line), **_gift_facts(line))


def _gift_facts(line: queries.GiftLine) -> dict[str, Any]:
    return {
        "line": line,
        "before": queries.proven_before(line.giver_id, line.receiver_id),
        "rules": _rules(line.territory_code),
        "words": words,
    }


def _may(line: queries.GiftLine) -> bool:
    waits = line.state is GiftState.REQUESTED and line.asked_by != actor().account_id
    return waits and actor().may("gifts.check", line.territory_code)


@bp.route("/gifts/<int:gift_id>/check", methods=["GET", "POST"])
@permit("gifts.check")
def check_gift(gift_id: int) -> Response:
    line = _checkable(gift_id)
    form = ProofForm()
    return submit(
        form,
        commanded(form, service.check_gift, gift_id),
        done=url_for("exchange.gift", gift_id=gift_id),
        said=_("The hours were passed on."),
        template="exchange/giving/check.html",
        **_gift_facts(line),
    )


@bp.route("/gifts/<int:gift_id>/refuse", methods=["GET", "POST"])
@permit("gifts.check")
def refuse_gift(gift_id: int) -> Response:
    line = _checkable(gift_id)
    form = ReasonForm()
    return submit(
        form,
        reasoned(form, service.refuse_gift, gift_id),
        done=url_for("exchange.gift", gift_id=gift_id),
        said=_("Not accepted. The hours are free again, and the giver is told why."),
        template="exchange/giving/refuse.html",
        line=line,
    )


def _checkable(gift_id: int) -> queries.GiftLine:
    line = queries.gift(actor(), gift_id)
    if not actor().may("gifts.check", line.territory_code):
        raise NotFound("no_such_gift")
    return line


@bp.route("/pot/give", methods=["GET", "POST"])
@permit("pot.give")
def give_from_the_pot() -> Response:
    """Hours from the pot for a neighbour; key elders without hours are shown first."""
    form = FromPotForm(data={"person": request.args.get("person", "")})
    return submit(
        form,
        lambda: give_from_pot(actor(), form.command(found_person(form.person.data)), key=form.key.data),
        done=url_for("exchange.pot"),
        said=_("The hours are on the person's account."),
        template="exchange/giving/from_pot.html",
        waiting=pots.served_first(actor()),
    )
