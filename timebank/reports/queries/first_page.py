"""What the first page of each role shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models import Visit, VisitState
from timebank.exchange.queries import schemes
from timebank.exchange.rules.names import called
from timebank.ledger import queries as ledger
from timebank.people import queries as people
from timebank.reports.language import in_english
from timebank.territory.rules import tenant_of

SHOWN, READ = 4, 12
FIRST = (VisitState.IN_PROGRESS, VisitState.AWAITING_CONFIRMATION, VisitState.SCHEDULED)
LIVE = (
    VisitState.OPEN,
    VisitState.OFFERED,
    VisitState.SCHEDULED,
    VisitState.IN_PROGRESS,
    VisitState.AWAITING_CONFIRMATION,
    VisitState.SECOND_REVIEW,
    VisitState.DISPUTED,
)
WAITING_DAYS = 14  # how long a visit that waits for somebody stays on the first page


@dataclass(frozen=True, slots=True)
class NextVisit:
    """A visit that concerns the member.  `part`: "helper", "recipient" or "agent"; `other` is who is met, if known."""

    id: int
    part: str
    state: VisitState
    starts_at: datetime
    ends_at: datetime | None
    service: str
    other: str
    address: str
    for_name: str


@dataclass(frozen=True, slots=True)
class Own:
    """A member's own side: minutes available, held and in a grant, the next visits, and whether they help others."""

    available: int
    held: int
    grant: int
    visits: tuple[NextVisit, ...]
    helps: bool


def own(actor: Actor) -> Own | None:
    """The member's own side; None for an account that belongs to nobody in the registry.  Seven statements at most."""
    person = people.brief(actor.person_id) if actor.person_id else None
    if person is None:
        return None
    ids = people.ids_of(person.id)
    accounts = ledger.accounts_of(ids, ("member", "grant", "group"))
    accounts = [account for account in accounts if account.tenant == tenant_of(person.territory_code)]
    mine = [account.balance for account in accounts if account.kind != "grant"]
    return Own(
        available=sum(balance.available for balance in mine),
        held=sum(balance.held for balance in mine),
        grant=sum(account.balance.available for account in accounts if account.kind == "grant"),
        visits=_visits(ids, actor.wards),
        helps=person.is_volunteer,
    )


def _visits(ids: frozenset[int], wards: frozenset[int]) -> tuple[NextVisit, ...]:
    now = clock.now()
    concerned = or_(Visit.volunteer_id.in_(ids), Visit.recipient_id.in_(ids | wards))
    soon = or_(Visit.starts_at >= now - timedelta(hours=12), ~Visit.state.in_((VisitState.OPEN, VisitState.OFFERED)))
    rows = list(
        db.session.scalars(
            select(Visit)
            .where(concerned, Visit.state.in_(LIVE), soon, Visit.starts_at >= now - timedelta(days=WAITING_DAYS))
            .order_by(Visit.starts_at)
            .limit(READ)
        )
    )
    if not rows:
        return ()
    rows = sorted(rows, key=_rank)[:SHOWN]
    briefs = people.briefs({row.recipient_id for row in rows} | {row.volunteer_id for row in rows})
    names = schemes.service_names(row.service_code for row in rows)
    return tuple(_next(row, ids, briefs, names) for row in rows)


def _rank(row: Visit) -> tuple[int, datetime]:
    """What somebody has to do something about comes first."""
    return (FIRST.index(row.state) if row.state in FIRST else len(FIRST), row.starts_at)


def _next(row: Visit, ids: frozenset[int], briefs: dict[int, people.PersonBrief], names: dict[str, str]) -> NextVisit:
    helper = row.volunteer_id in ids
    part = "helper" if helper else "recipient" if row.recipient_id in ids else "agent"
    other = briefs.get(row.recipient_id if helper else row.volunteer_id or 0)
    recipient = briefs.get(row.recipient_id)
    return NextVisit(
        id=row.id,
        part=part,
        state=row.state,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        service=names.get(row.service_code, row.service_code),
        other=_called(other) if other else "",
        address=recipient.address if recipient and helper else "",
        for_name=recipient.name if recipient else "",
    )


def _called(person: people.PersonBrief) -> str:
    """As neighbours say: 张大爷, Ms Xu; the whole name is not needed (domain.md C7)."""
    return called(person.name, person.sex, person.age(clock.today()), english=in_english())
