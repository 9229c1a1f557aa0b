"""Hours a volunteer writes down: for whom, and what became of entries that only carry a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models.visits import HourEntry, Visit
from timebank.exchange.queries import schemes
from timebank.exchange.queries.requests import own_ids
from timebank.exchange.queries.visits import polite
from timebank.people import queries as people


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody the volunteer may log hours for."""

    person_id: int
    name: str
    last_service: str


def helped_by(volunteer_id: int) -> list[Known]:
    """The people a volunteer helped or is planned to help, the latest first; three statements."""
    ids = people.ids_of(volunteer_id)
    rows = db.session.execute(
        select(Visit.recipient_id, Visit.service_code)
        .where(Visit.volunteer_id.in_(ids))
        .order_by(Visit.starts_at.desc())
    ).all()
    latest: dict[int, str] = {}
    for person_id, service in rows:
        latest.setdefault(person_id, service)
    names = people.briefs(latest)
    return [Known(each, polite(names[each]), service) for each, service in latest.items() if each in names]


@dataclass(frozen=True, slots=True)
class EntryLine:
    """Hours logged for somebody only named."""

    id: int
    volunteer_id: int
    volunteer: str
    recipient_name: str
    service: str
    starts_at: datetime
    ends_at: datetime
    break_minutes: int
    note: str
    territory_code: str
    state: str
    reason: str


def entries(rows: Sequence[HourEntry]) -> list[EntryLine]:
    """Rows with names: two statements."""
    names = people.briefs({row.volunteer_id for row in rows})
    services = schemes.service_names({row.service_code for row in rows})
    return [
        EntryLine(
            row.id,
            row.volunteer_id,
            names[row.volunteer_id].name if row.volunteer_id in names else "",
            row.recipient_name,
            services[row.service_code],
            row.starts_at,
            row.ends_at,
            row.break_minutes,
            row.note,
            row.territory_code,
            row.state,
            row.reason,
        )
        for row in rows
    ]


def own_entries(actor: Actor) -> list[EntryLine]:
    """The volunteer's own entries that wait or came back."""
    mine = select(HourEntry).where(
        HourEntry.volunteer_id.in_(own_ids(actor, wards=False)), HourEntry.state != "resolved"
    )
    return entries(list(db.session.scalars(mine.order_by(HourEntry.id.desc()).limit(20))))
