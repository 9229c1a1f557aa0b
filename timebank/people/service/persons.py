"""Registering people and changing what is known of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import or_, select

from timebank.core import audit, clock, hooks
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db, transaction
from timebank.core.errors import Conflict, NotFound, Refused
from timebank.people.models import Agent, Consent, DuplicatePair, Person
from timebank.people.queries import duplicates
from timebank.people.rules import contact, id_number, phones
from timebank.people.rules.ages import is_adult, needs_guardian_consent
from timebank.people.rules.codes import AgentKind, LegalBasis, Sex
from timebank.people.rules.duplicates import Candidate, Likeness
from timebank.people.service import loading
from timebank.people.service.commands import TIMEBANK, NewPerson, PersonChange
from timebank.people.service.loading import checked, community, loaded, named, writable
from timebank.people.service.roles import ROLE_FIELD
from timebank.territory.rules import valid_point

SENSITIVE = {
    "id_number": "people.contact",
    "phone": "people.contact",
    "email": "people.contact",
    "self_care": "people.health",
}


@command
def register_person(actor: Actor, new: NewPerson, *, key: str | None = None) -> int:
    """Registers a person, once (C8.13).  Returns their number.

    Needs `people.write` for the community.  Raises `Refused`: a wrong value beside its field; `same_id_number` with
    the person who has the number; `likely_duplicates` unless `duplicate_reason` says how one knows that they are
    others (the pairs then wait in the review queue); `guardian_needed` for a child under 14 without either.
    """
    actor.require(loading.WRITE, community(new.territory_code))
    row = row_of(actor, new)
    _refuse_same_number(actor, row.id_hash)
    like = duplicates.likely(loading.candidate(row))
    if like and not new.duplicate_reason.strip():
        raise Refused("likely_duplicates", field="duplicate_reason", count=len(like))
    db.session.add(row)
    db.session.flush()
    loading.write_keys(row.id, row.name)
    _guard(actor, row, new)
    queue(row.id, row.territory_code, like)
    audit.record(
        actor, "register.person", "person", row.id, row.territory_code, duplicate_reason=new.duplicate_reason.strip()
    )
    for role in sorted(new.roles):
        hooks.fire("role_taken", actor=actor, person_id=row.id, role=role)
    return row.id


def row_of(actor: Actor, new: NewPerson, *, give_number: bool = True) -> Person:
    """The row for a person to be registered, its values checked; not written yet."""
    values = _values(new.id_number, new.sex, new.birth_date)
    if not valid_point(new.lat, new.lon):
        raise Refused("point_invalid", field="lat")
    phone = checked("phone", phones.normalise, new.phone) if new.phone.strip() else None
    return Person(
        **values,
        member_no=_member_no(new.member_no) if give_number else "",
        name=checked("name", contact.name, new.name),
        phone=phone,
        phone_hash=loading.phone_hash(phone),
        territory_code=new.territory_code,
        address=contact.tidy(new.address)[:200],
        lat=new.lat,
        lon=new.lon,
        languages=[checked("languages", contact.language, item) for item in new.languages],
        reads=new.reads,
        self_care=new.self_care.value if new.self_care else None,
        lives_alone=new.lives_alone,
        email=checked("email", contact.email, new.email) or None,
        door_note=contact.tidy(new.door_note)[:200],
        safety_note=contact.tidy(new.safety_note)[:200],
        note=new.note.strip(),
        created_by=actor.account_id,
        **{field: role in new.roles for role, field in ROLE_FIELD.items()},
    )


def _values(number: str, sex: Sex | None, born: date | None) -> dict[str, Any]:
    """Number, its digest, sex and birth date: derived from the number, or checked against it (formats.md §1)."""
    if born and born > clock.today():
        raise Refused("birth_date_future", field="birth_date")
    if not number.strip():
        return {"sex": sex, "birth_date": born}
    found = checked("id_number", lambda text: id_number.check(text, clock.today()), number)
    if sex and sex != found.sex:
        raise Refused("sex_contradicts_id", field="sex")
    if born and born != found.birth_date:
        raise Refused("birth_date_contradicts_id", field="birth_date")
    return {
        "id_number": found.text,
        "id_hash": loading.id_hash(found.text),
        "sex": found.sex,
        "birth_date": found.birth_date,
    }


def _member_no(given: str) -> str:
    number = checked("member_no", contact.member_no, given)
    if not number:
        return loading.new_member_nos(1)[0]
    if db.session.scalar(select(Person.id).where(Person.member_no == number)):
        raise Refused("member_no_taken", field="member_no")
    return number


def _refuse_same_number(actor: Actor, digest: str | None, except_id: int | None = None) -> None:
    if digest is None:
        return
    same = select(Person).where(or_(Person.id_hash == digest, Person.claimed_id_hash == digest))
    other = db.session.scalar(same.where(Person.id != except_id) if except_id else same)
    if other is None:
        return
    kept = db.session.get_one(Person, other.merged_into_id) if other.merged_into_id else other
    if not actor.may(loading.READ, kept.territory_code):
        raise Conflict("same_id_elsewhere", field="id_number")
    raise Conflict("same_id_number", field="id_number", name=kept.name, member_no=kept.member_no, person_id=kept.id)


def _guard(actor: Actor, row: Person, new: NewPerson) -> None:
    """Guardian and consent of a new person; of a child under 14 they are demanded (C8.19)."""
    child = needs_guardian_consent(row.birth_date, clock.today())
    if child and new.guardian_id is None and new.legal_basis == LegalBasis.CONSENT:
        raise Refused("guardian_needed", field="guardian_id")
    if new.guardian_id is not None:
        guardian = named(actor, new.guardian_id)
        if not is_adult(guardian.birth_date, clock.today()):
            raise Refused("guardian_minor", field="guardian_id")
        db.session.add(_guardian(row.id, guardian.id, new.guardian_relation))
    db.session.add(
        Consent(
            person_id=row.id,
            purpose=TIMEBANK,
            legal_basis=new.legal_basis.value,
            given_by_person_id=new.guardian_id or row.id,
            recorded_by=actor.account_id,
        )
    )


def _guardian(person_id: int, guardian_id: int, relation: str) -> Agent:
    return Agent(
        person_id=person_id,
        agent_person_id=guardian_id,
        kind=AgentKind.GUARDIAN,
        relation=relation.strip()[:32],
        valid_from=clock.today(),
    )


def queue(person_id: int, code: str, like: list[tuple[Candidate, Likeness]]) -> int:
    """Puts likely duplicates into the review queue, each pair once and forever.  Returns how many are new."""
    known = duplicates.decided_pairs([person_id]) if like else set()
    new = [(other, why) for other, why in like if (min(person_id, other.id), max(person_id, other.id)) not in known]
    db.session.add_all(
        DuplicatePair(
            first_id=min(person_id, other.id),
            second_id=max(person_id, other.id),
            reason=why.value,
            territory_code=duplicates.around(code, other.territory_code),
        )
        for other, why in new
    )
    return len(new)


PLAIN = ("reads", "lives_alone")
TEXTS = {"address": 200, "door_note": 200, "safety_note": 200}


@command
def update_person(actor: Actor, person_id: int, change: PersonChange, *, key: str | None = None) -> int:
    """Changes what is known of a person; None in the change keeps what is there.  Returns the person's number.

    Needs `people.write` where the person lives and where they move to.  Raises `Conflict("stale_form")` when somebody
    changed the person since the form was opened, and what `register_person` raises for wrong values.
    """
    row = writable(actor, person_id)
    _apply(actor, row, change)
    return row.id


@command
def change_own_details(actor: Actor, person_id: int, change: PersonChange, *, key: str | None = None) -> int:
    """The person (or their guardian or agent) corrects phone, address, e-mail and language (PIPL art. 46).

    Anything else in the change is left alone.  Raises as `update_person`; `NotFound` for somebody else's person.
    """
    if not actor.is_self(person_id):
        raise NotFound("person")
    own = PersonChange(
        version=change.version, phone=change.phone, address=change.address, email=change.email, reads=change.reads
    )
    row = loaded(person_id)
    _apply(actor, row, own)
    return row.id


@command
def choose_reading(actor: Actor, person_id: int, language: str, *, key: str | None = None) -> int:
    """The language of a person's messages ("zh", "en"): their own word, or "people.write" where they live."""
    row = loaded(person_id) if actor.is_self(person_id) else writable(actor, person_id)
    if row.reads != language:
        row.reads = language
        audit.record(actor, "change.person", "person", row.id, row.territory_code, fields=["reads"])
    return row.id


