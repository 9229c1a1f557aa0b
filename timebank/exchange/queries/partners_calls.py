"""Cancelled visits that were with a partner organisation which has not been told yet.

A cancelled visit stays with its partner (`PartnerVisit`); that somebody there knows stands in the audit log.  A visit
that is taken back is told before, so it is none of these.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, and_, cast, func, select

from timebank.core.audit import AuditEvent
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.exchange.models.partners import PartnerVisit
from timebank.exchange.models.visits import Visit, VisitState
from timebank.exchange.queries.partners import PartnerInfo, by_numbers
from timebank.exchange.queries.partners_told import CANCELLED
from timebank.exchange.queries.visits import VisitLine, lines

PERMISSION = "visits.write"


@dataclass(frozen=True, slots=True)
class PartnerCall:
    """A partner to be called, and the cancelled visits it does not know of, by time (at most 200 of all partners)."""

    partner: PartnerInfo
    visits: list[VisitLine]


def _unaware() -> ColumnElement[bool]:
    """The visit (joined with its `PartnerVisit`) is cancelled, and nobody at the partner knows."""
    noted = select(AuditEvent.id).where(
        AuditEvent.subject_type == "visit",
        AuditEvent.subject_id == cast(PartnerVisit.visit_id, String),
        AuditEvent.action == CANCELLED,
    )
    return and_(Visit.state == VisitState.CANCELLED, ~noted.exists())


def _in_area(actor: Actor) -> ColumnElement[bool]:
    return in_scope(Visit.territory_code, actor.scopes(PERMISSION))


def waiting(actor: Actor) -> int:
    """How many visits are to be told to partners, for the first page; one statement."""
    wanted = select(func.count()).select_from(PartnerVisit).join(Visit, Visit.id == PartnerVisit.visit_id)
    return int(db.session.scalar(wanted.where(_unaware(), _in_area(actor))) or 0)


def calls(actor: Actor, partner_id: int | None = None) -> list[PartnerCall]:
    """Whom to call, the earliest visit first; of one partner or all.  "visits.write" where the visits are."""
    wanted = select(Visit, PartnerVisit.partner_id).join(PartnerVisit, PartnerVisit.visit_id == Visit.id)
    wanted = wanted.where(_unaware(), _in_area(actor))
    if partner_id is not None:
        wanted = wanted.where(PartnerVisit.partner_id == partner_id)
    rows = db.session.execute(wanted.order_by(Visit.starts_at, Visit.id).limit(200)).all()
    of: dict[int, list[VisitLine]] = {number: [] for _visit, number in rows}
    for line, (_visit, number) in zip(lines([visit for visit, _ in rows], actor.scopes(PERMISSION)), rows, strict=True):
        of[number].append(line)
    known = by_numbers(of)
    return [PartnerCall(known[number], visits) for number, visits in of.items()]


def call(actor: Actor, partner_id: int) -> PartnerCall:
    """One partner that has or had visits in the actor's area, also when it knows of all that were cancelled.

    Raises `NotFound("no_such_partner")`.
    """
    found = next(iter(calls(actor, partner_id)), None)
    if found is not None:
        return found
    wanted = select(PartnerVisit.partner_id).join(Visit, Visit.id == PartnerVisit.visit_id)
    if db.session.scalar(wanted.where(PartnerVisit.partner_id == partner_id, _in_area(actor)).limit(1)) is None:
        raise NotFound("no_such_partner")
    return PartnerCall(by_numbers([partner_id])[partner_id], [])


def is_unaware(visit_id: int) -> bool:
    """Was this visit cancelled while a partner had it, and nobody there knows?"""
    wanted = select(Visit.id).join(PartnerVisit, PartnerVisit.visit_id == Visit.id)
    return db.session.scalar(wanted.where(Visit.id == visit_id, _unaware())) is not None
