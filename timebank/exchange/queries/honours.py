"""Stars and honours: what a volunteer has given over a lifetime (domain.md F16, L3 art. 19)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import below, db, in_scope
from timebank.core.errors import NotFound
from timebank.exchange.models.annulments import AnnulledVisit, AnnulmentCase
from timebank.exchange.models.visits import Visit, VisitState
from timebank.exchange.models.volunteers import Volunteer
from timebank.exchange.queries import schemes
from timebank.exchange.queries.grants import carried_over, earned, not_yet_taken_back, stars_of
from timebank.exchange.queries.schemes import SchemeInfo
from timebank.exchange.rules.annulments import TAKEN_BACK
from timebank.exchange.rules.stars import Stars, stars
from timebank.exchange.rules.volunteers import VolunteerKind, VolunteerState
from timebank.ledger.models import Entry, LedgerAccount, Transfer
from timebank.people import queries as people
from timebank.people.models import Person

MOST = 200  # rows of the list
SHOWN = (VolunteerState.ACTIVE, VolunteerState.SUSPENDED, VolunteerState.EXITED)  # nobody barred is honoured


@dataclass(frozen=True, slots=True)
class Honours:
    """What a volunteer has given; minutes.  `above`: credited beyond the storage cap, as a gift or an honour."""

    person_id: int
    name: str
    member_no: str
    scheme: SchemeInfo
    stars: Stars
    steps: tuple[int, ...]  # hours for one to five stars
    visits: int
    people: int
    since: datetime | None
    donated: int
    above_to_pot: int
    above_as_honour: int
    carried_over: int  # of the minutes of the stars, those of earlier records; the rest is from the visits
    earlier_numbers: tuple[str, ...] = ()  # of records that were merged into this one

    @property
    def from_visits(self) -> int:
        """Minutes of the visits in this system."""
        return self.stars.minutes - self.carried_over


def honours(person_id: int) -> Honours:
    """The honours of a volunteer under all their numbers; nine statements.  Raises NotFound("no_such_volunteer").

    A number that was merged answers as the kept one does, so that a proof printed under it stays true.
    """
    person_id = people.resolve(person_id)
    row = db.session.get(Volunteer, person_id)
    who = people.brief(person_id)
    if row is None or who is None:
        raise NotFound("no_such_volunteer")
    scheme, today = schemes.scheme(row.scheme_id), clock.today()
    ids = people.ids_of(person_id)
    wanted = select(Person.member_no).where(Person.id.in_(ids - {person_id})).order_by(Person.id)
    annulled = select(AnnulledVisit.visit_id).join(AnnulmentCase, AnnulmentCase.id == AnnulledVisit.case_id)
    untrue = annulled.where(AnnulmentCase.state.in_(TAKEN_BACK), AnnulmentCase.volunteer_id.in_(ids))
    credited = and_(Visit.volunteer_id.in_(ids), Visit.state == VisitState.CREDITED, Visit.id.not_in(untrue))
    visits, helped, since = db.session.execute(
        select(func.count(), func.count(Visit.recipient_id.distinct()), func.min(Visit.starts_at)).where(credited)
    ).one()
    to_pot, as_honour = _above(ids)
    reached = stars_of(person_id, scheme, today)
    return Honours(
        person_id,
        who.name,
        who.member_no,
        scheme,
        reached,
        tuple(schemes.parameters(scheme.id, today)["tb.star_hours"]),
        int(visits),
        int(helped),
        since,
        _donated(scheme.tenant, ids),
        to_pot,
        as_honour,
        min(reached.minutes, carried_over(scheme.tenant, ids)),
        tuple(db.session.scalars(wanted)),
    )


def readable(actor: Actor, person_id: int) -> Honours:
    """The same for staff (`volunteers.read`), a guardian or themself.  Raises NotFound("no_such_volunteer")."""
    kept = people.resolve(person_id)
    row = db.session.get(Volunteer, kept)
    if row is None or not (actor.may("volunteers.read", row.territory_code) or actor.is_self(kept)):
        raise NotFound("no_such_volunteer")
    return honours(person_id)


def _donated(tenant: int, ids: frozenset[int]) -> int:
    total = db.session.scalar(
        select(func.sum(-Entry.amount))
        .join(Transfer, and_(Transfer.tenant_id == Entry.tenant_id, Transfer.id == Entry.transfer_id))
        .join(LedgerAccount, and_(LedgerAccount.tenant_id == Entry.tenant_id, LedgerAccount.id == Entry.account_id))
        .where(
            LedgerAccount.tenant_id == tenant,
            LedgerAccount.kind.in_(("member", "group")),
            LedgerAccount.owner_id.in_(ids),
            Transfer.purpose == "donation",
        )
    )
    return int(total or 0)


def _above(ids: frozenset[int]) -> tuple[int, int]:
    """Minutes above the cap that went to the pot, and those that are an honour."""
    over = Visit.credit_explained["overflow"].as_integer()
    where = Visit.credit_explained["overflow_to"].as_string()
    rows = db.session.execute(
        select(where, func.sum(over))
        .where(Visit.volunteer_id.in_(ids), Visit.state == VisitState.CREDITED, over > 0)
        .group_by(where)
    )
    sums = {place: int(minutes) for place, minutes in rows}
    return sums.get("pot", 0), sums.get("honour", 0)


def _all_numbers(kept: Sequence[int]) -> Sequence[int]:
    """The numbers of these people, with those that were merged into theirs."""
    return db.session.scalars(select(Person.id).where(or_(Person.id.in_(kept), Person.merged_into_id.in_(kept)))).all()


@dataclass(frozen=True, slots=True)
class StarLine:
    """A volunteer with at least one star."""

    person_id: int
    name: str
    is_group: bool
    stars: Stars
    active_since: date | None


def board(actor: Actor) -> list[StarLine]:
    """Volunteers with stars in the actor's territories (`volunteers.read`), most minutes first, at most 200.

    For each time bank that covers them two statements and those for its rules.  A star that an annulment took away is
    gone here too (C8.8).
    """
    lines = [line for one in schemes.covering(actor, "volunteers.read") for line in _board(actor, one)]
    return sorted(lines, key=lambda line: (-line.stars.minutes, line.person_id))[:MOST]


def _board(actor: Actor, scheme: SchemeInfo) -> list[StarLine]:
    steps = schemes.parameters(scheme.id, clock.today())["tb.star_hours"]
    mine = (
        in_scope(Volunteer.territory_code, actor.scopes("volunteers.read")),
        below(Volunteer.territory_code, scheme.territory_code),
        Volunteer.state.in_(SHOWN),
    )
    behind = select(Person.id).join(Volunteer, Volunteer.person_id == Person.merged_into_id).where(*mine)
    owners = select(Volunteer.person_id).where(*mine).union(behind)
    sums = earned(scheme.tenant).where(LedgerAccount.owner_id.in_(owners)).subquery()
    rows = db.session.execute(
        select(Volunteer.person_id, Person.name, Volunteer.kind, Volunteer.active_since, sums.c.minutes)
        .join(Person, Person.id == Volunteer.person_id)
        .join(sums, sums.c.owner_id == Volunteer.person_id)
        .where(*mine, Person.merged_into_id.is_(None), sums.c.minutes >= steps[0] * 60)
        .order_by(sums.c.minutes.desc(), Volunteer.person_id)
        .limit(MOST)
    ).all()
    untrue = not_yet_taken_back(_all_numbers([row.person_id for row in rows]))
    lines = [
        StarLine(
            row.person_id,
            row.name,
            row.kind is VolunteerKind.GROUP,
            stars(int(row.minutes) - untrue.get(row.person_id, 0), steps),
            row.active_since,
        )
        for row in rows
    ]
    return [line for line in lines if line.stars.count]
