"""Pages of volunteers for staff: lists, the review queue, one volunteer with everything that can be done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.core import clock
from timebank.core.errors import NotFound
from timebank.core.forms import Form
from timebank.core.web import actor, commanded, download, permit, press, pressed_key, submit
from timebank.exchange import files_volunteers as files
from timebank.exchange.forms.volunteers import (
    BarForm,
    DaysForm,
    HoursForm,
    InsuranceForm,
    OfferForm,
    ReasonForm,
    RegisterForm,
    TrainingForm,
    hours_shown,
    offer_shown,
    offer_usual,
    options,
)
from timebank.exchange.queries import grants, schemes
from timebank.exchange.queries import volunteers as queries
from timebank.exchange.queries.volunteers import VolunteerDetail, VolunteerFilter
from timebank.exchange.rules.availability import weekly_minutes
from timebank.exchange.rules.stars import stars
from timebank.exchange.rules.volunteers import Step, VolunteerState, permission_for, possible
from timebank.exchange.service import volunteers as service
from timebank.exchange.views import bp
from timebank.exchange.words_volunteers import STEP_HINTS, STEPS, WORDS
from timebank.people import queries as people
from timebank.people.queries import PersonBrief
from timebank.people.queries.relations import dependants_at_home
from timebank.territory import queries as territory

AHEAD = 14  # days of the availability calendar


def chosen() -> VolunteerFilter:
    """The filter in the address."""
    given = request.args
    state = given.get("state", "")
    return VolunteerFilter(
        state if state in list(VolunteerState) else "",
        given.get("skill", ""),
        given.get("territory", ""),
        given.get("q", ""),
    )


def _after() -> int | None:
    text = request.args.get("after", "")
    return int(text) if text.isdecimal() else None


@bp.route("/volunteers")
@permit("volunteers.read")
def volunteers() -> str:
    filters = chosen()
    page = queries.volunteers(actor(), filters, after=_after())
    services = schemes.service_types(active_only=False)
    return render_template(
        "exchange/volunteers/index.html",
        page=page,
        filters=filters,
        services=services,
        names={one.code: one.name for one in services},
        places=_places(row.territory_code for row in page.items),
        streets=_streets(),
        w=WORDS,
    )


def _places(codes: Iterable[str]) -> dict[str, str]:
    return territory.local_names(codes, actor().scopes("volunteers.read"))


def _streets() -> list[territory.TerritoryInfo]:
    """Places the list can be narrowed to: those directly inside the actor's territories."""
    scopes = actor().scopes("volunteers.read")
    return [place for code in scopes for place in territory.children(code)] if len(scopes) <= 3 else []


@bp.route("/volunteers.csv")
@permit("volunteers.read")
def volunteers_file() -> Response:
    rows = queries.everybody(actor(), chosen())
    service.note_export(actor(), len(rows))
    return download(files.volunteers_file(rows), "volunteers.csv")


@bp.route("/volunteers/waiting")
@permit("volunteers.read")
def volunteers_waiting() -> str:
    """Who waits for a review or a training."""
    names_of_steps = {
        VolunteerState.SUBMITTED: _("First review: the service point"),
        VolunteerState.PLATFORM_REVIEW: _("Second review: the platform"),
        VolunteerState.TRAINING: _("Training"),
    }
    who = actor()
    groups = [
        (names_of_steps[state], state, queries.waiting(who, state, permission))
        for state, permission in queries.WAITS.items()
        if who.has(permission)
    ]
    codes = {row.territory_code for _words, _state, rows in groups for row in rows}
    names = {one.code: one.name for one in schemes.service_types(active_only=False)}
    return render_template(
        "exchange/volunteers/waiting.html", groups=groups, places=_places(codes), names=names, w=WORDS
    )


@bp.route("/volunteers/<int:person_id>")
@permit("volunteers.read")
def volunteer(person_id: int) -> str:
    one = queries.volunteer(actor(), person_id)
    scheme, today = schemes.scheme(one.scheme_id), clock.today()
    rules = schemes.parameters(scheme.id, today)
    days = [today + timedelta(days=ahead) for ahead in range(AHEAD)]
    return render_template(
        "exchange/volunteers/volunteer.html",
        one=one,
        person=_brief(person_id),
        scheme=scheme,
        place=territory.path_name(one.helper.territory_code),
        calendar=[(day, one.helper.free(day)) for day in days],
        week=weekly_minutes(one.helper.slots),
        stars=stars(grants.earned_minutes(scheme.tenant, [person_id])[person_id], rules["tb.star_hours"]),
        absences_limit=rules.number("tb.no_show_limit_per_year"),
        steps=_steps(one),
        w=WORDS,
    )


def _steps(one: VolunteerDetail) -> list[Step]:
    """The steps this actor may take now."""
    who, code = actor(), one.helper.territory_code
    return [step for step in possible(one.state) if who.may(permission_for(one.state, step), code)]


def _brief(person_id: int) -> PersonBrief:
    person = people.brief(person_id)
    if person is None:
        raise NotFound("person")
    return person


@bp.route("/volunteers/<int:person_id>/review", methods=["POST"])
@permit("volunteers.review")
def review_volunteer(person_id: int) -> Response:
    return press(
        lambda: service.review(actor(), person_id, key=pressed_key()),
        done=url_for("exchange.volunteer", person_id=person_id),
        said=_("Checked. The platform looks at it next."),
    )


@bp.route("/volunteers/<int:person_id>/approve", methods=["POST"])
@permit("volunteers.approve")
def approve_volunteer(person_id: int) -> Response:
    return press(
        lambda: service.approve(actor(), person_id, key=pressed_key()),
        done=url_for("exchange.volunteer", person_id=person_id),
        said=_("Approved. The training is next."),
    )


