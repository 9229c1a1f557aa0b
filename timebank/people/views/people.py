"""Lists of people, a person, registering and changing."""

from __future__ import annotations

from typing import Any

from flask import Response as FlaskResponse
from flask import jsonify, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.core.errors import Refused
from timebank.core.web import actor, download, partial, permit, press, pressed_key, submit
from timebank.people import labels, queries, service
from timebank.people.forms.person import DeathForm, EditForm, PersonForm, RevealForm
from timebank.people.queries import PeopleFilter, duplicates, files, profile
from timebank.people.rules.codes import PersonRole
from timebank.people.views.base import bp, communities, found

ROLES = {role.value for role in PersonRole}


def _filter() -> PeopleFilter:
    role = request.args.get("role", "")
    return PeopleFilter(
        text=request.args.get("q", "").strip(),
        role=PersonRole(role) if role in ROLES else None,
        territory=request.args.get("place", "") if request.args.get("place", "").isdecimal() else "",
    )


@bp.get("/people")
@permit("people.read")
def index() -> Response:
    """People of the area, with search and filters; asked for by htmx only the lines."""
    wanted = _filter()
    page = queries.list_people(actor(), wanted, request.args.get("after"))
    template = "people/_list.html" if partial() else "people/index.html"
    context: dict[str, Any] = {"page": page, "wanted": wanted}
    if not partial():
        context |= {
            "total": queries.count_people(actor(), wanted),
            "places": communities("people.read"),
            "waiting": duplicates.count_pairs(actor()),
        }
    return make_response(render_template(template, **context))


@bp.get("/people/find")
@permit("people.read")
def find() -> FlaskResponse:
    """People for a field that suggests while one types (JSON), within one's area."""
    wanted = _filter()
    hits = queries.search(actor(), wanted.text, role=wanted.role)
    return jsonify(
        [
            {
                "id": hit.id,
                "member_no": hit.member_no,
                "name": hit.name,
                "place": hit.place,
                "address": hit.address,
                "phone": hit.phone_masked,
            }
            for hit in hits
        ]
    )


@bp.get("/people/export.csv")
@permit("people.read")
def export() -> FlaskResponse:
    """The list as a file; numbers and phones masked as on the page."""
    return download(files.people_csv(actor(), _filter()), "people.csv")


@bp.route("/people/new", methods=["GET", "POST"])
@permit("people.write")
def new_person() -> Response:
    """Registering somebody; likely duplicates are shown before anything is saved."""
    form = PersonForm()
    form.offer(communities("people.write"))
    return submit(
        form,
        lambda: service.register_person(actor(), form.command(_guardian(form)), key=form.key.data),
        done=lambda person_id: url_for("people.person", person_id=person_id),
        said=_("Registered."),
        template="people/new.html",
        likely=_likely(form),
    )


def _guardian(form: PersonForm) -> int | None:
    text = (form.guardian.data or "").strip()
    if not text:
        return None
    hits = found(text)
    if len(hits) != 1:
        raise Refused("nobody_found" if not hits else "several_found", field="guardian", given=text, count=len(hits))
    return hits[0].id


def _likely(form: PersonForm) -> list[service.LikelyPerson]:
    """Everybody who may be the one typed."""
    if not (form.is_submitted() and form.name.data and form.territory_code.data):
        return []
    try:
        return service.likely_people(actor(), form.command())
    except (Refused, ValueError):  # a choice that is not in its list: the form itself says so
        return []


@bp.get("/people/<int:person_id>")
@permit("people.read")
def person(person_id: int) -> Response:
    """A person: details, roles, household, agents, consents, and what other domains know."""
    detail = profile.detail(actor(), person_id)
    if detail.merged_into_id:
        kept = profile.detail(actor(), detail.merged_into_id)
        return make_response(render_template("people/merged.html", person=detail, kept=kept))
    return make_response(
        render_template(
            "people/person.html",
            person=detail,
            links=profile.links(actor(), person_id),
            languages=[str(labels.of(labels.LANGUAGE, code)) for code in detail.languages],
            household=queries.household_of(person_id),
            agents=queries.agents_of(person_id),
            wards=queries.acts_for(person_id),
            consents=profile.visible_consents(actor(), detail),
            merges=duplicates.merges_into(person_id),
            addable=profile.addable_roles(actor(), detail),
        )
    )


