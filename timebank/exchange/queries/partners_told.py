"""What partner organisations were told about their visits, and what became of the visits of a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, String, and_, cast, or_, select

from timebank.core.audit import AuditEvent
from timebank.core.db import db
from timebank.exchange.models.partners import PartnerVisit
from timebank.exchange.models.visits import Visit, VisitState
from timebank.ledger.rules import months

SHOWN = 20
TO_COME, OVER = 400, 400
MOVED, TAKEN_BACK = "move.partner_visit", "take_back.partner_visit"
CANCELLED = "cancel.partner_visit"  # about the visit, so that one look finds whether its partner knows


@dataclass(frozen=True, slots=True)
class Told:
    """A visit moved (`begins`: its new start), cancelled or taken back: who wrote it down, who at the partner knows."""

    at: datetime
    who: str
    visit_id: int
    was: datetime
    begins: datetime | None
    told: str
    reason: str
    cancelled: bool


def told(partner_id: int) -> list[Told]:
    """The newest first; one statement."""
    its_visits = select(cast(PartnerVisit.visit_id, String)).where(PartnerVisit.partner_id == partner_id)
    of_partner = and_(
        AuditEvent.subject_type == "partner",
        AuditEvent.subject_id == str(partner_id),
        AuditEvent.action.in_((MOVED, TAKEN_BACK)),
    )
    of_visit = and_(
        AuditEvent.subject_type == "visit", AuditEvent.subject_id.in_(its_visits), AuditEvent.action == CANCELLED
    )
    wanted = select(AuditEvent).where(or_(of_partner, of_visit)).order_by(AuditEvent.id.desc())
    return [_told(row) for row in db.session.scalars(wanted.limit(SHOWN))]


def _told(row: AuditEvent) -> Told:
    facts = row.detail
    begins = facts.get("begins")
    return Told(
        row.at,
        row.actor_name,
        int(facts["visit"]),
        datetime.fromisoformat(facts["was"]),
        datetime.fromisoformat(begins) if begins else None,
        facts["told"],
        facts["reason"],
        row.action == CANCELLED,
    )


def to_come_and_over(partner_id: int, month: str) -> list[Visit]:
    """The visits that are with the partner, and of a month ("2026-11") those given, cancelled or disputed, by time.

    Each has its own limit (`TO_COME`, `OVER`), so that a month full of visits hides none to come; one statement.
    """
    in_month = and_(Visit.starts_at >= months.starts_at(month), Visit.starts_at < months.ends_at(month))
    to_come = _numbers(partner_id, Visit.state == VisitState.WITH_PARTNER, TO_COME)
    over = _numbers(partner_id, and_(Visit.state != VisitState.WITH_PARTNER, in_month), OVER)
    wanted = select(Visit).where(or_(Visit.id.in_(to_come), Visit.id.in_(over)))
    return list(db.session.scalars(wanted.order_by(Visit.starts_at, Visit.id)))


def _numbers(partner_id: int, condition: ColumnElement[bool], limit: int) -> Select[int]:
    """Which of the partner's visits, the earliest first."""
    its = PartnerVisit.partner_id == partner_id
    wanted = select(Visit.id).join(PartnerVisit, PartnerVisit.visit_id == Visit.id).where(its, condition)
    return wanted.order_by(Visit.starts_at, Visit.id).limit(limit)
