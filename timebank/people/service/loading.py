"""What the verbs of the registry share: finding the person, checking values, keeping search keys in step."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import delete, select

from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.core.types import blind_index
from timebank.people.models import NameKey, Person
from timebank.people.queries.briefs import resolve
from timebank.people.rules import name_keys
from timebank.people.rules.codes import Wrong
from timebank.people.rules.duplicates import Candidate
from timebank.territory import queries as territory

T = TypeVar("T")
READ = "people.read"
WRITE = "people.write"


def loaded(person_id: int) -> Person:
    """The person.  Raises `NotFound("person")`, or `Refused("person_merged")` for a row that lives on in another."""
    row = db.session.get(Person, person_id)
    if row is None:
        raise NotFound("person")
    if row.merged_into_id:
        raise Refused("person_merged")
    return row


def writable(actor: Actor, person_id: int) -> Person:
    """The person, if the actor may change them; one the actor may not even see is not found."""
    row = loaded(person_id)
    if not actor.may(READ, row.territory_code) and not actor.may(WRITE, row.territory_code):
        raise NotFound("person")
    actor.require(WRITE, row.territory_code)
    return row


def named(actor: Actor, person_id: int) -> Person:
    """Another person of whom the actor speaks (a guardian): one whom they may not see is not found."""
    row = loaded(resolve(person_id))
    known = actor.is_self(row.id) or actor.may(READ, row.territory_code) or actor.may(WRITE, row.territory_code)
    if not known:
        raise NotFound("person")
    return row


def checked(field: str, check: Callable[[str], T], text: str) -> T:
    """A typed value through its rule; a wrong one is refused beside its field."""
    try:
        return check(text)
    except Wrong as wrong:
        raise Refused(wrong.code, field=field, **wrong.facts) from None


def community(code: str) -> str:
    """A community or grid that exists.  Raises `Refused("territory_missing" | "territory_unknown")`."""
    if not code:
        raise Refused("territory_missing", field="territory_code")
    if code not in territory.existing([code]):
        raise Refused("territory_unknown", field="territory_code", given=code)
    return code


def id_hash(number: str | None) -> str | None:
    """The digest by which an identity number is found."""
    return blind_index("id_number", number) if number else None


def phone_hash(number: str | None) -> str | None:
    """The digest by which a phone number is found."""
    return blind_index("phone", number) if number else None


def write_keys(person_id: int, name: str) -> None:
    """Makes a person findable by a name (again)."""
    db.session.execute(delete(NameKey).where(NameKey.person_id == person_id))
    db.session.add_all(NameKey(person_id=person_id, key=key) for key in sorted(name_keys.keys_of(name)))


def new_member_nos(count: int) -> list[str]:
    """Free member numbers: M and eight digits, easy to read out on the phone."""
    found: list[str] = []
    while len(found) < count:
        drawn = {f"M{secrets.randbelow(10**8):08d}" for _ in range(count - len(found))} - set(found)
        found += sorted(drawn - set(db.session.scalars(select(Person.member_no).where(Person.member_no.in_(drawn)))))
    return found


def candidate(row: Person) -> Candidate:
    """The person as the rules on duplicates see them."""
    return Candidate(
        id=row.id or 0,  # not written yet
        name=row.name,
        birth_date=row.birth_date,
        sex=row.sex,
        id_hash=row.id_hash or row.claimed_id_hash,
        phone_hash=row.phone_hash,
        territory_code=row.territory_code,
        address=row.address,
    )