def _about(
    one: VolunteerDetail, form: Form, act: Callable[[], object], *, said: str, template: str, **context: object
) -> Response:
    """A form about one volunteer; afterwards one is on their page again."""
    back = url_for("exchange.volunteer", person_id=one.person_id)
    return submit(form, act, done=back, said=said, template=template, one=one, **context)


WITH_REASON = {
    Step.REJECT: service.reject,
    Step.SUSPEND: service.suspend,
    Step.LIFT: service.lift,
    Step.LEAVE: service.leave,
}


@bp.route("/volunteers/<int:person_id>/step/<step>", methods=["GET", "POST"])
@permit("volunteers.review")
def volunteer_step(person_id: int, step: str) -> Response:
    """A step that needs a reason: not accepting, suspending, lifting, leaving, barring."""
    one = queries.volunteer(actor(), person_id)
    if step not in {*WITH_REASON, Step.BAR}:
        raise NotFound("not_found")
    wanted = Step(step)
    form: Form = BarForm() if wanted is Step.BAR else ReasonForm()
    return _about(
        one,
        form,
        lambda: _take(wanted, person_id, form),
        said=_("Done. The person is told."),
        template="exchange/volunteers/step.html",
        step=wanted,
        title=STEPS[wanted],
        hint=STEP_HINTS[wanted],
    )


def _take(step: Step, person_id: int, form: Form) -> int:
    if step is Step.BAR:
        return service.bar(actor(), person_id, form["reason"].data, form["until"].data, key=form.key.data)
    return WITH_REASON[step](actor(), person_id, form["reason"].data, key=form.key.data)


@bp.route("/volunteers/<int:person_id>/training", methods=["GET", "POST"])
@permit("volunteers.train")
def volunteer_training(person_id: int) -> Response:
    one = queries.volunteer(actor(), person_id)
    waits = one.state is VolunteerState.TRAINING
    form = TrainingForm(data={"passed_on": clock.today(), "start": waits})
    form.skills.choices = options({skill.code: skill.name for skill in (one.missing or one.skills)})
    return _about(
        one,
        form,
        commanded(form, service.record_training, person_id),
        said=_("The training is recorded."),
        template="exchange/volunteers/training.html",
        waits=waits,
    )


@bp.route("/volunteers/<int:person_id>/insurance", methods=["GET", "POST"])
@permit("volunteers.review")
def volunteer_insurance(person_id: int) -> Response:
    one = queries.volunteer(actor(), person_id)
    form = InsuranceForm(data={"until": one.helper.insured_until})
    return _about(
        one,
        form,
        lambda: service.set_insurance(actor(), person_id, form.until.data, key=form.key.data),
        said=_("The date is kept."),
        template="exchange/volunteers/insurance.html",
    )


@bp.route("/volunteers/register/<int:person_id>", methods=["GET", "POST"])
@permit("people.write")
def register_volunteer(person_id: int) -> Response:
    """A coordinator registers a person of the own area as a volunteer."""
    person = _brief(person_id)
    if not actor().may("people.write", person.territory_code):
        raise NotFound("person")
    usual = offer_usual(person.languages, bool(dependants_at_home([person_id])))
    form = RegisterForm(data=usual).fill(schemes.service_types())
    return submit(
        form,
        commanded(form, service.apply, person_id),
        done=url_for("exchange.volunteer", person_id=person_id),
        said=_("Registered. The service point's review is next."),
        template="exchange/volunteers/register.html",
        person=person,
    )


@bp.route("/volunteers/<int:person_id>/offer", methods=["GET", "POST"])
@permit("volunteers.review")
def volunteer_offer(person_id: int) -> Response:
    one = queries.volunteer(actor(), person_id)
    form = OfferForm(data=offer_shown(one)).fill(schemes.service_types(), one)
    return _about(
        one,
        form,
        commanded(form, service.change_offer, person_id),
        said=_("The changes are kept."),
        template="exchange/volunteers/offer.html",
    )


@bp.route("/volunteers/<int:person_id>/availability", methods=["GET", "POST"])
@permit("volunteers.review")
def volunteer_availability(person_id: int) -> Response:
    """The coordinator writes down the free hours of somebody without a phone."""
    one = queries.volunteer(actor(), person_id)
    form = HoursForm(data=hours_shown(one.helper.slots, one.helper.helps_on_holidays))
    return _about(
        one,
        form,
        lambda: service.set_availability(
            actor(), person_id, form.slots(), form.helps_on_holidays.data, key=form.key.data
        ),
        said=_("The free hours are kept."),
        template="exchange/volunteers/hours.html",
    )


@bp.route("/volunteers/<int:person_id>/days", methods=["GET", "POST"])
@permit("volunteers.review")
def volunteer_days(person_id: int) -> Response:
    one = queries.volunteer(actor(), person_id)
    form = DaysForm(data={"first_day": clock.today()})
    return _about(
        one,
        form,
        commanded(form, service.add_days, person_id),
        said=_("The days are kept."),
        template="exchange/volunteers/days.html",
    )


@bp.route("/volunteers/<int:person_id>/days/<int:days_id>/remove", methods=["POST"])
@permit("volunteers.review")
def remove_volunteer_days(person_id: int, days_id: int) -> Response:
    return press(
        lambda: service.remove_days(actor(), person_id, days_id, key=pressed_key()),
        done=url_for("exchange.volunteer", person_id=person_id),
        said=_("Taken back."),
    )
