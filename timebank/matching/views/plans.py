"""Plans: the list, a new one, its progress, the board, accepting, planning again."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields.choices import SelectChoice

from timebank.core import clock
from timebank.core.units import weekday_text
from timebank.core.web import actor, partial, permit, press, pressed_key, submit
from timebank.exchange.forms.requests import day_or_none
from timebank.matching import words_plans as words
from timebank.matching.background import work_soon
from timebank.matching.forms import AgainForm, PlanForm
from timebank.matching.queries import maps
from timebank.matching.queries import plans as queries
from timebank.matching.queries.board import board
from timebank.matching.queries.board_choices import day_of, helpers_of, named
from timebank.matching.queries.board_shapes import LANES, Shown
from timebank.matching.service import accepting
from timebank.matching.service import plans as service
from timebank.matching.service.accepting import Accept
from timebank.matching.views import bp

LISTED = 80  # helpers to tick; in a larger plan the link beside a helper marks that one
READ, PLAN, OFFER = "matching.read", "matching.plan", "matching.offer"


def page_of(plan_id: int) -> str:
    """The address of a plan."""
    return url_for("matching.plan", plan_id=plan_id)


def board_of(plan_id: int, visit_id: int = 0) -> str:
    """The board again with the day and the filter it was left with, else on the day of the visit that was changed."""
    came = urlsplit(request.referrer or "")
    if came.netloc == request.host and came.path == page_of(plan_id):
        return f"{came.path}?{came.query}" if came.query else came.path
    return url_for("matching.plan", plan_id=plan_id, day=day_of(plan_id, visit_id))


def started(plan_id: int) -> str:
    """A search waits: the worker is told, and the plan's page shown."""
    work_soon()
    return page_of(plan_id)


def asked(plan_id: int, visit_id: int) -> str:
    """Offers wait: the worker is told, and the board shown again."""
    work_soon()
    return board_of(plan_id, visit_id)


def shown() -> Shown:
    """The filter in the address."""
    args = request.args
    offset = args.get("offset", "")
    return Shown(
        day=day_or_none(args.get("day")),
        territory=args.get("territory", ""),
        service=args.get("service", ""),
        urgent=args.get("urgent") == "1",
        offset=int(offset) if offset.isdecimal() and len(offset) < 7 else 0,
        all_left=args.get("all") == "1",
    )


def place_choices() -> list[SelectChoice]:
    """Places one may plan: one's own territories, and the districts and streets in them."""
    return [SelectChoice(code, name) for code, name in maps.areas(actor().scopes(PLAN)).items()]


@bp.route("/plans")
@permit(READ)
def plans() -> str:
    """Every plan of one's territories, the newest first."""
    page = queries.plans(actor(), after=request.args.get("after"))
    return render_template("matching/plans/index.html", page=page, words=words, may_plan=actor().has(PLAN))


@bp.route("/plans/new", methods=["GET", "POST"])
@permit(PLAN)
def new_plan() -> BaseResponse:
    """Asks for a plan; the search runs elsewhere."""
    form = PlanForm()
    form.territory_code.choices = place_choices()
    if request.method == "GET":
        form.first_day.data = day_or_none(request.args.get("day")) or clock.today() + timedelta(days=1)
    return submit(
        form,
        lambda: service.start_plan(actor(), form.command(), key=form.key.data),
        done=started,
        template="matching/plans/new.html",
    )


@bp.route("/plans/<int:plan_id>")
@permit(READ)
def plan(plan_id: int) -> str:
    """The search while it runs, then the board."""
    line = queries.plan(actor(), plan_id)
    if not line.ready:
        return render_template("matching/plans/search.html", plan=line, words=words, may=_may(line))
    chosen = shown()
    found = board(line, chosen)
    template = (
        "matching/plans/_lanes.html" if request.headers.get("HX-Target") == "lanes" else "matching/plans/plan.html"
    )
    return render_template(
        template,
        found=found,
        plan=found.plan,
        chosen=chosen,
        words=words,
        may=_may(line),
        places=maps.places(line.territory_code),
        tiles=maps.tiles(),
        lanes_a_page=LANES,
        weekday=weekday_text,
        civil_minutes=_minutes,
    )


