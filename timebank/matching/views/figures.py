"""Reports of matching: need that found no helper, and who carries much or is hardly asked."""

from __future__ import annotations

from datetime import date

from flask import Response, render_template, request

from timebank.core.units import percent_text
from timebank.core.web import actor, download, permit
from timebank.matching import drawing
from timebank.matching.files import helper_use_file, unmet_need_file
from timebank.matching.queries import maps
from timebank.matching.queries.asked import AHEAD, Asked, asked_for
from timebank.matching.queries.unmet import unmet_need as read_need
from timebank.matching.queries.use import Use, everybody_used
from timebank.matching.queries.use import helper_use as read_use
from timebank.matching.views import bp
from timebank.territory import queries as territory


@bp.route("/reports/unmet-need")
@permit("reports.read")
def unmet_need() -> str:
    """By place (map and table), kind of help and hour."""
    asked = _asked(AHEAD)
    report = read_need(actor(), asked)
    return render_template(
        "matching/unmet_need.html",
        report=report,
        asked=asked,
        dots=drawing.dots(report.places),
        tiles=maps.tiles(),
        drawing=drawing,
        percent=percent_text,
        most=max((need.missing for need in report.by_service_hour.values()), default=0),
        place=territory.path_name(asked.territory),
    )


@bp.route("/reports/unmet-need.csv")
@permit("reports.read")
def unmet_need_csv() -> Response:
    """The same as a file."""
    asked = _asked(AHEAD)
    return download(unmet_need_file(read_need(actor(), asked)), f"unmet-need-{asked.since}-{asked.until}.csv")


@bp.route("/reports/helpers")
@permit("volunteers.read")
def helper_use() -> str:
    """Who carries much, who is hardly asked."""
    asked, chosen = _asked(), _use()
    found = read_use(actor(), asked, chosen, after=request.args.get("after"))
    return render_template(
        "matching/helper_use.html",
        found=found,
        asked=asked,
        percent=percent_text,
        place=territory.path_name(asked.territory),
    )


@bp.route("/reports/helpers.csv")
@permit("volunteers.read")
def helper_use_csv() -> Response:
    """All active helpers as a file."""
    asked = _asked()
    return download(helper_use_file(everybody_used(actor(), asked)), f"helpers-{asked.since}-{asked.until}.csv")


def _asked(ahead: int = 0) -> Asked:
    """The days and the place of the address; wrong ones become four weeks."""
    return asked_for(_day("since"), _day("until"), request.args.get("territory", ""), ahead=ahead)


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _use() -> Use:
    typed = request.args.get("who", "")
    return Use(typed) if typed in set(Use) else Use.MUCH
