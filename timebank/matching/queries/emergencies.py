"""Emergencies as their page shows them: who looks for a helper, who was asked, who comes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.exchange.models import Offer, OfferState, ServiceRequest, Visit, VisitState
from timebank.exchange.queries import schemes
from timebank.matching.models import Emergency, Plan, PlannedVisit
from timebank.matching.queries.offers import goes_on
from timebank.matching.rules.plans import BUSY, READY, PlanState
from timebank.people import queries as people
from timebank.people.models import Person

READ = "matching.read"
LOOKED_FOR = frozenset({VisitState.OPEN, VisitState.OFFERED})


@dataclass(frozen=True, slots=True)
class AskedHelper:
    """A helper who was asked for the visit: when, for what time, until when an answer is awaited, what was said."""

    person_id: int
    name: str
    phone: str  # masked; the whole number is on the person's page
    asked_at: datetime
    starts_at: datetime
    expires_at: datetime
    state: OfferState


@dataclass(frozen=True, slots=True)
class EmergencyState:
    """An emergency: `searching` until the plan is there (`failed`: the search broke off), then who was asked.

    `goes_on`: nobody is asked at the moment, and the clock asks the next helper.
    """

    id: int
    visit_id: int
    request_id: int | None
    plan_id: int | None
    recipient_id: int
    recipient: str
    address: str
    service: str
    what: str
    called_at: datetime
    latest_start: datetime
    state: VisitState
    searching: bool
    failed: bool
    to_be_asked: bool
    goes_on: bool
    asked: tuple[AskedHelper, ...]

    @property
    def coming(self) -> AskedHelper | None:
        """Who said yes last; nobody any more once the helper has given the visit back or it was called off."""
        gone = self.looked_for or self.over
        return None if gone else next((one for one in self.asked[::-1] if one.state is OfferState.ACCEPTED), None)

    @property
    def looked_for(self) -> bool:
        """Has the visit no helper yet?"""
        return self.state in LOOKED_FOR

    @property
    def over(self) -> bool:
        """Was it called off, or did its time run out?  Nobody is looked for then."""
        late = self.looked_for and self.latest_start <= clock.now()
        return late or self.state in (VisitState.CANCELLED, VisitState.EXPIRED)

    @property
    def waiting(self) -> bool:
        """Is an answer awaited, of the search or of a helper?"""
        return self.searching or self.to_be_asked or any(one.state is OfferState.OFFERED for one in self.asked)

    @property
    def refresh_seconds(self) -> int | None:
        """After how long the page looks again: soon while an answer is awaited; None when nothing can change alone."""
        if self.over or not self.looked_for:
            return None
        return 2 if self.waiting else 15


def emergency(actor: Actor, emergency_id: int) -> EmergencyState:
    """One emergency; at most ten statements.  Raises `NotFound("no_such_emergency")`, also of another place."""
    row = db.session.execute(
        select(Emergency, Visit, Person, Plan.state, ServiceRequest.note)
        .join(Visit, Visit.id == Emergency.visit_id)
        .join(ServiceRequest, ServiceRequest.id == Visit.request_id)
        .join(Person, Person.id == Visit.recipient_id)
        .outerjoin(Plan, Plan.id == Emergency.plan_id)
        .where(Emergency.id == emergency_id, in_scope(Emergency.territory_code, actor.scopes(READ)))
    ).first()
    if row is None:
        raise NotFound("no_such_emergency")
    made, visit, person, state, note = row
    asked = _asked(visit.id)
    return EmergencyState(
        id=made.id,
        visit_id=visit.id,
        request_id=visit.request_id,
        plan_id=made.plan_id,
        recipient_id=person.id,
        recipient=person.name,
        address=person.address,
        service=schemes.service_type(visit.service_code).name,
        what=note,
        called_at=made.called_at,
        latest_start=visit.latest_start,
        state=visit.state,
        searching=state in BUSY,
        failed=state is PlanState.FAILED,
        to_be_asked=_to_be_asked(made),
        goes_on=goes_on(visit.id) or _ran_out(visit, asked),
        asked=asked,
    )


def _ran_out(visit: Visit, asked: tuple[AskedHelper, ...]) -> bool:
    """Nobody's answer is awaited any more, and the clock has not noticed yet."""
    return visit.state is VisitState.OFFERED and not any(one.state is OfferState.OFFERED for one in asked)


def _to_be_asked(made: Emergency) -> bool:
    """The search has found somebody whom the worker has not asked yet."""
    waits = (PlannedVisit.accepted_at.is_not(None), PlannedVisit.offer_id.is_(None), PlannedVisit.refusal.is_(None))
    row = select(PlannedVisit.id).where(PlannedVisit.plan_id == made.plan_id, PlannedVisit.visit_id == made.visit_id)
    return db.session.scalar(row.where(*waits)) is not None


def _asked(visit_id: int) -> tuple[AskedHelper, ...]:
    rows = db.session.scalars(select(Offer).where(Offer.visit_id == visit_id).order_by(Offer.id)).all()
    names = people.briefs([row.volunteer_id for row in rows])
    return tuple(
        AskedHelper(
            person_id=row.volunteer_id,
            name=names[row.volunteer_id].name,
            phone=names[row.volunteer_id].phone_masked,
            asked_at=row.offered_at,
            starts_at=row.starts_at,
            expires_at=row.expires_at,
            state=_state(row),
        )
        for row in rows
    )


def _state(offer: Offer) -> OfferState:
    """Who has not answered in time will not be heard, whether the clock has been there or not."""
    late = offer.state is OfferState.OFFERED and offer.expires_at <= clock.now()
    return OfferState.EXPIRED if late else offer.state


def newest_plan(territory: str, day: date, scopes: Collection[str]) -> int | None:
    """The plan made last that has a result, holds the place and the day, and lies within the scopes."""
    found = select(func.max(Plan.id)).where(
        Plan.state.in_(READY),
        Plan.first_day <= day,
        Plan.last_day >= day,
        func.substr(territory, 1, func.length(Plan.territory_code)) == Plan.territory_code,
        in_scope(Plan.territory_code, list(scopes)),
    )
    return db.session.scalar(found)


def visit_of(request_id: int) -> int:
    """The visit of a request for one day."""
    return int(db.session.scalars(select(Visit.id).where(Visit.request_id == request_id)).one())


def answer_minutes(visit_id: int) -> int | None:
    """How long a helper has to answer where somebody must come now; None for any other visit."""
    found = select(Visit.scheme_id).join(Emergency, Emergency.visit_id == Visit.id).where(Visit.id == visit_id)
    scheme = db.session.scalar(found)
    if scheme is None:
        return None
    return schemes.parameters(scheme, clock.today()).number("tb.emergency_answer_minutes")


def of_today(actor: Actor) -> list[tuple[int, str, VisitState]]:
    """Emergencies of the last day in one's territories, the newest first: number, recipient, state of the visit."""
    since = clock.now() - timedelta(days=1)
    rows = db.session.execute(
        select(Emergency.id, Person.name, Visit.state)
        .join(Visit, Visit.id == Emergency.visit_id)
        .join(Person, Person.id == Visit.recipient_id)
        .where(in_scope(Emergency.territory_code, actor.scopes(READ)), Emergency.called_at >= since)
        .where(or_(Visit.state.in_((VisitState.OPEN, VisitState.OFFERED)), Visit.latest_start >= clock.now()))
        .order_by(Emergency.id.desc())
        .limit(20)
    )
    return [(number, name, state) for number, name, state in rows]
