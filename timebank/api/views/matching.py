"""Who could help and who could not, need that found no helper, who carries much and who little."""

from __future__ import annotations

from typing import Any

from flask import Response

from timebank.api.cursors import number
from timebank.api.routing import read, read_file
from timebank.api.schemas.matching import (
    FiguresQuery,
    HelpersOut,
    HelperUse,
    OutQuery,
    Suggestions,
    SuggestionsQuery,
    UnmetNeed,
    UseQuery,
)
from timebank.core.web import actor, download
from timebank.exchange.queries import schemes
from timebank.matching import files, queries, words
from timebank.matching.queries.asked import AHEAD, Asked, asked_for
from timebank.matching.queries.unmet import NeedLine, unmet_need
from timebank.matching.queries.use import everybody_used, helper_use


@read("/visits/<int:visit_id>/suggestions", Suggestions, permission="matching.read", query=SuggestionsQuery)
def list_suggestions(visit_id: int, query: SuggestionsQuery) -> dict[str, Any]:
    """The best helpers for a visit, each with its reasons in words, and why the others are out."""
    found = queries.suggestions(actor(), visit_id, top=query.top, by_series=query.by_series)
    others = queries.outside(actor(), visit_id)
    services = _services()
    return {
        "visit_id": visit_id,
        "suitable": found.suitable,
        "looked_at": others.looked_at,
        "ranked": [_helper(one, services) for one in found.ranked],
        "out": [_out(one, services) for one in others.page.items],
        "out_by_rule": dict(others.by_rule),
    }


@read("/visits/<int:visit_id>/helpers-out", HelpersOut, permission="matching.read", query=OutQuery)
def list_helpers_out(visit_id: int, query: OutQuery) -> dict[str, Any]:
    """Who could not help with a visit, by reason or name, each with what would bring them in."""
    chosen = queries.OutFilter(query.rule, query.text)
    found = queries.outside(actor(), visit_id, chosen, after=number(query.after), limit=query.limit)
    services = _services()
    return {
        "visit_id": visit_id,
        "suitable": found.suitable,
        "looked_at": found.looked_at,
        "further": found.further,
        "out_by_rule": dict(found.by_rule),
        "items": [_out(one, services) for one in found.page.items],
        "next": found.page.next,
        "total": found.page.total,
    }


@read("/reports/unmet-need", UnmetNeed, permission="reports.read", query=FiguresQuery)
def get_unmet_need(query: FiguresQuery) -> dict[str, Any]:
    """Visits that found no helper, by place, kind of help and hour of the day."""
    found = unmet_need(actor(), asked := _asked(query, AHEAD))
    lines = {name: [_need(line) for line in getattr(found, name)] for name in ("places", "services", "hours")}
    return {"since": asked.since, "until": asked.until, "territory": asked.territory, **lines}


@read_file("/reports/unmet-need/file", "text/csv", permission="reports.read", query=FiguresQuery)
def export_unmet_need(query: FiguresQuery) -> Response:
    """The same as a file."""
    asked = _asked(query, AHEAD)
    content = files.unmet_need_file(unmet_need(actor(), asked))
    return download(content, f"unmet-need-{asked.since}-{asked.until}.csv")


@read("/reports/helpers", HelperUse, permission="volunteers.read", query=UseQuery)
def list_helper_use(query: UseQuery) -> dict[str, Any]:
    """Who carries much and who is hardly asked, beside what they offer."""
    found = helper_use(actor(), asked := _asked(query), query.who, after=query.after, limit=query.limit)
    counts = {name: getattr(found, name) for name in ("much", "little", "helpers", "minutes")}
    page = found.page
    return {
        "since": asked.since,
        "until": asked.until,
        **counts,
        "items": page.items,
        "next": page.next,
        "total": page.total,
    }


@read_file("/reports/helpers/file", "text/csv", permission="volunteers.read", query=FiguresQuery)
def export_helper_use(query: FiguresQuery) -> Response:
    """All active helpers with what they did, as a file."""
    asked = _asked(query)
    content = files.helper_use_file(everybody_used(actor(), asked))
    return download(content, f"helpers-{asked.since}-{asked.until}.csv")


def _asked(query: FiguresQuery, ahead: int = 0) -> Asked:
    return asked_for(query.since, query.until, query.territory, ahead=ahead)


def _need(line: NeedLine) -> dict[str, Any]:
    counts = {name: getattr(line.need, name) for name in ("visits", "unmet", "waiting", "minutes")}
    return {"code": line.code, "name": line.name, **counts}


def _services() -> dict[str, str]:
    return {service.code: service.name for service in schemes.service_types(active_only=False)}


def _helper(one: queries.Suggestion, services: dict[str, str]) -> dict[str, Any]:
    facts = {name: getattr(one, name) for name in ("person_id", "name", "starts_at", "total", "series_fits", "asked")}
    told = {
        name: words.reasons(getattr(one, name), one.day, services)
        for name in ("reasons", "reasons_for", "reasons_against")
    }
    series = one.series
    return {
        **facts,
        **told,
        "series_starts_at": series.starts_at if series else None,
        "series_not": [_missing(day, services) for day in series.missing] if series else [],
    }


def _missing(day: queries.SeriesDay, services: dict[str, str]) -> dict[str, Any]:
    why = {"rule": day.broken.rule, "reason": words.broken(day.broken, services)} if day.broken else {}
    return {"visit_id": day.visit_id, "starts_at": day.starts_at, **why}


def _out(one: queries.OutLine, services: dict[str, str]) -> dict[str, Any]:
    rules = [broken.rule for broken in one.broken]
    told = [words.broken(broken, services) for broken in one.broken]
    return {"person_id": one.person_id, "name": one.name, "metres": one.metres, "rules": rules, "reasons": told}
