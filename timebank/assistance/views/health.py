"""Pages of health files and categories."""

from __future__ import annotations

from flask import make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from timebank.assistance import texts
from timebank.assistance.forms import EndStatusForm, HealthForm, PurposeForm, StatusForm
from timebank.assistance.queries import health as queries
from timebank.assistance.service import health as service
from timebank.assistance.views.blueprint import CASE_WORK, ask_purpose, bp, keep_purpose, purpose_of, safe_next
from timebank.core.web import actor, permit, submit


def _purpose(person_id: int) -> str | None:
    return CASE_WORK if queries.works_on_case_of(actor(), person_id) else purpose_of(f"health:{person_id}")


@bp.route("/people/<int:person_id>/health")
@permit("people.health")
def health(person_id: int) -> BaseResponse | str:
    person = queries.patient(actor(), person_id, "people.health")
    purpose = _purpose(person.id)
    if purpose is None:
        return ask_purpose("assistance.health_purpose", person_id=person_id)
    service.open_health(actor(), person.id, purpose)
    return render_template("assistance/health.html", file=queries.health(actor(), person.id))


@bp.route("/people/<int:person_id>/health/purpose", methods=["GET", "POST"])
@permit("people.health")
def health_purpose(person_id: int) -> BaseResponse:
    person = queries.patient(actor(), person_id, "people.health")
    form = PurposeForm()
    if form.validate_on_submit():
        keep_purpose(f"health:{person.id}", form.text())
        return redirect(safe_next(url_for("assistance.health", person_id=person_id)), 303)
    status = 422 if form.is_submitted() else 200
    return make_response(render_template("assistance/purpose.html", form=form), status)


@bp.route("/people/<int:person_id>/health/edit", methods=["GET", "POST"])
@permit("people.health")
def edit_health(person_id: int) -> BaseResponse:
    person = queries.patient(actor(), person_id, "people.health")
    purpose = _purpose(person.id)
    if purpose is None:
        return ask_purpose("assistance.health_purpose", person_id=person_id)
    form = HealthForm()
    if not form.is_submitted():
        service.open_health(actor(), person.id, purpose)
        _fill(form, queries.health(actor(), person.id))
    return submit(
        form,
        lambda: service.save_health(actor(), form.command(person.id), key=form.key.data),
        done=url_for("assistance.health", person_id=person.id),
        said=lambda level: _("Kept. Self-care: %(level)s", level=texts.LEVELS[level]),
        template="assistance/health_edit.html",
        person=person,
    )


def _fill(form: HealthForm, file: queries.HealthInfo) -> None:
    form.failed_items.data = [item.value for item in file.failed]
    form.conditions.data = "\n".join(file.conditions)
    form.medication.data = "\n".join(file.medication)
    form.care_every_days.data = file.care_every_days


@bp.route("/people/<int:person_id>/categories")
@permit("cases.read")
def categories(person_id: int) -> str:
    person = queries.patient(actor(), person_id, "cases.read")
    return render_template("assistance/categories.html", person=person, statuses=queries.statuses(person.id))


@bp.route("/people/<int:person_id>/categories/new", methods=["GET", "POST"])
@permit("cases.write")
def new_category(person_id: int) -> BaseResponse:
    person = queries.patient(actor(), person_id, "cases.write")
    form = StatusForm()
    return submit(
        form,
        lambda: service.add_status(actor(), form.command(person.id), key=form.key.data),
        done=url_for("assistance.categories", person_id=person.id),
        said=_("The category is entered."),
        template="assistance/category_edit.html",
        person=person,
        heading=_("Enter a category"),
    )


@bp.route("/people/<int:person_id>/categories/<int:status_id>/end", methods=["GET", "POST"])
@permit("cases.write")
def end_category(person_id: int, status_id: int) -> BaseResponse:
    person = queries.patient(actor(), person_id, "cases.write")
    form = EndStatusForm()
    return submit(
        form,
        lambda: service.end_status(actor(), status_id, form.ends_on.data, key=form.key.data),
        done=url_for("assistance.categories", person_id=person.id),
        said=_("The category ends with this day."),
        template="assistance/category_edit.html",
        person=person,
        heading=_("End a category"),
    )
