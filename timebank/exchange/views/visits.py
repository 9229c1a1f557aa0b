"""Visits for staff: list, file, one with everything that can be done with it."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from timebank.access.queries.codes import visit_code_locked
from timebank.core import clock
from timebank.core.web import actor, download, permit, press, pressed_key, reasoned, submit
from timebank.exchange import files, words_alarms, words_partners
from timebank.exchange import words_visits as words
from timebank.exchange.forms.partners import PartnerMoveForm
from timebank.exchange.forms.requests import MoveForm, ReasonForm, day_or_none
from timebank.exchange.forms.visits import DisputeForm, LikedForm, NoShowForm, PhoneEndForm, PhoneForm, SettleForm
from timebank.exchange.queries import alarms, partners, partners_calls
from timebank.exchange.queries import visits as queries
from timebank.exchange.queries.visits import VisitFilter
from timebank.exchange.rules.visits import Event, VisitState
from timebank.exchange.service import offers, visits
from timebank.exchange.views import bp, liked
from timebank.exchange.views.cancelling import cancel_form, cancels
from timebank.exchange.views.requests import places_of, service_choices


def chosen_filter() -> VisitFilter:
    """The filter in the address; without one, from today on."""
    args = request.args
    day = day_or_none(args.get("day"))
    if day is None and not any(args.get(name) for name in ("q", "state")):
        day = clock.today()
    return VisitFilter(
        state=args.get("state", ""),
        service=args.get("service", ""),
        territory=args.get("territory", ""),
        text=args.get("q", ""),
        day=day,
        only_day=args.get("only_day") == "1",
    )


@bp.route("/visits")
@permit("visits.read")
def visit_list() -> str:
    chosen = chosen_filter()
    return render_template(
        "exchange/visits/index.html",
        page=queries.visits(actor(), chosen, after=request.args.get("after")),
        chosen=chosen,
        words=words,
        services=service_choices(),
        places=places_of("visits.read"),
    )


@bp.route("/visits.csv")
@permit("visits.read")
def visit_file() -> Response:
    content = files.visits_file(queries.all_visits(actor(), chosen_filter()))
    return download(content, f"visits-{clock.today()}.csv")


@bp.route("/visits/<int:visit_id>")
@permit("visits.read")
def visit_page(visit_id: int) -> str:
    found = queries.visit(actor(), visit_id)
    line = found.line
    code = line.territory_code
    waits = line.volunteer_id if line.state is VisitState.SCHEDULED else None
    return render_template(
        "exchange/visits/visit.html",
        found=found,
        line=line,
        locked_until=visit_code_locked(visit_id, waits) if waits else None,
        words=words,
        may={
            name: actor().may(name, code)
            for name in ("visits.write", "visits.confirm", "disputes.settle", "hours.review")
        },
        can={event.value for event in found.can},
        now=clock.now(),
        alarms=alarms.of_visit(actor(), visit_id),
        alarm_words=words_alarms,
        partner=partners.of_visit(visit_id),
        partner_unaware=line.state is VisitState.CANCELLED and partners_calls.is_unaware(visit_id),
        partners_here=Event.GIVE in found.can and partners.for_visit(visit_id),
    )


def _page(visit_id: int) -> str:
    return url_for("exchange.visit_page", visit_id=visit_id)


def _step(
    visit_id: int, form: Any, act: Any, heading: str, send: str, said: str, style: str = "primary"
) -> BaseResponse:
    """One form about one visit."""
    found = queries.visit(actor(), visit_id)
    return submit(
        form,
        act,
        done=_page(visit_id),
        said=said,
        template="exchange/visits/step.html",
        heading=heading,
        words_send=send,
        line=found.line,
        back=_page(visit_id),
        style=style,
        dispute=found.dispute_reason if found.line.state is VisitState.DISPUTED else "",
    )


@bp.route("/visits/<int:visit_id>/began", methods=["GET", "POST"])
@permit("visits.write")
def phone_check_in(visit_id: int) -> BaseResponse:
    form = PhoneForm()
    if request.method == "GET":
        form.at.data = clock.civil(clock.now())
    return _step(
        visit_id,
        form,
        lambda: visits.check_in(actor(), visit_id, "phone", at=form.moment(), key=form.key.data),
        _("The helper called: the visit has begun"),
        _("Write down"),
        _("Checked in."),
    )


@bp.route("/visits/<int:visit_id>/unlock-code", methods=["POST"])
@permit("visits.write")
def unlock_code(visit_id: int) -> BaseResponse:
    return press(
        lambda: visits.unlock_code(actor(), visit_id, key=pressed_key()),
        done=_page(visit_id),
        said=_("Unlocked. The helper can type the code again."),
    )


@bp.route("/visits/<int:visit_id>/ended", methods=["GET", "POST"])
@permit("visits.write")
def phone_check_out(visit_id: int) -> BaseResponse:
    form = PhoneEndForm()
    if request.method == "GET":
        form.at.data = clock.civil(clock.now())
    return _step(
        visit_id,
        form,
        lambda: visits.check_out(
            actor(), visit_id, form.break_minutes.data or 0, form.moment(), form.note.data or "", key=form.key.data
        ),
        _("The helper called: the visit is over"),
        _("Write down"),
        _("Checked out. The recipient will be asked to confirm."),
    )


@bp.route("/visits/<int:visit_id>/confirmed", methods=["GET", "POST"])
@permit("visits.confirm")
def confirm_by_call(visit_id: int) -> BaseResponse:
    form = LikedForm()
    return _step(
        visit_id,
        form,
        lambda: liked.confirm(form, visit_id, "call"),
        _("The recipient confirms on the phone"),
        _("It was so: credit the hours"),
        _("Confirmed and credited."),
    )


@bp.route("/visits/<int:visit_id>/allow-extra", methods=["POST"])
@permit("visits.confirm")
def allow_extra(visit_id: int) -> BaseResponse:
    return press(
        lambda: visits.allow_extra(actor(), visit_id, key=pressed_key()),
        done=_page(visit_id),
        said=_("The visit may cost more than was on hold, if the payer has it."),
    )


@bp.route("/visits/<int:visit_id>/dispute", methods=["GET", "POST"])
@permit("visits.write")
def dispute_visit(visit_id: int) -> BaseResponse:
    form = DisputeForm()
    return _step(
        visit_id,
        form,
        reasoned(form, visits.dispute, visit_id),
        _("It was otherwise"),
        _("Note the dispute"),
        _("Noted. Settle it when you have heard both."),
        "danger",
    )


@bp.route("/visits/<int:visit_id>/settle", methods=["GET", "POST"])
@permit("disputes.settle")
def settle_visit(visit_id: int) -> BaseResponse:
    form = SettleForm()
    return _step(
        visit_id,
        form,
        lambda: visits.settle_dispute(actor(), visit_id, form.minutes.data or 0, form.reason.data, key=form.key.data),
        _("Settle the dispute"),
        _("Decide"),
        _("Settled. What was credited before was reversed by opposite entries."),
    )


@bp.route("/visits/<int:visit_id>/cancel", methods=["GET", "POST"])
@permit("visits.write")
def cancel_visit(visit_id: int) -> BaseResponse:
    form = cancel_form(queries.visit(actor(), visit_id).line.helpers)
    return _step(
        visit_id,
        form,
        cancels(form, visit_id),
        _("Cancel this visit"),
        _("Cancel the visit"),
        _("Cancelled. The hours are free again."),
        "danger",
    )


@bp.route("/visits/<int:visit_id>/free", methods=["GET", "POST"])
@permit("visits.write")
def free_helper(visit_id: int) -> BaseResponse:
    form = ReasonForm()
    return _step(
        visit_id,
        form,
        reasoned(form, offers.free_helper, visit_id),
        _("Replace the helper"),
        _("Look for another helper"),
        _("The visit looks for another helper; the hours stay on hold."),
    )


@bp.route("/visits/<int:visit_id>/move", methods=["GET", "POST"])
@permit("visits.write")
def move_visit(visit_id: int) -> BaseResponse:
    line = queries.visit(actor(), visit_id).line
    form = PartnerMoveForm() if line.state is VisitState.WITH_PARTNER else MoveForm()
    told = form.told if isinstance(form, PartnerMoveForm) else None
    if told is not None:
        told.description = words_partners.call(partners.of_visit(visit_id))
    if request.method == "GET":
        form.starts_at.data = clock.civil(line.starts_at)
    return _step(
        visit_id,
        form,
        lambda: offers.move_visit(
            actor(), visit_id, form.moment(), form.reason.data or "", told.data or "" if told else "", key=form.key.data
        ),
        _("Another time for this visit"),
        _("Move the visit"),
        _("Moved; both sides were told."),
    )


@bp.route("/visits/<int:visit_id>/no-show", methods=["GET", "POST"])
@permit("visits.write")
def note_no_show(visit_id: int) -> BaseResponse:
    form = NoShowForm()
    return _step(
        visit_id,
        form,
        lambda: visits.mark_no_show(actor(), visit_id, form.who.data, form.note.data or "", key=form.key.data),
        _("Somebody was not there"),
        _("Write down"),
        _("Noted and counted. The hours are free again."),
        "danger",
    )
