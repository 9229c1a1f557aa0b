"""Who could help with a visit: a page, and the same as a fragment inside the request's page."""

from __future__ import annotations

from flask import render_template, request

from timebank.core.web import actor, partial, permit
from timebank.exchange.queries import schemes
from timebank.matching import words
from timebank.matching.queries import suggestions
from timebank.matching.views import bp

SHOWN_OUT = 30


@bp.route("/visits/<int:visit_id>/helpers", endpoint="suggestions")
@permit("matching.read")
def visit_helpers(visit_id: int) -> str:
    """Ranked helpers with their reasons; the others with what keeps them out."""
    found = suggestions(actor(), visit_id)
    services = {service.code: service.name for service in schemes.service_types(active_only=False)}
    return render_template(
        "matching/_suggestions.html" if partial() else "matching/suggestions.html",
        found=found,
        services=services,
        words=words,
        may_offer=actor().may("matching.offer", found.visit.territory_code),
        shown_out=len(found.out) if request.args.get("all") else SHOWN_OUT,
    )
