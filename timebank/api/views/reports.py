"""First pages and reports."""

from __future__ import annotations

from typing import Any

from flask import Response

from timebank.api.routing import read, read_file
from timebank.api.schemas.reports import Overview, OwnNextVisit, ReportQuery, TimeBankReport, Today
from timebank.core.errors import NotFound
from timebank.core.web import SIGNED_IN, actor, download
from timebank.exchange.queries.today import visits_today
from timebank.ledger import queries as ledger
from timebank.reports import exports, words
from timebank.reports.queries import first_page
from timebank.reports.queries import timebank as numbers
from timebank.reports.queries.asked import asked_for
from timebank.reports.tasks import tasks


@read("/my/today", Today, permission=SIGNED_IN)
def get_today() -> dict[str, Any]:
    """What waits for one today."""
    who = actor()
    visits = visits_today(who) if who.has("visits.write") else None
    waiting = [{"text": str(one.text), "count": one.count, "urgent": one.urgent, "path": one.url} for one in tasks(who)]
    return {
        "tasks": waiting,
        "visits": visits.lines if visits else None,
        "visits_in_all": visits.total if visits else None,
        "off_balance": ledger.off_balance() if who.has("ledger.audit") else None,
    }


@read("/my/overview", Overview, permission=SIGNED_IN)
def get_overview() -> dict[str, Any]:
    """One's own hours and next visits."""
    own = first_page.own(actor())
    if own is None:
        raise NotFound("no_such_person")
    named = {name: getattr(own, name) for name in ("available", "held", "grant", "helps")}
    return {**named, "visits": [_next(visit) for visit in own.visits]}


def _next(visit: first_page.NextVisit) -> dict[str, Any]:
    named = {name: getattr(visit, name) for name in OwnNextVisit.model_fields if name != "next_step"}
    return {**named, "next_step": words.next_step(visit)}


@read("/reports/time-bank", TimeBankReport, permission="reports.read", query=ReportQuery)
def get_time_bank_report(query: ReportQuery) -> dict[str, Any]:
    """The figures of the time bank with their definitions, by service, street and article."""
    report = _report(query)
    return {
        **{name: getattr(report.asked, name) for name in ("since", "until", "territory")},
        "figures": exports.figures(report),
        "services": report.services,
        "streets": report.by_street,
        "goods": report.goods,
    }


def _report(query: ReportQuery) -> numbers.TimebankReport:
    return numbers.timebank(actor(), asked_for(query.since, query.until, query.territory))


@read_file("/reports/time-bank/file", "text/csv", permission="reports.read", query=ReportQuery)
def export_time_bank_report(query: ReportQuery) -> Response:
    """The same as a file."""
    report = _report(query)
    return download(exports.timebank_file(report), exports.timebank_file_name(report))
