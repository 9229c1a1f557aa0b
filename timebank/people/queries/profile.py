"""The page of one person, and what was done and seen there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from timebank.core import clock, hooks
from timebank.core.audit import AuditEvent, SensitiveRead
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.people.links import PersonLink
from timebank.people.models import Consent, Person, PersonRole
from timebank.people.queries.briefs import ids_of, numbers_of
from timebank.people.queries.search import READ, SEES_CLIENTS, visible_roles
from timebank.people.rules import masking, phones
from timebank.people.rules.ages import age_on, needs_guardian_consent
from timebank.people.rules.codes import LegalBasis, SelfCare, Sex
from timebank.territory import queries as territory


@dataclass(frozen=True, slots=True)
class PersonDetail:
    """A person as their page shows them; identity number, phone and e-mail masked.

    `self_care` only where the actor may see health facts.  `version` goes into forms, so that a stale one is noticed.
    """

    id: int
    version: int
    member_no: str
    name: str
    id_masked: str
    has_id: bool
    id_contested: bool
    phone_masked: str
    email_masked: str
    sex: Sex | None
    birth_date: date | None
    age: int | None
    is_child: bool
    territory_code: str
    place: str
    address: str
    lat: float | None
    lon: float | None
    languages: tuple[str, ...]
    reads: str
    self_care: SelfCare | None
    lives_alone: bool | None
    roles: tuple[PersonRole, ...]
    door_note: str
    safety_note: str
    note: str
    deceased_on: date | None
    merged_into_id: int | None
    created_at: datetime


def detail(actor: Actor, person_id: int) -> PersonDetail:
    """The person, for somebody with `people.read` where they live, or for themself.

    Raises `NotFound("person")` outside the actor's territories, so that nobody learns who exists elsewhere.
    """
    row = db.session.get(Person, person_id)
    if row is None or not (actor.is_self(row.id) or actor.may(READ, row.territory_code)):
        raise NotFound("person")
    sees_health = actor.is_self(row.id) or actor.may("people.health", row.territory_code)
    today = clock.today()
    return PersonDetail(
        id=row.id,
        version=row.version,
        member_no=row.member_no,
        name=row.name,
        id_masked=masking.id_number(row.id_number),
        has_id=bool(row.id_number),
        id_contested=bool(row.claimed_id_hash),
        phone_masked=masking.phone(row.phone),
        email_masked=masking.email(row.email),
        sex=row.sex,
        birth_date=row.birth_date,
        age=age_on(row.birth_date, row.deceased_on or today) if row.birth_date else None,
        is_child=needs_guardian_consent(row.birth_date, today),
        territory_code=row.territory_code,
        place=territory.path_name(row.territory_code),
        address=row.address,
        lat=row.lat,
        lon=row.lon,
        languages=tuple(row.languages or ()),
        reads=row.reads,
        self_care=SelfCare(row.self_care) if row.self_care and sees_health else None,
        lives_alone=row.lives_alone,
        roles=visible_roles(actor, row),
        door_note=row.door_note,
        safety_note=row.safety_note,
        note=row.note,
        deceased_on=row.deceased_on,
        merged_into_id=row.merged_into_id,
        created_at=row.created_at,
    )


@dataclass(frozen=True, slots=True)
class OwnDetails:
    """A person's own contact data in full, to look at and correct."""

    id: int
    version: int
    name: str
    member_no: str
    phone: str
    email: str
    address: str
    reads: str


def own_details(actor: Actor, person_id: int) -> OwnDetails:
    """For the person, a guardian or an agent.  Raises `NotFound("person")` for anybody else."""
    row = db.session.get(Person, person_id)
    if row is None or not actor.is_self(person_id):
        raise NotFound("person")
    phone = phones.display(row.phone) if row.phone else ""
    return OwnDetails(row.id, row.version, row.name, row.member_no, phone, row.email or "", row.address, row.reads)


