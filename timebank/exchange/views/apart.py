"""Two people who are not sent to each other again: for coordinators, and for one of the two after a visit."""

from __future__ import annotations

from flask import make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.core.errors import NotFound
from timebank.core.web import actor, permit, press, pressed_key, reasoned, signed_in, submit
from timebank.exchange import words_visits as words
from timebank.exchange.forms.apart import EndApartForm, KeepApartForm, NotAgainForm
from timebank.exchange.queries import apart as queries
from timebank.exchange.queries import own
from timebank.exchange.rules.apart import KeepApart
from timebank.exchange.service import apart
from timebank.exchange.views import bp
from timebank.people import queries as people


def _page(person_id: int) -> str:
    return url_for("exchange.kept_apart", person_id=person_id)


def _person(person_id: int) -> people.PersonBrief:
    """Somebody whose coordinator asks; raises `NotFound`."""
    person = people.brief(person_id)
    if person is None or not actor().may(queries.PERMISSION, person.territory_code):
        raise NotFound("no_such_person")
    return person


@bp.route("/people/<int:person_id>/apart")
@permit("visits.write")
def kept_apart(person_id: int) -> str:
    """From whom a person is kept apart."""
    lines = queries.of_person(actor(), person_id)
    return render_template("exchange/apart/person.html", person=_person(person_id), lines=lines, words=words)


@bp.route("/people/<int:person_id>/apart/new", methods=["GET", "POST"])
@permit("visits.write")
def keep_apart(person_id: int) -> Response:
    """First: from whom?  Then: why?"""
    person = _person(person_id)
    other = people.brief(request.args.get("other", type=int) or 0)
    if other is None:
        return _choose(person)
    form = KeepApartForm()
    helper, recipient = (person, other) if _helps(person, other) else (other, person)
    return submit(
        form,
        lambda: apart.keep_apart(
            actor(), KeepApart(helper.id, recipient.id, form.reason.data or ""), key=form.key.data
        ),
        done=_page(person.id),
        said=_("The two are not brought together any more. What was planned between them goes to somebody else."),
        template="exchange/apart/new.html",
        person=person,
        other=other,
        back=_page(person.id),
    )


def _helps(person: people.PersonBrief, other: people.PersonBrief) -> bool:
    """Who of the two is the helper: the volunteer; of two volunteers the one whose page it is not a recipient's."""
    if person.is_volunteer and other.is_volunteer:
        return not person.is_recipient or other.is_recipient
    return person.is_volunteer


def _choose(person: people.PersonBrief) -> Response:
    text = request.args.get("q", "").strip()
    hits = people.search(actor(), text, permission=queries.PERMISSION) if text else []
    page = render_template(
        "exchange/apart/choose.html", person=person, text=text, hits=[hit for hit in hits if hit.id != person.id]
    )
    return make_response(page)


@bp.route("/people/<int:person_id>/apart/<int:pair_id>/end", methods=["GET", "POST"])
@permit("visits.write")
def end_apart(person_id: int, pair_id: int) -> Response:
    """The two may meet again."""
    line = queries.pair(actor(), person_id, pair_id)
    form = EndApartForm()
    return submit(
        form,
        reasoned(form, apart.end_apart, pair_id),
        done=_page(line.person_id),
        said=_("The two may meet again."),
        template="exchange/apart/end.html",
        person=_person(person_id),
        line=line,
        words=words,
        back=_page(line.person_id),
    )


# -- one of the two ----------------------------------------------------------------------------------------------------


@bp.route("/my/visits/<int:visit_id>/not-again", methods=["GET", "POST"])
@signed_in
def not_again(visit_id: int) -> Response:
    visit = own.own_visit(actor(), visit_id)
    form = NotAgainForm()
    back = url_for("exchange.my_visit", visit_id=visit_id)
    return submit(
        form,
        lambda: apart.not_again(actor(), visit_id, visit.part, form.reason.data or "", key=form.key.data),
        done=back,
        said=_("Noted. You will not be brought together again; the other side is not told."),
        template="exchange/apart/not_again.html",
        visit=visit,
        back=back,
    )


@bp.route("/my/visits/<int:visit_id>/again", methods=["POST"])
@signed_in
def again(visit_id: int) -> Response:
    """Takes the own wish back."""
    visit = own.own_visit(actor(), visit_id)
    return press(
        lambda: apart.again(actor(), visit_id, visit.part, key=pressed_key()),
        done=url_for("exchange.my_visit", visit_id=visit_id),
        said=_("Taken back. You may meet again."),
    )
