"""A plan changed by hand: who could go to a visit, what a change would break, and the change itself."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from timebank.core import clock
from timebank.core.web import actor, partial, permit, press, pressed_key
from timebank.matching import words
from timebank.matching import words_plans as plan_words
from timebank.matching.queries import pairs
from timebank.matching.queries.board_choices import others, row_of
from timebank.matching.queries.board_left import settled_since
from timebank.matching.queries.board_shapes import NOBODY
from timebank.matching.queries.days import Waiting
from timebank.matching.queries.offers import answers
from timebank.matching.queries.plans import plan
from timebank.matching.service import changes
from timebank.matching.views import bp
from timebank.matching.views.plans import PLAN, READ, board_of

SHOWN_OUT = 30


def _services(*visits: Waiting) -> dict[str, str]:
    """Names of the kinds of help that the words speak of."""
    return {visit.service_code: visit.service for visit in visits}


def _number(name: str, values: dict[str, str]) -> int:
    text = values.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


CLOCK = re.compile(r"(\d{1,2})\s*[:：.点时]\s*(\d{1,2}|半)?\s*分?|(\d{1,2})(\d{2})", re.ASCII)


def _start(text: str, day: datetime) -> datetime | None:
    """A time of day such as 9:15, 0915 or 9点15分 on the day of the visit; None for an empty or unreadable one."""
    found = CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute = found[1] or found[3], found[2] or found[4] or "0"
    minutes = 30 if minute == "半" else int(minute)
    if int(hour) > 23 or minutes > 59:
        return None
    return clock.at(clock.civil(day).date(), 0) + timedelta(hours=int(hour), minutes=minutes)


@bp.route("/plans/<int:plan_id>/visits/<int:visit_id>")
@permit(READ)
def planned_visit(plan_id: int, visit_id: int) -> str:
    """A visit of a plan: who goes, everybody who could, and why the others could not."""
    found = pairs.choices(actor(), plan_id, visit_id)
    row = row_of(plan_id, visit_id)
    return render_template(
        "matching/plans/visit.html",
        plan=found.plan,
        found=found,
        asked=answers(visit_id),
        row=row,
        settled=row is None and not found.looks,
        services=_services(found.visit),
        words=words,
        plan_words=plan_words,
        may_plan=actor().may(PLAN, found.plan.territory_code),
        wishes=words.wishes(found.visit.need, found.usual),
        shown_out=len(found.impossible) if request.args.get("all") else SHOWN_OUT,
    )


@bp.route("/plans/<int:plan_id>/visits/<int:visit_id>/check")
@permit(READ)
def check_pair(plan_id: int, visit_id: int) -> str:
    """Could this helper go?  Says why, or which rule it would break, before anything is saved.

    `seen`: who went when on the page one comes from; it may have been open for long.
    """
    line = plan(actor(), plan_id, named=False)
    values = request.args.to_dict()
    typed = values.get("starts", "").strip()
    row = row_of(plan_id, visit_id)
    stands = row.mark if row else NOBODY
    seen = values.get("seen") or stands
    answer = pairs.pair(actor(), plan_id, visit_id, _number("volunteer_id", values))
    start = _start(typed, answer.visit.earliest_start)
    if start is not None:
        answer = pairs.pair(actor(), plan_id, visit_id, answer.person_id, start)
    return render_template(
        "matching/plans/_check.html" if partial() else "matching/plans/check.html",
        plan=line,
        answer=answer,
        typed=typed,
        unreadable=bool(typed) and start is None,
        row=row,
        seen=seen,
        stale=seen != stands,
        settled=row is None and settled_since(line, visit_id),
        services=_services(answer.visit),
        words=words,
        plan_words=plan_words,
        may_plan=actor().may(PLAN, line.territory_code),
    )


@bp.route("/plans/<int:plan_id>/visits/<int:visit_id>/swap")
@permit(READ)
def check_swap(plan_id: int, visit_id: int) -> str:
    """What exchanging the helpers of two visits would mean, before it is done."""
    line = plan(actor(), plan_id, named=False)
    other_id = _number("other_id", request.args.to_dict())
    if not other_id:
        found = others(plan_id, visit_id)
        return render_template("matching/plans/swap_with.html", plan=line, visit_id=visit_id, others=found)
    first, second = pairs.swapped(actor(), plan_id, visit_id, other_id)
    return render_template(
        "matching/plans/_swap.html" if partial() else "matching/plans/swap.html",
        plan=line,
        answers=(first, second),
        rows=(row_of(plan_id, visit_id), row_of(plan_id, other_id)),
        other_id=other_id,
        visit_id=visit_id,
        services=_services(first.visit, second.visit),
        words=words,
        plan_words=plan_words,
        may_plan=actor().may(PLAN, line.territory_code),
    )


@bp.route("/plans/<int:plan_id>/visits/<int:visit_id>/assign", methods=["POST"])
@permit(PLAN)
def assign_visit(plan_id: int, visit_id: int) -> BaseResponse:
    """Gives the visit to a helper; what breaks a rule is refused."""
    typed = request.form.to_dict()
    starts_at = typed.get("starts_at", "")
    return press(
        lambda: changes.assign_visit(
            actor(),
            plan_id,
            visit_id,
            _number("volunteer_id", typed),
            _moment(starts_at),
            seen=typed.get("seen", ""),
            key=pressed_key(),
        ),
        done=lambda _changed: board_of(plan_id, visit_id),
        said=_("Changed. Nobody was asked yet."),
    )


def _moment(text: str) -> datetime | None:
    """A moment with its time zone, as the page put it into the form."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


@bp.route("/plans/<int:plan_id>/visits/<int:visit_id>/take-out", methods=["POST"])
@permit(PLAN)
def take_out_visit(plan_id: int, visit_id: int) -> BaseResponse:
    """Nobody goes, as far as this plan is concerned."""
    return press(
        lambda: changes.take_out_visit(
            actor(), plan_id, visit_id, seen=request.form.get("seen", ""), key=pressed_key()
        ),
        done=lambda _changed: board_of(plan_id, visit_id),
        said=_("Taken out. The visit stands under those left over."),
    )


@bp.route("/plans/<int:plan_id>/visits/<int:visit_id>/pin", methods=["POST"])
@permit(PLAN)
def pin_visit(plan_id: int, visit_id: int) -> BaseResponse:
    """Pins a visit, or releases it."""
    pinned = request.form.get("pinned") == "1"
    return press(
        lambda: changes.pin_visit(
            actor(), plan_id, visit_id, pinned, seen=request.form.get("seen", ""), key=pressed_key()
        ),
        done=lambda _changed: board_of(plan_id, visit_id),
        said=_("Pinned: planning again keeps it.") if pinned else _("Released: planning again may change it."),
    )


@bp.route("/plans/<int:plan_id>/visits/<int:visit_id>/swap", methods=["POST"])
@permit(PLAN)
def swap_visits(plan_id: int, visit_id: int) -> BaseResponse:
    """The helpers of two visits change places."""
    typed = request.form.to_dict()
    other_id, seen = _number("other_id", typed), (typed.get("seen", ""), typed.get("other_seen", ""))
    return press(
        lambda: changes.swap_visits(actor(), plan_id, visit_id, other_id, seen=seen, key=pressed_key()),
        done=lambda _changed: board_of(plan_id, visit_id),
        said=_("Swapped. Nobody was asked yet."),
    )
