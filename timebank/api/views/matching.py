"""Who could help."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read
from timebank.api.schemas.lists import Suggestions
from timebank.core.web import actor
from timebank.exchange.queries import schemes
from timebank.matching import queries, words


@read("/visits/<int:visit_id>/suggestions", Suggestions, permission="matching.read")
def list_suggestions(visit_id: int) -> dict[str, Any]:
    """The best helpers for a visit, each with its reasons in words, and why the others are out."""
    found = queries.suggestions(actor(), visit_id)
    services = {service.code: service.name for service in schemes.service_types(active_only=False)}
    return {
        "visit_id": visit_id,
        "suitable": found.suitable,
        "looked_at": found.looked_at,
        "ranked": [_helper(one, services) for one in found.ranked],
        "out": [_out(one, services) for one in found.out],
        "out_by_rule": dict(found.out_by_rule),
    }


def _helper(one: queries.Suggestion, services: dict[str, str]) -> dict[str, Any]:
    facts = {name: getattr(one, name) for name in ("person_id", "name", "starts_at", "total", "series_fits", "asked")}
    return {**facts, "reasons": words.reasons(one.reasons, one.day, services)}


def _out(one: queries.OutLine, services: dict[str, str]) -> dict[str, Any]:
    rules = [broken.rule for broken in one.broken]
    told = [words.broken(broken, services) for broken in one.broken]
    return {"person_id": one.person_id, "name": one.name, "rules": rules, "reasons": told}
