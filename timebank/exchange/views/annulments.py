"""Pages of cases about untrue hours: for staff, and for the volunteer who is heard."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.core import clock
from timebank.core.errors import NotFound
from timebank.core.parameters import Values
from timebank.core.units import day_text, minutes_text
from timebank.core.web import actor, commanded, permit, signed_in, submit
from timebank.exchange import words_annulments as words
from timebank.exchange.forms.annulments import AppealForm, DecisionForm, ReExaminationForm, SuspicionForm, WordsForm
from timebank.exchange.forms.requests import day_or_none
from timebank.exchange.queries import annulments as queries
from timebank.exchange.queries import schemes
from timebank.exchange.queries import volunteers as volunteer_queries
from timebank.exchange.service import annulments as service
from timebank.exchange.views import bp
from timebank.exchange.views.volunteers_own import whom
from timebank.people import queries as people


def _page(case_id: int) -> str:
    return url_for("exchange.annulment", case_id=case_id)


def _rules(territory_code: str) -> Values:
    return schemes.parameters(schemes.scheme_for(territory_code).id, clock.today())


# -- staff -------------------------------------------------------------------------------------------------------------


@bp.route("/annulments")
@permit("annulments.read")
def annulments() -> str:
    all_, after = request.args.get("all") == "1", request.args.get("after", "")
    page = queries.cases(actor(), all_, int(after) if after.isdecimal() else None)
    return render_template("exchange/annulments/index.html", page=page, all=all_, words=words)


@bp.route("/annulments/<int:case_id>")
@permit("annulments.read")
def annulment(case_id: int) -> str:
    one = queries.case(actor(), case_id)
    may = actor().may("annulments.decide", one.territory_code) and not people.is_actor(actor(), one.volunteer_id)
    mine = actor().account_id
    return render_template(
        "exchange/annulments/case.html",
        one=one,
        words=words,
        rules=_rules(one.territory_code),
        may_decide=may and one.may_be_decided and mine != one.opened_by,
        may_re_examine=may and one.state == "appealed" and mine not in (one.opened_by, one.decided_by),
    )


@bp.route("/volunteers/<int:person_id>/annulment", methods=["GET", "POST"])
@permit("annulments.propose")
def suspect_hours(person_id: int) -> Response:
    """Opens a case: which visits, and what speaks against them."""
    volunteer = volunteer_queries.volunteer(actor(), person_id)
    if not actor().may("annulments.propose", volunteer.helper.territory_code):
        raise NotFound("no_such_volunteer")
    visits = queries.credited_visits(person_id, day_or_none(request.args.get("until")))
    form = SuspicionForm().fill([(visit, _visit_words(visit)) for visit in visits])
    return submit(
        form,
        commanded(form, service.suspect, person_id),
        done=_page,
        said=_("The minutes are on hold, and the volunteer was asked how it was."),
        template="exchange/annulments/new.html",
        volunteer=volunteer,
        visits=visits,
        older=clock.civil(visits[-1].began).date() if len(visits) == queries.MOST_VISITS else None,
        rules=_rules(volunteer.helper.territory_code),
    )


def _visit_words(visit: queries.SuspectVisit) -> str:
    said = _(
        "%(day)s: %(service)s for %(name)s, %(time)s",
        day=day_text(visit.began),
        service=visit.service,
        name=visit.recipient,
        time=minutes_text(visit.minutes),
    )
    return str(said)


@bp.route("/annulments/<int:case_id>/decide", methods=["GET", "POST"])
@permit("annulments.decide")
def decide_annulment(case_id: int) -> Response:
    one = queries.case(actor(), case_id)
    form = DecisionForm()
    return submit(
        form,
        commanded(form, service.decide, case_id),
        done=_page(case_id),
        said=_("Decided. The volunteer is told."),
        template="exchange/annulments/decide.html",
        one=one,
        words=words,
        rules=_rules(one.territory_code),
    )


@bp.route("/annulments/<int:case_id>/re-examine", methods=["GET", "POST"])
@permit("annulments.decide")
def re_examine_annulment(case_id: int) -> Response:
    one = queries.case(actor(), case_id)
    form = ReExaminationForm()
    return submit(
        form,
        commanded(form, service.re_examine, case_id),
        done=_page(case_id),
        said=_("Decided. The volunteer is told."),
        template="exchange/annulments/re_examine.html",
        one=one,
        words=words,
    )


# -- the volunteer -----------------------------------------------------------------------------------------------------


@bp.route("/my/hearings")
@signed_in
def my_hearings() -> str:
    return render_template("exchange/annulments/mine.html", lines=queries.own_cases(whom()), words=words)


@bp.route("/my/hearings/<int:case_id>")
@signed_in
def my_hearing(case_id: int) -> str:
    """What is asked, until when one may answer, what was decided, and how to appeal."""
    one = queries.own_case(actor(), case_id)
    return render_template("exchange/annulments/own.html", one=one, words=words, rules=_rules(one.territory_code))


@bp.route("/my/hearings/<int:case_id>/answer", methods=["GET", "POST"])
@signed_in
def answer_hearing(case_id: int) -> Response:
    form = WordsForm()
    return submit(
        form,
        lambda: service.answer(actor(), case_id, form.text.data or "", key=form.key.data),
        done=url_for("exchange.my_hearing", case_id=case_id),
        said=_("Thank you. Your answer is read before anything is decided."),
        template="exchange/annulments/answer.html",
        one=queries.own_case(actor(), case_id),
        words=words,
    )


@bp.route("/my/hearings/<int:case_id>/appeal", methods=["GET", "POST"])
@signed_in
def appeal_hearing(case_id: int) -> Response:
    form = AppealForm()
    return submit(
        form,
        lambda: service.appeal(actor(), case_id, form.text.data or "", key=form.key.data),
        done=url_for("exchange.my_hearing", case_id=case_id),
        said=_("Your appeal was noted. Somebody who had nothing to do with it looks again."),
        template="exchange/annulments/appeal.html",
        one=queries.own_case(actor(), case_id),
        words=words,
    )
