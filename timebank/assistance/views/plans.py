"""Pages that add to a case: visits, needs, plan lines."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from timebank.assistance import texts
from timebank.assistance.forms import DeliverForm, LineForm, NeedForm, VisitForm, WordsForm, choices
from timebank.assistance.queries import file as files
from timebank.assistance.service import plans as service
from timebank.assistance.views.blueprint import ask_purpose, bp, case_purpose
from timebank.core import clock
from timebank.core.web import actor, commanded, permit, press, pressed_key, submit


def _to_case(case_id: int) -> str:
    return url_for("assistance.case", case_id=case_id)


@bp.route("/cases/<int:case_id>/visits/new", methods=["GET", "POST"])
@permit("cases.write")
def new_visit(case_id: int) -> BaseResponse:
    files.head(actor(), case_id)
    form = VisitForm()
    if not form.is_submitted():
        form.visitors.data, form.day.data = actor().name, clock.today()
    return submit(
        form,
        commanded(form, service.record_visit, case_id),
        done=_to_case(case_id),
        said=_("The visit is written down."),
        template="assistance/step.html",
        heading=_("Home visit"),
        words=_("Write down"),
        case_id=case_id,
    )


@bp.route("/cases/<int:case_id>/needs/new", methods=["GET", "POST"])
@permit("cases.write")
def new_need(case_id: int) -> BaseResponse:
    files.head(actor(), case_id)
    form = NeedForm()
    return submit(
        form,
        lambda: service.add_need(actor(), case_id, form.need_kind(), form.words.data.strip(), key=form.key.data),
        done=_to_case(case_id),
        said=_("The need is written down."),
        template="assistance/step.html",
        heading=_("A need"),
        words=_("Write down"),
        case_id=case_id,
    )


@bp.route("/cases/<int:case_id>/needs/<int:need_id>/met", methods=["POST"])
@permit("cases.write")
def need_met(case_id: int, need_id: int) -> BaseResponse:
    return press(
        lambda: service.meet_need(actor(), need_id, key=pressed_key()), done=_to_case, said=_("The need is met.")
    )


@bp.route("/cases/<int:case_id>/lines/new", methods=["GET", "POST"])
@permit("cases.write")
def new_line(case_id: int) -> BaseResponse:
    case = files.head(actor(), case_id)
    if case_purpose(case) is None:  # the needs shown here are part of the file
        return ask_purpose("assistance.purpose", case_id=case_id)
    form = LineForm()
    needs = {need_id: f"{texts.NEED_KINDS[kind]}: {words[:60]}" for need_id, kind, words in files.open_needs(case_id)}
    form.need_id.choices = choices({0: _("No single need"), **needs})
    return submit(
        form,
        commanded(form, service.add_line, case_id),
        done=_to_case(case_id),
        said=_("The plan has one more line."),
        template="assistance/step.html",
        heading=_("A line of the plan"),
        words=_("Add to the plan"),
        case_id=case_id,
    )


@bp.route("/cases/<int:case_id>/lines/<int:line_id>/deliver", methods=["GET", "POST"])
@permit("cases.write")
def deliver(case_id: int, line_id: int) -> BaseResponse:
    files.head(actor(), case_id)
    form = DeliverForm()
    return submit(
        form,
        lambda: service.deliver_line(actor(), line_id, form.on.data, form.note.data or "", key=form.key.data),
        done=_to_case,
        said=_("Marked as delivered."),
        template="assistance/step.html",
        heading=_("Delivered"),
        words=_("Mark as delivered"),
        case_id=case_id,
    )


@bp.route("/cases/<int:case_id>/lines/<int:line_id>/cancel", methods=["GET", "POST"])
@permit("cases.write")
def cancel_line(case_id: int, line_id: int) -> BaseResponse:
    files.head(actor(), case_id)
    form = WordsForm()
    return submit(
        form,
        lambda: service.cancel_line(actor(), line_id, form.words.data, key=form.key.data),
        done=_to_case,
        said=_("The line was cancelled."),
        template="assistance/step.html",
        heading=_("Cancel a line"),
        words=_("Cancel the line"),
        case_id=case_id,
    )
