"""Pages for a volunteer's own phone: joining, what one offers, free hours, days away, stopping, giving hours."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.core import clock
from timebank.core.errors import NotFound
from timebank.core.web import actor, commanded, press, pressed_key, signed_in, submit
from timebank.exchange.forms.volunteers import (
    DaysForm,
    DonationForm,
    HoursForm,
    JoinForm,
    LeaveForm,
    OfferForm,
    hours_shown,
    offer_shown,
    offer_usual,
)
from timebank.exchange.queries import grants, schemes
from timebank.exchange.queries import volunteers as queries
from timebank.exchange.queries.volunteers import VolunteerDetail
from timebank.exchange.rules.availability import weekly_minutes
from timebank.exchange.rules.volunteers import Step, VolunteerKind, VolunteerState, after
from timebank.exchange.service import grants as giving
from timebank.exchange.service import volunteers as service
from timebank.exchange.views import bp
from timebank.exchange.words_volunteers import WORDS
from timebank.ledger import queries as ledger
from timebank.people import queries as people
from timebank.people.queries import PersonBrief
from timebank.people.queries.relations import dependants_at_home

APPLY_AGAIN = (VolunteerState.DRAFT, VolunteerState.REJECTED, VolunteerState.EXITED, VolunteerState.BARRED)


def whom() -> int:
    """Oneself, or with ?for= somebody one is guardian or agent of; 404 for anybody else."""
    asked = request.args.get("for", "")
    person_id = int(asked) if asked.isdecimal() else actor().person_id
    if person_id is None or not actor().is_self(person_id):
        raise NotFound("person")
    return person_id


def person() -> PersonBrief:
    """The person the page is about."""
    found = people.brief(whom())
    if found is None:
        raise NotFound("person")
    return found


def own() -> VolunteerDetail:
    """The volunteer record the page is about; 404 when there is none."""
    found = queries.own(whom())
    if found is None:
        raise NotFound("no_such_volunteer")
    return found


def to(endpoint: str, person_id: int) -> str:
    """The address of an own page, still about the same person."""
    others: dict[str, Any] = {} if person_id == actor().person_id else {"for": person_id}
    return url_for(f"exchange.{endpoint}", **others)


def _donate_only(scheme_id: int) -> bool:
    """May groups of the time bank do nothing with their hours but give them to the pot?"""
    return bool(schemes.parameters(scheme_id, clock.today())["tb.group_hours_donate_only"])


@bp.route("/volunteer")
@signed_in
def my_volunteering() -> Response | str:
    one = queries.own(whom())
    if one is None:
        return redirect(to("become_volunteer", whom()))
    return render_template(
        "exchange/volunteers/mine.html",
        one=one,
        week=weekly_minutes(one.helper.slots),
        stars=grants.stars_of(one.person_id, schemes.scheme(one.scheme_id), clock.today()),
        donate_only=one.helper.kind is VolunteerKind.GROUP and _donate_only(one.scheme_id),
        may_leave=after(one.state, Step.LEAVE) is not None,
        may_apply=one.state in APPLY_AGAIN,
        to=lambda endpoint: to(endpoint, one.person_id),
        w=WORDS,
    )


@bp.route("/volunteer/join", methods=["GET", "POST"])
@signed_in
def become_volunteer() -> Response:
    who = person()
    known = queries.own(who.id)
    if known is not None and known.state not in APPLY_AGAIN:
        return redirect(to("my_volunteering", who.id))
    usual = offer_shown(known) if known else offer_usual(who.languages, bool(dependants_at_home([who.id])))
    form = JoinForm(data=usual).fill(schemes.service_types(), known)
    return submit(
        form,
        commanded(form, service.apply, who.id),
        done=to("my_volunteering", who.id),
        said=_("Thank you! Your application was sent."),
        template="exchange/volunteers/join.html",
        person=who,
        acting=who.id != actor().person_id,
    )


@bp.route("/volunteer/offer", methods=["GET", "POST"])
@signed_in
def my_skills() -> Response:
    one = own()
    form = OfferForm(data=offer_shown(one)).fill(schemes.service_types(), one)
    return submit(
        form,
        commanded(form, service.change_offer, one.person_id),
        done=to("my_volunteering", one.person_id),
        said=_("Your changes are kept."),
        template="exchange/volunteers/my_offer.html",
        back=to("my_volunteering", one.person_id),
    )


@bp.route("/volunteer/availability", methods=["GET", "POST"])
@signed_in
def my_availability() -> Response:
    """The weekly pattern, and the days that differ from it."""
    one = own()
    form = HoursForm(data=hours_shown(one.helper.slots, one.helper.helps_on_holidays))
    return submit(
        form,
        lambda: service.set_availability(
            actor(), one.person_id, form.slots(), form.helps_on_holidays.data, key=form.key.data
        ),
        done=to("my_availability", one.person_id),
        said=_("Your free hours are kept."),
        template="exchange/volunteers/my_availability.html",
        one=one,
        to=lambda endpoint: to(endpoint, one.person_id),
    )


@bp.route("/volunteer/days", methods=["GET", "POST"])
@signed_in
def my_days() -> Response:
    """Days away (a pause, too) or hours besides the pattern."""
    one = own()
    form = DaysForm(data={"first_day": clock.today()})
    return submit(
        form,
        commanded(form, service.add_days, one.person_id),
        done=to("my_availability", one.person_id),
        said=_("The days are kept."),
        template="exchange/volunteers/my_days.html",
        back=to("my_availability", one.person_id),
    )


@bp.route("/volunteer/days/<int:days_id>/remove", methods=["POST"])
@signed_in
def remove_my_days(days_id: int) -> Response:
    one = own()
    return press(
        lambda: service.remove_days(actor(), one.person_id, days_id, key=pressed_key()),
        done=to("my_availability", one.person_id),
        said=_("Taken back."),
    )


@bp.route("/volunteer/leave", methods=["GET", "POST"])
@signed_in
def stop_volunteering() -> Response:
    one = own()
    form = LeaveForm()
    return submit(
        form,
        lambda: service.leave(actor(), one.person_id, form.reason.data or "", key=form.key.data),
        done=to("my_volunteering", one.person_id),
        said=_("You have stopped. Thank you for every hour!"),
        template="exchange/volunteers/leave.html",
        back=to("my_volunteering", one.person_id),
    )


@bp.route("/donate", methods=["GET", "POST"])
@signed_in
def donate() -> Response:
    """Giving hours to the community pot, for good."""
    who = person()
    scheme = schemes.scheme_for(who.territory_code)
    account = ledger.account_of(scheme.tenant, giving.account_kind(who.id), who.id)
    available = ledger.balance(scheme.tenant, account).available if account is not None else 0
    form = DonationForm()
    return submit(
        form,
        commanded(form, giving.donate, who.id),
        done=to("donate", who.id),
        said=_("Thank you! Your hours are in the community pot."),
        template="exchange/volunteers/donate.html",
        scheme=scheme,
        available=available,
    )
