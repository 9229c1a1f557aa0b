"""Finding people: by name as people type it, phone, member number or identity number, never outside one's territory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import aliased

from timebank.core.authority import Actor
from timebank.core.db import below, db, in_scope
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.core.types import blind_index
from timebank.people.models import NameKey, Person, PersonRole
from timebank.people.rules import id_number, masking, name_keys, phones
from timebank.people.rules.ages import age_on
from timebank.people.rules.codes import Sex
from timebank.territory import queries as territory

READ = "people.read"
SEES_CLIENTS = "cases.read"  # who may know that somebody is a client of assistance (the helper side may not)
LAST = "\U0010ffff"

ROLE_COLUMN = {
    PersonRole.VOLUNTEER: Person.is_volunteer,
    PersonRole.RECIPIENT: Person.is_recipient,
    PersonRole.CLIENT: Person.is_client,
}


@dataclass(frozen=True, slots=True)
class PersonHit:
    """A line of a list of people."""

    id: int
    member_no: str
    name: str
    sex: Sex | None
    birth_date: date | None
    territory_code: str
    place: str
    address: str
    phone_masked: str
    roles: tuple[PersonRole, ...]
    deceased_on: date | None = None

    def age(self, on: date) -> int | None:
        """Full years on the day; None when the birth date is unknown."""
        return age_on(self.birth_date, on) if self.birth_date else None


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people a list shows; empty means all the actor may see."""

    text: str = ""
    role: PersonRole | None = None
    territory: str = ""


def search(
    actor: Actor,
    text: str,
    *,
    permission: str = READ,
    role: PersonRole | str | None = None,
    limit: int = 20,
) -> list[PersonHit]:
    """People the actor may see (`permission`) whom the text may mean, at most `limit`.

    Characters, pinyin, initials (any beginning of them), a whole phone or identity number, the beginning of a member
    number.  Nothing for an empty text.
    """
    if not text.strip():
        return []
    wanted = PeopleFilter(text, PersonRole(role) if role else None)
    found = select(Person).where(_visible(actor, wanted, permission))
    rows = db.session.scalars(found.order_by(func.length(Person.name), Person.id).limit(limit))
    return _hits(actor, list(rows))


def list_people(
    actor: Actor, wanted: PeopleFilter, after: str | None = None, limit: int = PER_PAGE, *, permission: str = READ
) -> Page[PersonHit]:
    """People by number, newest first; `after` is the cursor of the page before."""
    query = select(Person).where(_visible(actor, wanted, permission)).order_by(Person.id.desc()).limit(limit + 1)
    if after and after.isdecimal():
        query = query.where(Person.id < int(after))
    rows = list(db.session.scalars(query))
    return cut(_hits(actor, rows), [row.id for row in rows], limit)


def count_people(actor: Actor, wanted: PeopleFilter, *, permission: str = READ) -> int:
    """How many people the list has."""
    return db.session.scalar(select(func.count()).where(_visible(actor, wanted, permission))) or 0


def _visible(actor: Actor, wanted: PeopleFilter, permission: str) -> ColumnElement[bool]:
    scopes = actor.scopes(SEES_CLIENTS) if wanted.role == PersonRole.CLIENT else actor.scopes(permission)
    found: ColumnElement[bool] = Person.merged_into_id.is_(None)
    found &= in_scope(Person.territory_code, scopes)
    if wanted.role == PersonRole.CLIENT:
        found &= in_scope(Person.territory_code, actor.scopes(permission))
    if wanted.role:
        found &= ROLE_COLUMN[wanted.role].is_(True)
    return found & below(Person.territory_code, wanted.territory) & _meant(wanted.text)


def _meant(text: str) -> ColumnElement[bool]:
    if not text.strip():
        return true()
    merged = aliased(Person)
    behind = select(merged.merged_into_id).where(merged.merged_into_id.is_not(None), _matches(merged, text))
    return or_(_matches(Person, text), Person.id.in_(behind))


def _matches(person: type[Person], text: str) -> ColumnElement[bool]:
    number = id_number.searchable(text)
    if number:
        digest = blind_index("id_number", number)
        return or_(person.id_hash == digest, person.claimed_id_hash == digest)
    phone = phones.searchable(text)
    if phone:
        return person.phone_hash == blind_index("phone", phone)
    written = text.strip().upper()
    if any(character.isdecimal() for character in written):
        return func.upper(person.member_no).startswith(written, autoescape=True)
    key = name_keys.typed(text)
    if not key:
        return person.member_no == written
    named = person.id.in_(select(NameKey.person_id).where(NameKey.key >= key, NameKey.key < key + LAST))
    if written.isascii() and len(written) > 1:  # "YH" may begin a member number
        return or_(named, func.upper(person.member_no).startswith(written, autoescape=True))
    return named


def hits_of(actor: Actor, person_ids: list[int]) -> dict[int, PersonHit]:
    """Lines for people who were found otherwise; the caller has checked that the actor may see them."""
    rows = list(db.session.scalars(select(Person).where(Person.id.in_(person_ids))))
    return {hit.id: hit for hit in _hits(actor, rows)}


def _hits(actor: Actor, rows: list[Person]) -> list[PersonHit]:
    areas = actor.scopes("people.read") or actor.scopes("people.find")
    places = territory.local_names({row.territory_code for row in rows}, areas) if rows else {}
    return [_hit(actor, row, places) for row in rows]


def _hit(actor: Actor, row: Person, places: dict[str, str]) -> PersonHit:
    return PersonHit(
        id=row.id,
        member_no=row.member_no,
        name=row.name,
        sex=row.sex,
        birth_date=row.birth_date,
        territory_code=row.territory_code,
        place=places[row.territory_code],
        address=row.address,
        phone_masked=masking.phone(row.phone),
        roles=visible_roles(actor, row),
        deceased_on=row.deceased_on,
    )


def visible_roles(actor: Actor, row: Person) -> tuple[PersonRole, ...]:
    """The roles the actor may know of: the helper side never learns who is a client of assistance (story, step 2)."""
    held = {
        PersonRole.VOLUNTEER: row.is_volunteer,
        PersonRole.RECIPIENT: row.is_recipient,
        PersonRole.CLIENT: row.is_client and (actor.is_self(row.id) or actor.may(SEES_CLIENTS, row.territory_code)),
    }
    return tuple(role for role, holds in held.items() if holds)
