"""Places: browsing, searching, grids, coordinates, and who is responsible."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.core import clock
from timebank.core.errors import NotFound
from timebank.core.web import actor, permit, press, pressed_key, signed_in, submit
from timebank.territory import labels, queries, service
from timebank.territory.forms import DutyForm, GridForm, PointForm
from timebank.territory.queries import TerritoryInfo

bp = Blueprint("territory", __name__)


@bp.context_processor
def words() -> dict[str, Any]:
    """The tables of words stand open to every template of the territory."""
    return {"labels": labels}


def _place(code: str) -> TerritoryInfo:
    info = queries.info(code)
    if info is None:
        raise NotFound("territory")
    return info


def _page(code: str) -> str:
    return url_for("territory.place", code=code)


@bp.get("/places")
@signed_in
def index() -> Response:
    """Provinces, or what a search finds."""
    text = request.args.get("q", "").strip()
    places = queries.search(text, limit=50) if text else queries.children("")
    paths = queries.path_names([place.code for place in places])
    return make_response(render_template("territory/index.html", places=places, paths=paths, text=text))


@bp.get("/places/<code>")
@signed_in
def place(code: str) -> Response:
    """A place: what lies in it, where it is, who answers for it."""
    info = _place(code)
    below = queries.children(code)
    return make_response(
        render_template(
            "territory/place.html",
            place=info,
            above=queries.around(code),
            below=below,
            counts=queries.child_counts([one.code for one in below]),
            duties=queries.duties_of(code),
            today=clock.today(),
        )
    )


@bp.route("/places/<code>/grids/new", methods=["GET", "POST"])
@permit("territory.manage")
def new_grid(code: str) -> Response:
    """Divides a community."""
    form = GridForm()
    return submit(
        form,
        lambda: service.add_grid(actor(), code, form.name.data, key=form.key.data),
        done=_page(code),
        said=_("The grid is there."),
        template="territory/form.html",
        place=_place(code),
        words=_("New grid"),
    )


@bp.route("/places/<code>/name", methods=["GET", "POST"])
@permit("territory.manage")
def rename(code: str) -> Response:
    """Another name for a grid."""
    info = _place(code)
    form = GridForm(name=info.name)
    return submit(
        form,
        lambda: service.rename(actor(), code, form.name.data, key=form.key.data),
        done=_page(code),
        said=_("Saved."),
        template="territory/form.html",
        place=info,
        words=_("Rename the grid"),
    )


@bp.route("/places/<code>/point", methods=["GET", "POST"])
@permit("territory.manage")
def point(code: str) -> Response:
    """Coordinates of a place."""
    info = _place(code)
    form = PointForm(lat=info.lat, lon=info.lon)
    return submit(
        form,
        lambda: service.set_point(actor(), code, form.lat.data, form.lon.data, key=form.key.data),
        done=_page(code),
        said=_("Saved."),
        template="territory/form.html",
        place=info,
        words=_("Where is it?"),
    )


@bp.route("/places/<code>/duties/new", methods=["GET", "POST"])
@permit("territory.manage")
def new_duty(code: str) -> Response:
    """Somebody takes a duty."""
    form = DutyForm()
    return submit(
        form,
        lambda: service.give_duty(actor(), form.person_id.data, form.command(code), key=form.key.data),
        done=_page(code),
        said=_("Saved."),
        template="territory/form.html",
        place=_place(code),
        words=_("Who is responsible?"),
    )


@bp.post("/places/<code>/duties/<int:duty_id>/end")
@permit("territory.manage")
def end_duty(code: str, duty_id: int) -> Response:
    """The duty ends today."""
    return press(
        lambda: service.end_responsibility(actor(), duty_id, key=pressed_key()),
        done=_page(code),
        said=_("The duty ends today."),
    )