def _minutes(moment: datetime) -> int:
    civil = clock.civil(moment)
    return civil.hour * 60 + civil.minute


def _may(line: queries.PlanLine) -> dict[str, bool]:
    return {permission: actor().may(permission, line.territory_code) for permission in (PLAN, OFFER)}


@bp.route("/plans/<int:plan_id>/progress")
@permit(READ)
def plan_progress(plan_id: int) -> BaseResponse:
    """How far the search is, for the page that waits; when it has ended the page is loaded again."""
    line = queries.plan(actor(), plan_id)
    if not partial():
        return redirect(page_of(plan_id), 303)
    response = make_response(render_template("matching/plans/_progress.html", plan=line, words=words))
    if not line.busy:
        response.headers["HX-Refresh"] = "true"
    return response


@bp.route("/plans/<int:plan_id>/asking")
@permit(READ)
def plan_asking(plan_id: int) -> BaseResponse:
    """How many helpers are still to be asked; when nobody is, the page is loaded again."""
    asking = queries.still_to_ask(queries.plan(actor(), plan_id).id)
    if not partial():
        return redirect(page_of(plan_id), 303)
    response = make_response(render_template("matching/plans/_asking.html", asking=asking, plan_id=plan_id))
    if not asking:
        response.headers["HX-Refresh"] = "true"
    return response


@bp.route("/plans/<int:plan_id>/stop", methods=["POST"])
@permit(PLAN)
def stop_plan(plan_id: int) -> BaseResponse:
    """Ends the search, in whichever process it runs."""
    return press(lambda: service.stop_plan(actor(), plan_id, key=pressed_key()), done=page_of(plan_id))


@bp.route("/plans/<int:plan_id>/accept", methods=["POST"])
@permit(OFFER)
def accept_plan(plan_id: int) -> BaseResponse:
    """The helpers of a plan, of a street, or one helper are asked; the offers go out elsewhere."""
    typed = request.form
    helper, visit = typed.get("volunteer_id", ""), typed.get("visit_id", "")
    wanted = Accept(
        typed.get("territory_code", ""),
        int(helper) if helper.isdecimal() else None,
        int(visit) if visit.isdecimal() else None,
        day_or_none(typed.get("day")),
        tuple(typed.get("seen", "").split()),
    )
    return press(
        lambda: accepting.accept_plan(actor(), plan_id, wanted, key=pressed_key()),
        done=lambda _count: asked(plan_id, wanted.visit_id or 0),
        said=lambda _count: _accepted(plan_id, wanted),
    )


def _accepted(plan_id: int, wanted: Accept) -> str:
    """Says what was not asked for, because the page had not shown it."""
    new = named(plan_id, left) if (left := accepting.not_seen(plan_id, wanted)) else []
    if not new:
        return str(_("Accepted. The helpers are being asked."))
    text = _(
        "Accepted as it was shown. Not asked for, because it came only after that: %(visits)s.",
        visits=str(_(", ")).join(new),
    )
    return str(text)


@bp.route("/plans/<int:plan_id>/again", methods=["GET", "POST"])
@permit(PLAN)
def plan_again(plan_id: int) -> BaseResponse:
    """Plans the same days again around what has happened."""
    line = queries.plan(actor(), plan_id)
    form = AgainForm()
    if request.method == "GET":
        form.without.data = [int(person) for person in request.args.getlist("without") if person.isdecimal()]
    everybody, marked = helpers_of(line), set(form.without.data or ())
    listed = [one for one in everybody if len(everybody) <= LISTED or one[0] in marked]
    form.without.choices = [SelectChoice(str(person), name) for person, name in listed]
    return submit(
        form,
        lambda: service.plan_again(actor(), plan_id, form.command(), key=form.key.data),
        done=started,
        template="matching/plans/again.html",
        plan=line,
    )
