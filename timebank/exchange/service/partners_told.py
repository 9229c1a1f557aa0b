"""What a partner organisation is told by telephone about the visits it was given, and who there knows it.

Partners have no account here: whoever moves a visit or takes it back talks to them first and writes down to whom.  The
partner's page lists it from the audit log.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.exchange.models.partners import Partner, PartnerVisit
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries import partners as queries

MOVED, TAKEN_BACK = "move.partner_visit", "take_back.partner_visit"


def may_come(visit: Visit, starts_at: datetime, told: str) -> None:
    """May the partner who has the visit give it at another start, and does somebody there know?  Locks the partner.

    Raises `Refused`: partner_cannot_then, partner_not_told.
    """
    given = db.session.get_one(PartnerVisit, visit.id)
    db.session.scalar(select(Partner.id).where(Partner.id == given.partner_id).with_for_update())  # not ended meanwhile
    day = clock.civil(starts_at).date()
    if given.partner_id not in {one.id for one in queries.who_can(visit, day)}:
        raise Refused("partner_cannot_then", field="starts_at", day=day)
    somebody(told)


def somebody(told: str) -> str:
    """Who at the partner knows; raises `Refused("partner_not_told")`."""
    if not told.strip():
        raise Refused("partner_not_told", field="told")
    return told.strip()[:80]


def write_down(actor: Actor, visit: Visit, action: str, told: str, reason: str, begins: datetime | None = None) -> None:
    """Puts it where the partner's page finds it: which visit, when it was to begin and begins now, who knows."""
    partner = db.session.get_one(Partner, db.session.get_one(PartnerVisit, visit.id).partner_id)
    facts = {"visit": visit.id, "was": visit.starts_at.isoformat(), "told": somebody(told), "reason": reason.strip()}
    if begins is not None:
        facts["begins"] = begins.isoformat()
    audit.record(actor, action, "partner", partner.id, partner.territory_code, **facts)
