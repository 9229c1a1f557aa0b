"""What every verb on a visit shares: loading it locked, moving it on, writing down who did so, the database's no."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.exchange.models.requests import ServiceRequest
from timebank.exchange.models.visits import Visit, VisitEvent
from timebank.exchange.queries import schemes
from timebank.exchange.rules.visits import DONE, PLANNED, Event, Span, VisitState, after, overlapping
from timebank.notices.service import tell
from timebank.people import queries as people

OVERLAP_RULES = ("visit_plan_overlap", "visit_done_overlap", "uq_visit_one_in_progress", "visit.volunteer_id")


def visit_for_change(visit_id: int) -> Visit:
    """The visit, its row locked until the transaction ends; raises `NotFound("no_such_visit")`.

    Those of the helpers who go there together are locked with it, all in the order of their numbers: two answers at
    the same moment then wait for each other instead of each for the other's row.
    """
    known = aliased(Visit)
    same = select(known.together).where(known.id == visit_id).scalar_subquery()
    wanted = select(Visit).where(or_(Visit.id == visit_id, Visit.together == same))
    rows = db.session.scalars(wanted.order_by(Visit.id).with_for_update()).all()
    row = next((one for one in rows if one.id == visit_id), None)
    if row is None:
        raise NotFound("no_such_visit")
    return row


def request_for_change(request_id: int) -> ServiceRequest:
    """The request, its row locked; raises `NotFound("no_such_request")`."""
    row = db.session.scalar(select(ServiceRequest).where(ServiceRequest.id == request_id).with_for_update())
    if row is None:
        raise NotFound("no_such_request")
    return row


def move(actor: Actor, visit: Visit, event: Event, reason: str = "", *, channel: str = "", **detail: object) -> None:
    """Takes the visit along one arrow of its life, with its history (`channel`: telephone, paper) and the audit."""
    before = visit.state
    visit.state = after(before, event)
    note(actor, visit, before, reason, channel)
    audit.record(actor, f"{event.value}.visit", "visit", visit.id, visit.territory_code, reason=reason, **detail)


def note(actor: Actor, visit: Visit, before: VisitState | None, reason: str = "", channel: str = "") -> None:
    """Adds a line to the visit's history."""
    db.session.add(
        VisitEvent(
            visit_id=visit.id,
            account_id=actor.account_id,
            actor_name=actor.name[:80],
            from_state=before,
            to_state=visit.state,
            reason=reason[:300],
            channel=channel,
        )
    )


def flush() -> None:
    """Sends the changes; the database's own rule against overlaps becomes a refusal ("overlap_now")."""
    try:
        db.session.flush()
    except IntegrityError as error:
        if any(name in str(error.orig) for name in OVERLAP_RULES):
            raise Refused("overlap_now") from error
        raise


def refuse_overlap(
    volunteer_id: int, starts_at: datetime, ends_at: datetime, *, besides: Iterable[int] = (), field: str | None = None
) -> None:
    """Raises `Refused("overlap")` naming the helper's other visit (planned or done) that shares time with this one."""
    others = _spans(volunteer_id, starts_at, ends_at, frozenset(besides))
    hit = overlapping(starts_at, ends_at, others)
    if hit is not None:
        raise _overlap(db.session.get_one(Visit, hit.visit_id), hit.starts_at, hit.ends_at, field)


def refuse_worked_twice(visit: Visit, until: datetime) -> None:
    """Raises `Refused("overlap")` when the helper worked elsewhere between the check-in and `until`."""
    other = db.session.scalar(
        select(Visit)
        .where(Visit.volunteer_id == visit.volunteer_id, Visit.id != visit.id, Visit.state.in_(DONE))
        .where(Visit.check_in_at < until, Visit.check_out_at > visit.check_in_at)
        .limit(1)
    )
    if other is not None and other.check_in_at and other.check_out_at:
        raise _overlap(other, other.check_in_at, other.check_out_at, "at")


def _overlap(other: Visit, begins: datetime, ends: datetime, field: str | None) -> Refused:
    service = schemes.service_type(other.service_code).name
    return Refused("overlap", field=field, service=service, begins=begins, until=clock.civil(ends).strftime("%H:%M"))


def _spans(volunteer_id: int, starts_at: datetime, ends_at: datetime, besides: frozenset[int]) -> list[Span]:
    planned = select(Visit.id, Visit.starts_at, Visit.ends_at).where(
        Visit.volunteer_id == volunteer_id,
        Visit.state.in_(PLANNED),
        Visit.starts_at < ends_at,
        Visit.ends_at > starts_at,
    )
    done = select(Visit.id, Visit.check_in_at, Visit.check_out_at).where(
        Visit.volunteer_id == volunteer_id,
        Visit.state.in_(DONE),
        Visit.check_in_at < ends_at,
        Visit.check_out_at > starts_at,
    )
    rows = db.session.execute(planned.union_all(done)).all()
    return [Span(visit_id, begins, ends) for visit_id, begins, ends in rows if ends and visit_id not in besides]


def tell_recipient(visit_or_request: Visit | ServiceRequest, kind: str, **facts: Any) -> None:
    """A notice to the recipient, and a copy to guardians and, by consent, to agents (`people.copies_for`)."""
    recipient = visit_or_request.recipient_id
    for person_id, about in with_copies(recipient):
        tell(person_id, kind, path=_path(visit_or_request), about=about, **facts)


def with_copies(person_id: int) -> list[tuple[int, int | None]]:
    """(who is told, whose copy it is or None): the person, and who acts for them (`people.copies_for`)."""
    copies = people.copies_for([person_id]).get(person_id, [])
    return [(person_id, None), *((agent.agent_person_id, person_id) for agent in copies)]


def tell_helper(visit: Visit, kind: str, *, once: str | None = None, **facts: Any) -> None:
    """A notice to the helper, if there is one."""
    if visit.volunteer_id is not None:
        tell(visit.volunteer_id, kind, path=_path(visit), once=once, **facts)


def _path(what: Visit | ServiceRequest) -> str:
    return f"/my/visits/{what.id}" if isinstance(what, Visit) else f"/my/requests/{what.id}"


def facts_of(visit: Visit) -> dict[str, Any]:
    """What notices say about a visit: kind of help and when; no names, no illness (domain.md C8.16)."""
    return {"service": visit.service_code, "begins": visit.starts_at.isoformat()}


def tell_credited(visit: Visit) -> None:
    """The helper hears what was credited, or that nothing was."""
    if visit.minutes_credited:
        tell_helper(visit, "hours_credited", **facts_of(visit), minutes=visit.minutes_credited)
    else:
        tell_helper(visit, "nothing_credited", **facts_of(visit))


def remind(visit: Visit) -> None:
    """Tomorrow's visit, to both sides and who gets the recipient's copies, once for each planned moment."""
    once = f"remind:{visit.id}:{visit.starts_at.isoformat()}"
    tell_helper(visit, "visit_reminder", once=once, **facts_of(visit))
    for person_id, about in with_copies(visit.recipient_id):
        part = "recipient" if about is None else f"copy:{person_id}"
        tell(person_id, "visit_reminder", path=_path(visit), once=f"{once}:{part}", about=about, **facts_of(visit))
