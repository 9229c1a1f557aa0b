"""The report as rows: section, figure, unit, value, definition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from timebank.core.csvfile import csv_bytes
from timebank.exchange.models import RequestState, VisitState, VolunteerState
from timebank.exchange.words_visits import REQUEST_STATES, VISIT_STATES
from timebank.reports.queries.hours import Hours
from timebank.reports.queries.timebank import TimebankReport


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with what it means.  `unit`: "people", "count" or "minutes"."""

    section: str
    name: str
    value: int
    unit: str
    means: str = ""


def volunteer_states() -> dict[VolunteerState, str]:
    """Names of the states of volunteers."""
    return {
        VolunteerState.DRAFT: _("Draft"),
        VolunteerState.SUBMITTED: _("Waiting for first review"),
        VolunteerState.PLATFORM_REVIEW: _("Waiting for second review"),
        VolunteerState.TRAINING: _("In training"),
        VolunteerState.ACTIVE: _("Active"),
        VolunteerState.SUSPENDED: _("Suspended"),
        VolunteerState.REJECTED: _("Rejected"),
        VolunteerState.EXITED: _("Has left"),
        VolunteerState.BARRED: _("Barred"),
    }


def request_states() -> dict[RequestState, str]:
    """Names of the states of requests, as on the pages of requests."""
    return {state: str(REQUEST_STATES[state]) for state in RequestState}


def visit_states() -> dict[VisitState, str]:
    """Names of the states of visits, as on the pages of visits."""
    return {state: str(VISIT_STATES[state]) for state in VisitState}


def figures(report: TimebankReport) -> list[Figure]:
    """Every figure of the report in the order of the page."""
    return [*_people(report), *_visits(report), *_hours(report)]


def sections(report: TimebankReport) -> dict[str, list[Figure]]:
    """The same, by section in the order of the page."""
    found: dict[str, list[Figure]] = {}
    for figure in figures(report):
        found.setdefault(figure.section, []).append(figure)
    return found


def _people(report: TimebankReport) -> Iterator[Figure]:
    section = _("People")
    yield Figure(
        section, _("Volunteers registered"), report.registered, "people", _("Today; without drafts and rejected ones")
    )
    yield Figure(section, _("Volunteers active"), report.active, "people", _("Today; reviewed twice and trained"))
    yield Figure(section, _("People helped"), report.recipients, "people", _("Different people with a credited visit"))
    yield Figure(
        section, _("Volunteers who helped"), report.helpers, "people", _("Different volunteers with a credited visit")
    )
    for state, name in volunteer_states().items():
        if count := report.volunteers.get(state):
            yield Figure(_("Volunteers by state"), name, count, "people", _("Today"))


def _visits(report: TimebankReport) -> Iterator[Figure]:
    for state, name in request_states().items():
        if count := report.requests.get(state):
            yield Figure(
                _("Requests entered"), name, count, "count", _("Entered within the days, by their state today")
            )
    for visit_state, name in visit_states().items():
        if count := report.visits.get(visit_state):
            yield Figure(_("Visits"), name, count, "count", _("Began within the days, by their state today"))


def _hours(report: TimebankReport) -> Iterator[Figure]:
    section = _("Hours")
    yield Figure(
        section, _("Hours given"), report.visit_minutes, "minutes", _("Credited minutes of visits in the area")
    )
    yield from _in_and_out(report.hours)
    yield Figure(section, _("Outstanding"), report.liability, "minutes", _("Today: what the bank owes its members"))
    yield Figure(section, _("Grants still open"), report.grants_open, "minutes", _("Today: granted and not used"))


def _in_and_out(hours: Hours) -> Iterator[Figure]:
    """The figures of the books, which add up to the change of all balances."""
    section = _("Hours")
    yield Figure(
        section, _("Earned by people here"), hours.earned, "minutes", _("Postings to their accounts for visits")
    )
    yield Figure(
        section, _("Redeemed for care"), hours.spent_on_care, "minutes", _("Own hours paid for visits received")
    )
    yield Figure(section, _("From the community pot"), hours.from_pot, "minutes", _("Given by a coordinator"))
    yield Figure(section, _("From relatives"), hours.from_relatives, "minutes", _("Relation proven"))
    yield Figure(section, _("Hours to begin with"), hours.welcomed, "minutes", _("Once for each person"))
    yield Figure(section, _("Opening balances"), hours.opening, "minutes", _("Taken over from earlier books"))
    yield Figure(section, _("Redeemed for goods"), hours.spent_on_goods, "minutes", _("Less what was returned"))
    yield Figure(section, _("Donated"), hours.donated, "minutes", _("To the community pot"))
    yield Figure(section, _("Given to relatives"), hours.given_to_relatives, "minutes")
    yield Figure(
        section, _("Above the storage cap"), hours.overflow, "minutes", _("To the community pot or as an honour")
    )
    yield Figure(section, _("Grants issued"), hours.granted, "minutes", _("Monthly hours of the city for key elders"))
    yield Figure(section, _("Grants used"), hours.grant_used, "minutes", _("Paid for visits to key elders"))
    yield Figure(section, _("Grants expired"), hours.grant_expired, "minutes", _("Unused at the end of the month"))
    yield Figure(
        section,
        _("Taken back by correction"),
        hours.taken_back,
        "minutes",
        _("By opposite lines: annulled or corrected"),
    )
    yield Figure(
        section, _("Given back by correction"), hours.given_back, "minutes", _("By opposite lines, to who had paid")
    )
    if hours.other:
        yield Figure(section, _("Other"), hours.other, "minutes", _("Between two records of one person, for example"))
    yield Figure(
        section,
        _("Change of all balances"),
        hours.change,
        "minutes",
        _("What came in less what went out, as in the books"),
    )


def timebank_file(report: TimebankReport) -> bytes:
    """The report as CSV: figures with their definitions, services, streets and goods."""
    rows: list[list[object]] = [
        [figure.section, figure.name, figure.value, figure.unit, figure.means] for figure in figures(report)
    ]
    rows += [
        [_("By service"), line.name, line.minutes, "minutes", _("%(n)s visits", n=line.visits)]
        for line in report.services
    ]
    rows += [
        [_("By street"), line.name, line.minutes, "minutes", _("%(n)s visits", n=line.visits)]
        for line in report.by_street
    ]
    rows += [
        [_("Goods"), line.name, line.pieces, line.unit, _("%(n)s in stock", n=line.stock)] for line in report.goods
    ]
    return csv_bytes([_("Section"), _("Figure"), _("Value"), _("Unit"), _("Definition")], rows)


def timebank_file_name(report: TimebankReport) -> str:
    """What the file is called: the days it is about."""
    return f"time-bank-{report.asked.since}-{report.asked.until}.csv"
