"""Care packages: what desks offer, what somebody bought, and how far it is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.exchange.models import Visit, VisitState
from timebank.exchange.queries import schemes
from timebank.exchange.rules.signatures import Agreement
from timebank.ledger.queries import ended
from timebank.people import queries as people
from timebank.people.models import Person
from timebank.redemption.models import CarePackage, PackagePurchase
from timebank.redemption.queries.companions import agreement_of
from timebank.redemption.queries.desks import DeskInfo, in_english

DONE = (VisitState.CREDITED,)
OVER = (VisitState.CANCELLED, VisitState.EXPIRED, VisitState.NO_SHOW, VisitState.VOIDED)


@dataclass(frozen=True, slots=True)
class PackageInfo:
    """A package with the name of its help; minutes of one visit, and of all of them before rounding."""

    id: int
    name: str
    service_code: str
    service: str
    visits: int
    minutes: int
    territory_code: str
    active: bool

    @property
    def total_minutes(self) -> int:
        return self.visits * self.minutes


@dataclass(frozen=True, slots=True)
class BoughtVisit:
    """A visit of a package: when, in which state, minutes on hold and paid."""

    id: int
    starts_at: datetime
    state: VisitState
    held_minutes: int
    paid_minutes: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """A package bought: the price of the whole; `waiting`: the request is not decided and the whole is on hold."""

    id: int
    name: str
    person_id: int
    person_name: str
    territory_code: str
    request_id: int
    total_minutes: int
    visits_bought: int
    waiting: bool
    bought_at: datetime
    clerk_name: str
    confirmed_how: str
    visits: tuple[BoughtVisit, ...]
    agreed: Agreement | None = None  # only of a purchase looked at alone

    @property
    def held_minutes(self) -> int:
        return self.total_minutes if self.waiting else sum(one.held_minutes for one in self.visits)

    @property
    def paid_minutes(self) -> int:
        return sum(one.paid_minutes for one in self.visits)

    @property
    def free_minutes(self) -> int:
        """What was neither paid nor is on hold: it is the member's again."""
        return max(0, self.total_minutes - self.held_minutes - self.paid_minutes)

    @property
    def done(self) -> int:
        return sum(one.state in DONE for one in self.visits)


def packages(actor: Actor, permission: str = "goods.read") -> list[PackageInfo]:
    """Those of the actor's territories, active ones first."""
    return _infos(in_scope(CarePackage.territory_code, actor.scopes(permission)))


def offered(desk: DeskInfo) -> list[PackageInfo]:
    """What is sold at a desk."""
    here = func.substr(desk.territory_code, 1, func.length(CarePackage.territory_code)) == CarePackage.territory_code
    return [one for one in _infos(here) if one.active]


def _infos(condition: ColumnElement[bool]) -> list[PackageInfo]:
    order = (CarePackage.active.desc(), CarePackage.id)
    rows = db.session.scalars(select(CarePackage).where(condition).order_by(*order)).all()
    names = schemes.service_names({row.service_code for row in rows})
    return [
        PackageInfo(
            row.id,
            row.name_en if in_english() else row.name_zh,
            row.service_code,
            names[row.service_code],
            row.visits,
            row.minutes,
            row.territory_code,
            row.active,
        )
        for row in rows
    ]


def bought(request_id: int) -> list[int]:
    """The purchase that a request is of, if any."""
    found = select(PackagePurchase.id).where(PackagePurchase.request_id == request_id)
    return list(db.session.scalars(found))


def purchase(actor: Actor, purchase_id: int) -> Purchase:
    """One purchase for the member, a guardian or agent, or the desk; raises `NotFound("package_unknown")`."""
    row = db.session.get(PackagePurchase, purchase_id)
    serves = row is not None and actor.may("desk.serve", row.territory_code)
    if row is None or not (serves or people.is_actor(actor, row.person_id)):
        raise NotFound("package_unknown")
    found = _purchases([row])[0]
    return replace(found, agreed=agreement_of(row.request_id, found.person_name, why=serves))


def own_purchases(actor: Actor) -> list[Purchase]:
    """What the signed-in member bought, the newest first."""
    ids = people.ids_of(actor.person_id) if actor.person_id else frozenset()
    wanted = select(PackagePurchase).where(PackagePurchase.person_id.in_(ids))
    return _purchases(list(db.session.scalars(wanted.order_by(PackagePurchase.id.desc()).limit(50))))


def _purchases(rows: list[PackagePurchase]) -> list[Purchase]:
    named = {row.package_id for row in rows}
    name = CarePackage.name_en if in_english() else CarePackage.name_zh
    wanted = select(CarePackage.id, name).where(CarePackage.id.in_(named))
    names: dict[int, str] = dict(iter(db.session.execute(wanted)))
    members = select(Person.id, Person.name).where(Person.id.in_({row.person_id for row in rows}))
    people_: dict[int, str] = dict(iter(db.session.execute(members)))
    visits = _visits({row.request_id for row in rows})
    held = {row.hold_id: int(row.territory_code[:4]) for row in rows if row.hold_id}
    over = {one for tenant in set(held.values()) for one in ended(tenant, held)}
    return [
        Purchase(
            id=row.id,
            name=names[row.package_id],
            person_id=row.person_id,
            person_name=people_[row.person_id],
            territory_code=row.territory_code,
            request_id=row.request_id,
            total_minutes=row.total_minutes,
            visits_bought=row.visits,
            waiting=row.hold_id is not None and row.hold_id not in over,
            bought_at=row.bought_at,
            clerk_name=row.clerk_name,
            confirmed_how=row.confirmed_how.value,
            visits=tuple(visits.get(row.request_id, ())),
        )
        for row in rows
    ]


def _visits(requests: Collection[int]) -> dict[int, list[BoughtVisit]]:
    found: dict[int, list[BoughtVisit]] = {}
    wanted = select(Visit).where(Visit.request_id.in_(requests)).order_by(Visit.earliest_start)
    for visit in db.session.scalars(wanted):
        paid = visit.minutes_credited or 0 if visit.state in DONE else 0
        held = 0 if visit.state in DONE + OVER else visit.held_minutes or 0
        line = BoughtVisit(visit.id, visit.starts_at, visit.state, held, paid)
        found.setdefault(visit.request_id or 0, []).append(line)
    return found
