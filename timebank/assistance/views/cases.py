"""Pages of cases."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from timebank.access import queries as access
from timebank.assistance import files as exports
from timebank.assistance.forms import CaseForm, CloseForm, PurposeForm, WordsForm, WorkerForm, workers
from timebank.assistance.queries import cases as lists
from timebank.assistance.queries import file as files
from timebank.assistance.queries import health as health_queries
from timebank.assistance.service import cases as service
from timebank.assistance.views.blueprint import ask_purpose, bp, case_purpose, keep_purpose, safe_next
from timebank.core.errors import NotFound
from timebank.core.web import actor, commanded, download, permit, press, pressed_key, submit
from timebank.people import queries as people


def filters() -> lists.Filters:
    args = request.args
    return lists.Filters(
        text=args.get("q", ""),
        state=args.get("state", "open"),
        kind=args.get("kind", ""),
        urgency=args.get("urgency", ""),
        mine=bool(args.get("mine")),
        overdue=bool(args.get("overdue")),
    )


@bp.route("/cases")
@permit("cases.read")
def index() -> str:
    narrowed = filters()
    page = lists.page(actor(), narrowed, request.args.get("after", type=int))
    return render_template("assistance/index.html", page=page, filters=narrowed)


@bp.route("/cases.csv")
@permit("cases.read")
def export() -> Response:
    rows = lists.every(actor(), filters())
    service.note_export(actor(), len(rows))
    return download(exports.cases_file(rows), "cases.csv")


@bp.route("/cases/new", methods=["GET", "POST"])
@permit("cases.write")
def new_case() -> BaseResponse:
    person_id = request.args.get("person_id", type=int)
    if person_id is None:
        text = request.args.get("q", "")
        hits = people.search(actor(), text, permission="cases.write") if text.strip() else []
        return make_response(render_template("assistance/find_person.html", text=text, hits=hits))
    person = people.brief(people.resolve(person_id))
    if person is None or not actor().may("cases.write", person.territory_code):
        raise NotFound("person_not_found")
    form = CaseForm()
    form.case_worker_id.choices = workers(access.accounts_with("cases.write", person.territory_code))
    if not form.is_submitted() and actor().account_id in {choice.value for choice in form.case_worker_id.choices}:
        form.case_worker_id.data = actor().account_id
    return submit(
        form,
        commanded(form, service.open_case, person.id),
        done=lambda case_id: url_for("assistance.case", case_id=case_id),
        said=_("The case is open. Write down the first visit and the needs."),
        template="assistance/new_case.html",
        person=person,
    )


@bp.route("/cases/<int:case_id>")
@permit("cases.read")
def case(case_id: int) -> BaseResponse | str:
    purpose = case_purpose(files.head(actor(), case_id))
    if purpose is None:
        return ask_purpose("assistance.purpose", case_id=case_id)
    service.open_file(actor(), case_id, purpose)
    file = files.file(actor(), case_id)
    return render_template("assistance/case.html", file=file, statuses=health_queries.statuses(file.person.id))


@bp.route("/cases/<int:case_id>/plan")
@permit("cases.read")
def plan_sheet(case_id: int) -> BaseResponse | str:
    purpose = case_purpose(files.head(actor(), case_id))
    if purpose is None:
        return ask_purpose("assistance.purpose", case_id=case_id)
    service.open_file(actor(), case_id, purpose)
    return render_template("assistance/plan_sheet.html", file=files.file(actor(), case_id))


@bp.route("/cases/<int:case_id>/purpose", methods=["GET", "POST"])
@permit("cases.read")
def purpose(case_id: int) -> BaseResponse | str:
    files.head(actor(), case_id)
    form = PurposeForm()
    if form.validate_on_submit():
        keep_purpose(f"case:{case_id}", form.text())
        return redirect(safe_next(url_for("assistance.case", case_id=case_id)), 303)
    status = 422 if form.is_submitted() else 200
    return make_response(render_template("assistance/purpose.html", form=form), status)


@bp.route("/cases/<int:case_id>/worker", methods=["GET", "POST"])
@permit("cases.write")
def worker(case_id: int) -> BaseResponse:
    head = files.head(actor(), case_id)
    form = WorkerForm()
    form.case_worker_id.choices = workers(access.accounts_with("cases.write", head.territory_code))
    return submit(
        form,
        lambda: service.assign_worker(actor(), case_id, form.case_worker_id.data, key=form.key.data),
        done=_to_case,
        said=_("The case was handed over."),
        template="assistance/step.html",
        heading=_("Hand the case over"),
        words=_("Hand over"),
        case_id=case_id,
    )


def _to_case(case_id: int) -> str:
    return url_for("assistance.case", case_id=case_id)


@bp.route("/cases/<int:case_id>/propose", methods=["POST"])
@permit("cases.write")
def propose(case_id: int) -> BaseResponse:
    said = _("The plan now waits for approval by another person.")
    return press(lambda: service.propose_plan(actor(), case_id, key=pressed_key()), done=_to_case(case_id), said=said)


@bp.route("/cases/<int:case_id>/approve", methods=["POST"])
@permit("cases.approve")
def approve(case_id: int) -> BaseResponse:
    said = _("The plan is approved. It can be delivered now.")
    return press(lambda: service.approve_plan(actor(), case_id, key=pressed_key()), done=_to_case(case_id), said=said)


def _with_words(case_id: int, heading: str, words: str, said: str, act: Callable[[WordsForm], int]) -> BaseResponse:
    files.head(actor(), case_id)
    form = WordsForm()
    return submit(
        form,
        lambda: act(form),
        done=_to_case,
        said=said,
        template="assistance/step.html",
        heading=heading,
        words=words,
        case_id=case_id,
    )


@bp.route("/cases/<int:case_id>/return", methods=["GET", "POST"])
@permit("cases.approve")
def return_plan(case_id: int) -> BaseResponse:
    return _with_words(
        case_id,
        _("Send the plan back"),
        _("Send back"),
        _("The plan went back to the case worker."),
        lambda form: service.return_plan(actor(), case_id, form.words.data, key=form.key.data),
    )


@bp.route("/cases/<int:case_id>/revise", methods=["GET", "POST"])
@permit("cases.write")
def revise_plan(case_id: int) -> BaseResponse:
    return _with_words(
        case_id,
        _("Change the plan"),
        _("Take up the plan again"),
        _("The plan is open for changes. It will need approval once more."),
        lambda form: service.revise_plan(actor(), case_id, form.words.data, key=form.key.data),
    )


@bp.route("/cases/<int:case_id>/reopen", methods=["GET", "POST"])
@permit("cases.write")
def reopen(case_id: int) -> BaseResponse:
    return _with_words(
        case_id,
        _("Open the case again"),
        _("Open again"),
        _("The case is open again."),
        lambda form: service.reopen_case(actor(), case_id, form.words.data, key=form.key.data),
    )


@bp.route("/cases/<int:case_id>/close", methods=["GET", "POST"])
@permit("cases.write")
def close(case_id: int) -> BaseResponse:
    files.head(actor(), case_id)
    form = CloseForm()
    return submit(
        form,
        lambda: service.close_case(actor(), case_id, form.close_reason(), form.words.data or "", key=form.key.data),
        done=_to_case,
        said=_("The case is closed."),
        template="assistance/step.html",
        heading=_("Close the case"),
        words=_("Close the case"),
        case_id=case_id,
    )
