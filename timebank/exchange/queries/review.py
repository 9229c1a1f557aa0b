"""What waits for a second pair of eyes: hours written down by hand, and names that are not yet people."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.exchange.models.visits import HourEntry, Visit
from timebank.exchange.queries.entries import EntryLine, entries
from timebank.exchange.queries.requests import FundingChoice, funding_choices
from timebank.exchange.queries.visits import VisitLine, lines
from timebank.exchange.rules.visits import VisitState
from timebank.people import queries as people


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """Hours under review; `own`: the reader recorded them, or is one of the two, so somebody else decides."""

    visit: VisitLine
    note: str
    recorded_by: int | None
    days_ago: int
    same_day: int
    own: bool


def queue(actor: Actor, limit: int = 50) -> list[ReviewLine]:
    """The oldest first; six statements.  `same_day`: other visits of the helper that day (a hint, not a rule)."""
    rows = list(
        db.session.scalars(
            select(Visit)
            .where(
                Visit.state == VisitState.SECOND_REVIEW,
                in_scope(Visit.territory_code, actor.scopes("hours.review")),
            )
            .order_by(Visit.id)
            .limit(limit)
        )
    )
    busy = _busy_days(rows)
    today = clock.today()
    found = []
    for row, line in zip(rows, lines(rows), strict=True):
        day = clock.civil(row.starts_at).date()
        found.append(
            ReviewLine(
                visit=line,
                note=row.note,
                recorded_by=row.recorded_by,
                days_ago=(today - day).days,
                same_day=busy.count((row.volunteer_id, day)) - 1,
                own=_own(actor, row),
            )
        )
    return found


def _busy_days(rows: list[Visit]) -> list[tuple[int | None, object]]:
    helpers = {row.volunteer_id for row in rows}
    if not rows:
        return []
    first = min(row.starts_at for row in rows)
    found = db.session.execute(
        select(Visit.volunteer_id, Visit.starts_at).where(
            Visit.volunteer_id.in_(helpers),
            Visit.starts_at >= clock.at(clock.civil(first).date(), 0),
            Visit.state.in_((VisitState.SECOND_REVIEW, VisitState.AWAITING_CONFIRMATION, VisitState.CREDITED)),
        )
    )
    return [(volunteer_id, clock.civil(starts).date()) for volunteer_id, starts in found]


def _own(actor: Actor, row: Visit) -> bool:
    recorded = row.recorded_by is not None and row.recorded_by == actor.account_id
    return recorded or actor.is_self(row.volunteer_id) or actor.is_self(row.recipient_id)


def line(actor: Actor, visit_id: int) -> tuple[ReviewLine, list[FundingChoice]]:
    """One entry under review with who could pay; raises `NotFound("no_such_visit")`."""
    row = db.session.get(Visit, visit_id)
    if row is None or not actor.may("hours.review", row.territory_code):
        raise NotFound("no_such_visit")
    day = clock.civil(row.starts_at).date()
    same_day = _busy_days([row]).count((row.volunteer_id, day)) - 1
    shown = ReviewLine(
        lines([row])[0], row.note, row.recorded_by, (clock.today() - day).days, max(0, same_day), _own(actor, row)
    )
    return shown, funding_choices(row.recipient_id, row.territory_code, staff=True)


def names_to_resolve(actor: Actor) -> list[EntryLine]:
    """Entries for people who are only named, the oldest first."""
    wanted = select(HourEntry).where(
        HourEntry.state == "waiting", in_scope(HourEntry.territory_code, actor.scopes("hours.log"))
    )
    return entries(list(db.session.scalars(wanted.order_by(HourEntry.id).limit(100))))


def entry(actor: Actor, entry_id: int) -> EntryLine:
    """One of them; raises `NotFound("no_such_entry")`."""
    row = db.session.get(HourEntry, entry_id)
    if row is None or not actor.may("hours.log", row.territory_code):
        raise NotFound("no_such_entry")
    return entries([row])[0]


def candidates(actor: Actor, text: str) -> list[people.PersonHit]:
    """People the typed name may mean."""
    return people.search(actor, text, permission="hours.log", limit=10)