def _apply(actor: Actor, row: Person, change: PersonChange) -> None:
    if row.version != change.version:
        raise Conflict("stale_form")
    before = {name: getattr(row, name) for name in _SHOWN}
    _change_identity(actor, row, change)
    _change_contact(row, change)
    _change_home(actor, row, change)
    for name in PLAIN:
        if getattr(change, name) is not None:
            setattr(row, name, getattr(change, name))
    if change.languages is not None:
        row.languages = [checked("languages", contact.language, item) for item in change.languages]
    if change.self_care is not None:
        row.self_care = change.self_care.value
    if change.note is not None:
        row.note = change.note.strip()
    db.session.flush()
    queue(row.id, row.territory_code, duplicates.likely(loading.candidate(row)))
    changed = sorted(name for name in _SHOWN if getattr(row, name) != before[name])
    audit.record(actor, "change.person", "person", row.id, row.territory_code, fields=changed)


_UNSEEN = {"version", "created_at", "id_hash", "phone_hash"}
_SHOWN = tuple(column.key for column in Person.__table__.columns if column.key not in _UNSEEN)


def _change_identity(actor: Actor, row: Person, change: PersonChange) -> None:
    if change.name is not None and contact.tidy(change.name) != row.name:
        row.name = checked("name", contact.name, change.name)
        loading.write_keys(row.id, row.name)
    number = change.id_number or row.id_number or ""
    sex = change.sex or (None if change.id_number else row.sex)
    born = change.birth_date or (None if change.id_number else row.birth_date)
    values = _values(number, sex, born)
    if change.id_number:
        _refuse_same_number(actor, values["id_hash"], row.id)
        row.claimed_id_hash = None
        row.id_number, row.id_hash = values["id_number"], values["id_hash"]
    row.sex, row.birth_date = values["sex"], values["birth_date"]


