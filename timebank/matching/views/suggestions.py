"""Who could help with a visit, who could not and why: pages, and the same as fragments inside the request's page."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from timebank.core.web import LARGEST_ID, actor, partial, permit
from timebank.exchange.queries import schemes
from timebank.matching import words
from timebank.matching.queries import OutFilter, outside, suggestions
from timebank.matching.queries.suggestions import MOST, TOP
from timebank.matching.views import bp


@bp.route("/visits/<int:visit_id>/helpers", endpoint="suggestions")
@permit("matching.read")
def visit_helpers(visit_id: int) -> str:
    """Ranked helpers with their reasons; `top` more of them; `order` "visit": of a series only this visit counts."""
    found = suggestions(actor(), visit_id, top=_number("top", MOST) or TOP, by_series=_order() != "visit")
    template = "matching/_suggestions.html" if partial() else "matching/suggestions.html"
    return _show(template, found=found, more=min(MOST, len(found.ranked) + 20))


@bp.route("/visits/<int:visit_id>/helpers/out", endpoint="helpers_out")
@permit("matching.read")
def helpers_out(visit_id: int) -> str:
    """Who could not help, by reason, with what would bring them in."""
    chosen = OutFilter(request.args.get("rule", ""), request.args.get("q", ""))
    found = outside(actor(), visit_id, chosen, after=_number("after", LARGEST_ID))
    template = "matching/_helpers_out.html" if partial() else "matching/helpers_out.html"
    return _show(template, found=found, chosen=chosen)


def _show(template: str, **facts: Any) -> str:
    return render_template(
        template,
        services={service.code: service.name for service in schemes.service_types(active_only=False)},
        words=words,
        may_offer=actor().may("matching.offer", facts["found"].visit.territory_code),
        **facts,
    )


def _order() -> str:
    return request.args.get("order", "")


def _number(name: str, most: int) -> int | None:
    """A positive number of the address, no larger than `most`; None for anything else."""
    typed = request.args.get(name, "")
    return min(int(typed), most) if typed.isdecimal() and len(typed) < 16 and int(typed) else None