@bp.get("/people/<int:person_id>/history")
@permit("people.read")
def history(person_id: int) -> Response:
    """What was done to a person's data and who saw sensitive fields."""
    detail = profile.detail(actor(), person_id)
    assistance = actor().may("cases.read", detail.territory_code)
    page = profile.history(person_id, request.args.get("after"), assistance=assistance)
    seen = profile.seen(person_id, assistance=assistance)
    return make_response(render_template("people/history.html", person=detail, page=page, seen=seen))


@bp.route("/people/<int:person_id>/edit", methods=["GET", "POST"])
@permit("people.write")
def edit(person_id: int) -> Response:
    """Changing what is known of a person."""
    detail = profile.detail(actor(), person_id)
    form = EditForm(data=None if request.method == "POST" else _filled(detail))
    places = communities("people.write")
    if detail.territory_code not in dict(places):
        places = [(detail.territory_code, detail.place), *places]
    form.offer(places)
    return submit(
        form,
        lambda: service.update_person(actor(), person_id, form.command(), key=form.key.data),
        done=url_for("people.person", person_id=person_id),
        said=_("Saved."),
        template="people/edit.html",
        person=detail,
    )


def _filled(detail: profile.PersonDetail) -> dict[str, Any]:
    kept = (
        "version",
        "name",
        "birth_date",
        "territory_code",
        "address",
        "lat",
        "lon",
        "reads",
        "door_note",
        "safety_note",
    )
    return {name: getattr(detail, name) for name in kept} | {
        "door_note": detail.door_note,
        "safety_note": detail.safety_note,
        "sex": detail.sex.value if detail.sex else "",
        "languages": list(detail.languages),
        "lives_alone": {True: "yes", False: "no", None: ""}[detail.lives_alone],
    }


@bp.route("/people/<int:person_id>/show/<field>", methods=["GET", "POST"])
@permit("people.read")
def reveal(person_id: int, field: str) -> Response:
    """Shows a sensitive field once somebody has said what for."""
    detail = profile.detail(actor(), person_id)
    form, value, status = RevealForm(), None, 200
    if form.validate_on_submit():
        value = service.reveal(actor(), person_id, field, form.purpose.data)
    elif form.is_submitted():
        status = 422
    words = labels.of(labels.FIELD, field)
    page = render_template("people/reveal.html", person=detail, form=form, field=field, words=words, value=value)
    return make_response(page, status)


@bp.post("/people/<int:person_id>/roles/give")
@permit("people.write")
def give_role(person_id: int) -> Response:
    """Gives a role."""
    role = PersonRole(request.form["role"]) if request.form.get("role") in ROLES else PersonRole.RECIPIENT
    return press(
        lambda: service.give_role(actor(), person_id, role, key=pressed_key()),
        done=url_for("people.person", person_id=person_id),
        said=_("Saved."),
    )


@bp.post("/people/<int:person_id>/roles/leave")
@permit("people.write")
def leave_role(person_id: int) -> Response:
    """Ends a role; the others stay."""
    role = PersonRole(request.form["role"]) if request.form.get("role") in ROLES else PersonRole.RECIPIENT
    return press(
        lambda: service.leave_role(actor(), person_id, role, key=pressed_key()),
        done=url_for("people.person", person_id=person_id),
        said=_("The role has ended; the others stay."),
    )


@bp.route("/people/<int:person_id>/death", methods=["GET", "POST"])
@permit("people.write")
def death(person_id: int) -> Response:
    """Notes that a person has died."""
    detail = profile.detail(actor(), person_id)
    form = DeathForm()
    return submit(
        form,
        lambda: service.record_death(actor(), person_id, form.died_on.data, key=form.key.data),
        done=url_for("people.person", person_id=person_id),
        said=_("Saved."),
        template="people/death.html",
        person=detail,
    )


@bp.post("/people/<int:person_id>/death/take-back")
@permit("people.write")
def take_death_back(person_id: int) -> Response:
    """The day of death was a mistake."""
    return press(
        lambda: service.record_death(actor(), person_id, None, key=pressed_key()),
        done=url_for("people.person", person_id=person_id),
        said=_("Saved."),
    )
