"""A person as other domains need them: no identity number, the phone masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select, union_all

from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.people.models import Person
from timebank.people.rules import masking
from timebank.people.rules.ages import age_on
from timebank.people.rules.codes import SelfCare, Sex
from timebank.territory import queries as territory


@dataclass(frozen=True, slots=True)
class PersonBrief:
    """What a task needs to know of a person.  `lat`, `lon` (WGS 84 degrees) fall back to those of the community."""

    id: int
    member_no: str
    name: str
    sex: Sex | None
    birth_date: date | None
    territory_code: str
    address: str
    lat: float | None
    lon: float | None
    languages: tuple[str, ...]
    reads: str
    self_care: SelfCare | None
    lives_alone: bool | None
    is_volunteer: bool
    is_recipient: bool
    is_client: bool
    door_note: str
    safety_note: str
    phone_masked: str
    deceased_on: date | None = None

    def age(self, on: date) -> int | None:
        """Full years on the day; None when the birth date is unknown."""
        return age_on(self.birth_date, on) if self.birth_date else None


def resolve(person_id: int) -> int:
    """The person this one was merged into, or themself."""
    return resolve_all([person_id])[person_id]


def resolve_all(person_ids: Iterable[int]) -> dict[int, int]:
    """As `resolve` for many, one statement.  Merges never form chains (`service.merges` flattens them)."""
    wanted = set(person_ids)
    rows = db.session.execute(
        select(Person.id, Person.merged_into_id).where(Person.id.in_(wanted), Person.merged_into_id.is_not(None))
    )
    return {person_id: person_id for person_id in wanted} | {row.id: row.merged_into_id for row in rows}


def ids_of(person_id: int) -> frozenset[int]:
    """Every number under which facts about this person may stand: the kept one and those merged into it."""
    return frozenset(db.session.scalars(numbers_of(person_id))) | {person_id}


def is_actor(actor: Actor, person_id: int | None) -> bool:
    """As `actor.is_self`, also for a fact that stands under a number merged into the actor's."""
    return actor.is_self(person_id) or (person_id is not None and actor.is_self(resolve(person_id)))


def numbers_of(person_id: int) -> Select[int]:
    """The same as a part of another statement."""
    kept = select(func.coalesce(Person.merged_into_id, Person.id)).where(Person.id == person_id).scalar_subquery()
    merged = select(Person.id).where(Person.merged_into_id == kept)
    return select(Person.id).where(Person.id.in_(union_all(select(kept), merged)))  # two look-ups, not a walk


def brief(person_id: int) -> PersonBrief | None:
    """The person (the kept one, if merged), or None."""
    return briefs([person_id]).get(person_id)


def briefs(person_ids: Iterable[int | None]) -> dict[int, PersonBrief]:
    """People by the number asked for; a merged one is answered with the one they were merged into.

    At most three statements, however many people.
    """
    wanted = {person_id for person_id in person_ids if person_id is not None}
    if not wanted:
        return {}
    rows = {row.id: row for row in db.session.scalars(select(Person).where(Person.id.in_(wanted)))}
    missing = {row.merged_into_id for row in rows.values() if row.merged_into_id} - rows.keys()
    if missing:
        rows |= {row.id: row for row in db.session.scalars(select(Person).where(Person.id.in_(missing)))}
    homes = territory.home_of(row.territory_code for row in rows.values() if row.lat is None)
    made = {row.id: _brief(row, homes.get(row.territory_code)) for row in rows.values()}
    return {asked: made[rows[asked].merged_into_id or asked] for asked in wanted & rows.keys()}


def _brief(row: Person, home: territory.TerritoryInfo | None) -> PersonBrief:
    located = row.lat is not None and row.lon is not None
    return PersonBrief(
        id=row.id,
        member_no=row.member_no,
        name=row.name,
        sex=row.sex,
        birth_date=row.birth_date,
        territory_code=row.territory_code,
        address=row.address,
        lat=row.lat if located else home.lat if home else None,
        lon=row.lon if located else home.lon if home else None,
        languages=tuple(row.languages or ()),
        reads=row.reads,
        self_care=SelfCare(row.self_care) if row.self_care else None,
        lives_alone=row.lives_alone,
        is_volunteer=row.is_volunteer,
        is_recipient=row.is_recipient,
        is_client=row.is_client,
        door_note=row.door_note,
        safety_note=row.safety_note,
        phone_masked=masking.phone(row.phone),
        deceased_on=row.deceased_on,
    )


def phone_of(person_id: int) -> str | None:
    """The whole phone number (E.164), for a message or a call placed by the system; never for a page by itself."""
    return db.session.scalar(select(Person.phone).where(Person.id == resolve(person_id)))


def email_of(person_id: int) -> str | None:
    """The whole e-mail address, for a message sent by the system."""
    return db.session.scalar(select(Person.email).where(Person.id == resolve(person_id)))


def contacts_of(person_ids: Iterable[int]) -> dict[int, tuple[str | None, str | None]]:
    """(phone, e-mail) of many people, for messages sent by the system."""
    kept = resolve_all(person_ids)
    rows = db.session.execute(select(Person.id, Person.phone, Person.email).where(Person.id.in_(set(kept.values()))))
    found = {row.id: (row.phone, row.email) for row in rows}
    return {asked: found[one] for asked, one in kept.items() if one in found}
