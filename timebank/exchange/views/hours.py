"""Hours written down afterwards: one phone screen, the coordinator's form, the paper sheet, the second review."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from timebank.access import queries as access
from timebank.core import clock
from timebank.core.errors import Refused
from timebank.core.web import actor, new_key, permit, press, pressed_key, reasoned, signed_in, submit
from timebank.exchange import words_visits as words
from timebank.exchange.forms.hours import (
    LINES,
    SOMEBODY,
    FindForm,
    OwnHoursForm,
    ReviewForm,
    SheetLine,
    StaffHoursForm,
    note_refusal,
    read_line,
    sheet_lines,
)
from timebank.exchange.forms.requests import ReasonForm, options
from timebank.exchange.queries import entries, review
from timebank.exchange.queries.finding import one_person
from timebank.exchange.rules.hours import LoggedVisit
from timebank.exchange.service import hours
from timebank.exchange.views import bp
from timebank.exchange.views.requests import funding_choices, service_choices

# -- the volunteer -----------------------------------------------------------------------------------------------------


@bp.route("/my/hours/log", methods=["GET", "POST"])
@signed_in
def log_own_hours() -> Response:
    me = actor().person_id or 0
    known = entries.helped_by(me) if me else []
    form = OwnHoursForm()
    names = [(str(each.person_id), each.name) for each in known]
    form.recipient_id.choices = options([*names, (SOMEBODY, _("Somebody else"))])
    form.service_code.choices = options(service_choices())
    if request.method == "GET":
        form.day.data = clock.today()
        form.recipient_id.data = str(known[0].person_id) if known else SOMEBODY
        form.service_code.data = known[0].last_service if known else None
    return submit(
        form,
        lambda: _log_own(form, me),
        done=url_for("exchange.my_visits"),
        said=_("Written down. Another person looks at it, then the hours are credited."),
        template="exchange/hours/own.html",
        unnamed=entries.own_entries(actor()),
    )


def _log_own(form: OwnHoursForm, me: int) -> int:
    if form.by_name:
        return hours.log_by_name(actor(), form.named(me), key=form.key.data)
    return hours.log_visit(actor(), form.command(me), key=form.key.data)


# -- the coordinator ---------------------------------------------------------------------------------------------------


@bp.route("/hours/new", methods=["GET", "POST"])
@permit("hours.log")
def log_hours() -> Response:
    form = StaffHoursForm()
    form.service_code.choices = options(service_choices())
    if request.method == "GET":
        form.day.data = clock.today()
    return submit(
        form,
        lambda: _log(form),
        done=lambda visit_id: url_for("exchange.visit_page", visit_id=visit_id),
        said=_("Written down. A colleague has to review it before it is credited."),
        template="exchange/hours/new.html",
    )


def _log(form: StaffHoursForm) -> int:
    helper = one_person(actor(), form.volunteer.data, permission="hours.log", field="volunteer", role="volunteer")
    recipient = one_person(actor(), form.recipient.data, permission="hours.log", field="recipient")
    return hours.log_visit(actor(), form.command(helper, recipient), key=form.key.data)


@bp.route("/hours/sheet", methods=["GET", "POST"])
@permit("hours.log")
def log_sheet() -> Response:
    """Many lines at once: good ones go in, the others come back with their reasons."""
    if request.method == "GET":
        return _sheet(sheet_lines({}), 200)
    lines = sheet_lines(request.form)
    filled = [line for line in lines if not line.empty]
    read = [(line.place, entry) for line in filled if (entry := _read(line)) is not None]
    answer = hours.log_sheet(actor(), read, key=pressed_key())
    for line in filled:
        if line.place in answer.wrong:
            note_refusal(line, answer.wrong[line.place])
    left = [line for line in filled if line.wrong]
    if answer.done:
        flash(ngettext("%(num)s line was written down.", "%(num)s lines were written down.", len(answer.done)), "done")
    if left:
        return _sheet(left, 422)
    return redirect(url_for("exchange.hours_review") if answer.done else url_for("exchange.log_sheet"), 303)


def _sheet(lines: list[SheetLine], status: int) -> Response:
    shown = [*lines, *sheet_lines({}, LINES)[len(lines) :]]
    for place, line in enumerate(shown):
        line.place = place
    page = render_template("exchange/hours/sheet.html", lines=shown, services=service_choices(), key=new_key())
    return make_response(page, status)


def _read(line: SheetLine) -> LoggedVisit | None:
    helper = recipient = 0
    try:
        helper = one_person(actor(), line.typed["helper"], permission="hours.log", field="helper", role="volunteer")
    except Refused as error:
        note_refusal(line, error)
    try:
        recipient = one_person(actor(), line.typed["recipient"], permission="hours.log", field="recipient")
    except Refused as error:
        note_refusal(line, error)
    return read_line(line, helper, recipient)


# -- the second review -------------------------------------------------------------------------------------------------


@bp.route("/hours/review")
@permit("hours.review")
def hours_review() -> str:
    queue = review.queue(actor())
    return render_template(
        "exchange/hours/review.html",
        queue=queue,
        names=review.names_to_resolve(actor()),
        accounts=access.names_of_accounts(line.recorded_by for line in queue),
        words=words,
    )


@bp.route("/hours/review/<int:visit_id>", methods=["GET", "POST"])
@permit("hours.review")
def review_hours(visit_id: int) -> Response:
    line, choices = review.line(actor(), visit_id)
    form = ReviewForm()
    form.funding.choices = options(funding_choices(choices))
    if request.method == "GET":
        form.funding.data = line.visit.funding
        form.decision.data = "approve"
    approve = form.decision.data == "approve"
    return submit(
        form,
        lambda: hours.review_entry(
            actor(), visit_id, approve, form.reason.data or "", form.funding.data or None, key=form.key.data
        ),
        done=url_for("exchange.hours_review"),
        said=_("The hours are credited.") if approve else _("Sent back; the helper will read the reason."),
        template="exchange/hours/decide.html",
        line=line,
        accounts=access.names_of_accounts([line.recorded_by]),
        words=words,
    )


@bp.route("/hours/names/<int:entry_id>", methods=["GET", "POST"])
@permit("hours.log")
def resolve_name(entry_id: int) -> Response:
    """The volunteer wrote a name: who is it?"""
    entry = review.entry(actor(), entry_id)
    text = request.args.get("q") or entry.recipient_name
    found = review.candidates(actor(), text)
    form = FindForm()
    form.recipient_id.choices = options(
        (str(hit.id), f"{hit.name} · {hit.member_no} · {hit.place} {hit.address}") for hit in found
    )
    return submit(
        form,
        lambda: hours.resolve_entry(actor(), entry_id, int(form.recipient_id.data), key=form.key.data),
        done=lambda visit_id: url_for("exchange.review_hours", visit_id=visit_id),
        said=_("Now the hours can be reviewed."),
        template="exchange/hours/resolve.html",
        entry=entry,
        text=text,
        found=found,
    )


@bp.route("/hours/names/<int:entry_id>/refuse", methods=["GET", "POST"])
@permit("hours.log")
def refuse_name(entry_id: int) -> Response:
    entry = review.entry(actor(), entry_id)
    form = ReasonForm()
    return submit(
        form,
        reasoned(form, hours.refuse_entry, entry_id),
        done=url_for("exchange.hours_review"),
        said=_("Sent back; the helper will read the reason."),
        template="exchange/requests/reason.html",
        heading=_("Send back the hours of %(name)s", name=entry.volunteer),
        back=url_for("exchange.hours_review"),
        words_send=_("Send back"),
    )


@bp.route("/hours/review/<int:visit_id>/approve", methods=["POST"])
@permit("hours.review")
def approve_hours(visit_id: int) -> Response:
    return press(
        lambda: hours.review_entry(actor(), visit_id, True, key=pressed_key()),
        done=url_for("exchange.hours_review"),
        said=_("The hours are credited."),
    )
