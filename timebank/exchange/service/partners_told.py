"""What a partner organisation is told by telephone about the visits it was given, and who there knows it.

Partners have no account here: whoever moves a visit or takes it back talks to them first and writes down to whom.  A
visit that is cancelled (by the member, the coordinator, with its request) is told afterwards; until then it is a task
of the coordinator (`queries.partners_calls`).  The partner's page lists it from the audit log.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.exchange.models.partners import Partner, PartnerVisit
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries import partners as queries
from timebank.exchange.queries import partners_calls
from timebank.exchange.queries.partners_told import CANCELLED, MOVED, TAKEN_BACK
from timebank.exchange.service import steps

__all__ = ["MOVED", "TAKEN_BACK", "may_come", "somebody", "tell_cancelled", "write_down"]


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


@command
def tell_cancelled(
    actor: Actor, partner_id: int, visit_ids: Iterable[int], told: str, *, key: str | None = None
) -> int:
    """Somebody at the partner knows that these visits are cancelled; answers with the partner's number.

    "visits.write" where the visits are; what the partner knows already stays as it was written down.  Raises `Refused`:
    partner_not_told, partner_knows (nothing was left to tell); `NotFound("no_such_visit")` for a visit of another area.
    """
    who = somebody(told)
    visits = [_theirs(actor, partner_id, visit_id) for visit_id in sorted(set(visit_ids))]
    left = [visit for visit in visits if partners_calls.is_unaware(visit.id)]
    if not left:
        raise Refused("partner_knows", field="visits")
    for visit in left:
        facts = {"visit": visit.id, "partner": partner_id, "was": visit.starts_at.isoformat(), "told": who}
        audit.record(actor, CANCELLED, "visit", visit.id, visit.territory_code, reason="", **facts)
    return partner_id


def _theirs(actor: Actor, partner_id: int, visit_id: int) -> Visit:
    """A visit of the partner in the actor's area, its row locked."""
    visit = steps.visit_for_change(visit_id)
    given = db.session.get(PartnerVisit, visit.id)
    if given is None or given.partner_id != partner_id or not actor.may("visits.write", visit.territory_code):
        raise NotFound("no_such_visit")
    return visit