def links(actor: Actor, person_id: int) -> list[PersonLink]:
    """What other domains know of the person, as far as the actor may see it."""
    return sorted(hooks.ask("person_links", person_id=person_id, actor=actor), key=lambda link: link.sort)


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A consent, or the law in its place."""

    id: int
    purpose: str
    legal_basis: LegalBasis
    given_at: datetime
    given_by: str
    withdrawn_at: datetime | None


def consents_of(person_id: int) -> list[ConsentLine]:
    """Consents of a person, the newest first."""
    giver = aliased(Person)
    rows = db.session.execute(
        select(Consent, giver.name)
        .outerjoin(giver, giver.id == Consent.given_by_person_id)
        .where(Consent.person_id.in_(numbers_of(person_id)))
        .order_by(Consent.id.desc())
    )
    return [
        ConsentLine(row.id, row.purpose, LegalBasis(row.legal_basis), row.given_at, name or "", row.withdrawn_at)
        for row, name in rows
    ]


def visible_consents(actor: Actor, person: PersonDetail) -> list[ConsentLine]:
    """As `consents_of`; that to assistance only for whoever may know of clients (or the person)."""
    knows = actor.is_self(person.id) or actor.may(SEES_CLIENTS, person.territory_code)
    return [consent for consent in consents_of(person.id) if knows or consent.purpose != "assistance"]


def addable_roles(actor: Actor, person: PersonDetail) -> list[PersonRole]:
    """Roles the actor may give and the person does not have."""
    if person.deceased_on:
        return []
    sees_clients = actor.may(SEES_CLIENTS, person.territory_code)
    return [role for role in PersonRole if role not in person.roles and (role != PersonRole.CLIENT or sees_clients)]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Something that was done to a person's data."""

    id: int
    at: datetime
    who: str
    channel: str
    action: str
    detail: dict[str, Any]


ASSISTANCE_READS = frozenset({"case", "health"})


def _tells_of_assistance(line: HistoryLine) -> bool:
    """Would the helper side learn from it that somebody is a client of assistance (domain.md C7)?"""
    return line.action.startswith(("category.", "health_file.", "case.")) or bool(
        {line.detail.get("role"), line.detail.get("purpose")} & {"client", "assistance"}
    )


def history(
    person_id: int, after: str | None = None, limit: int = PER_PAGE, *, assistance: bool = True
) -> Page[HistoryLine]:
    """What was done to a person's data, the newest first; without `assistance` as the helper side may know it."""
    subjects = [str(one) for one in ids_of(person_id)]
    query = (
        select(AuditEvent)
        .where(AuditEvent.subject_type == "person", AuditEvent.subject_id.in_(subjects))
        .order_by(AuditEvent.id.desc())
        .limit(limit + 1)
    )
    if after and after.isdecimal():
        query = query.where(AuditEvent.id < int(after))
    rows = list(db.session.scalars(query))
    lines = [HistoryLine(row.id, row.at, row.actor_name, row.channel, row.action, row.detail) for row in rows]
    page = cut(lines, [line.id for line in lines], limit)
    return page if assistance else replace(page, items=[one for one in page.items if not _tells_of_assistance(one)])


@dataclass(frozen=True, slots=True)
class SeenLine:
    """Somebody saw sensitive data of a person."""

    at: datetime
    who: str
    fields: tuple[str, ...]
    purpose: str


def seen(person_id: int, limit: int = 50, *, assistance: bool = True) -> list[SeenLine]:
    """Who saw which sensitive fields and why, the newest first (PIPL art. 45: the person may know).

    Without `assistance` the looks into cases and health files are left out, as the helper side may not know of them.
    """
    rows = db.session.scalars(
        select(SensitiveRead)
        .where(SensitiveRead.person_id.in_(ids_of(person_id)))
        .order_by(SensitiveRead.id.desc())
        .limit(limit)
    )
    lines = [SeenLine(row.at, row.actor_name, tuple(row.fields.split(",")), row.purpose) for row in rows]
    return [line for line in lines if assistance or not ASSISTANCE_READS & set(line.fields)]