def _change_contact(row: Person, change: PersonChange) -> None:
    if change.phone is not None:
        row.phone = checked("phone", phones.normalise, change.phone) if change.phone.strip() else None
        row.phone_hash = loading.phone_hash(row.phone)
    if change.email is not None:
        row.email = checked("email", contact.email, change.email) or None
    for name, most in TEXTS.items():
        if getattr(change, name) is not None:
            setattr(row, name, contact.tidy(getattr(change, name))[:most])


def _change_home(actor: Actor, row: Person, change: PersonChange) -> None:
    if change.point is not None:
        if not valid_point(*change.point):
            raise Refused("point_invalid", field="lat")
        row.lat, row.lon = change.point
    if change.territory_code and change.territory_code != row.territory_code:
        actor.require(loading.WRITE, community(change.territory_code))
        row.territory_code = change.territory_code
        hooks.fire("person_moved", person_id=row.id, territory_code=row.territory_code)


@command
def record_death(actor: Actor, person_id: int, died_on: date | None, *, key: str | None = None) -> int:
    """Notes the day a person died (None takes a mistake back).

    Raises `Refused("death_in_future" | "death_before_birth")`.
    """
    row = writable(actor, person_id)
    if died_on and died_on > clock.today():
        raise Refused("death_in_future", field="died_on")
    if died_on and row.birth_date and died_on < row.birth_date:
        raise Refused("death_before_birth", field="died_on")
    row.deceased_on = died_on
    if died_on:
        hooks.fire("person_died", person_id=row.id, died_on=died_on)
    audit.record(actor, "record.death", "person", row.id, row.territory_code, died_on=str(died_on or ""))
    return row.id


@transaction
def reveal(actor: Actor, person_id: int, field: str, purpose: str) -> str:
    """Shows one sensitive field in full and writes down who saw it and why (C8.18, PIPL art. 28, 51).

    `field`: id_number, phone, email or self_care.  Needs `people.contact` (self_care: `people.health`) there, unless
    it is one's own.  Not kept under a key: no secret stands in clear anywhere.  Raises `Refused("purpose_missing")`.
    """
    row = loaded(person_id)
    if field not in SENSITIVE:
        raise NotFound("person")
    if not actor.is_self(person_id) and not actor.may(loading.READ, row.territory_code):
        raise NotFound("person")
    actor.require_for(person_id, SENSITIVE[field], row.territory_code)
    if not purpose.strip() and not actor.is_self(person_id):
        raise Refused("purpose_missing", field="purpose")
    audit.saw(actor, person_id, [field], purpose.strip())
    value = getattr(row, field)
    return phones.display(value) if field == "phone" and value else value or ""
