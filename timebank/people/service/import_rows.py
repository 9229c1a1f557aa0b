"""Taking a batch of rows of a spreadsheet into the registry, with few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert

from timebank.core import audit, clock, hooks
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.people.models import Agent, AgentKind, Consent, NameKey, Person
from timebank.people.rules import name_keys
from timebank.people.rules.ages import is_adult, needs_guardian_consent
from timebank.people.rules.codes import LegalBasis
from timebank.people.rules.duplicates import home, same_name
from timebank.people.rules.import_plan import Plan
from timebank.people.rules.import_row import Fault, ImportedRow
from timebank.people.service import loading
from timebank.people.service.commands import TIMEBANK
from timebank.people.service.import_known import Known
from timebank.people.service.persons import queue
from timebank.people.service.roles import ROLE_FIELD

IMPORT = "people.import"
COUNTS = ("read", "created", "updated", "unchanged", "rejected", "to_review")


@dataclass(slots=True)
class Outcome:
    """What became of rows: how many of each kind, and the faults of those that were not taken, by row number."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    faults: dict[int, list[Fault]] = field(default_factory=dict)

    def add(self, other: Outcome) -> None:
        """Joins the outcome of a later batch."""
        for name, count in other.counts.items():
            self.counts[name] += count
        self.faults |= other.faults


def take(actor: Actor, plan: Plan, rows: Sequence[ImportedRow]) -> Outcome:
    """Takes a batch of rows, inside the transaction of the caller."""
    known = Known(plan, rows)
    outcome = Outcome()
    outcome.counts["read"] = len(rows)
    keys: list[dict[str, Any]] = []
    for row in rows:
        try:
            kind = _take_one(actor, plan, known, row, keys)
        except Rejected as rejected:
            outcome.faults[row.number] = [rejected.fault]
            kind = "rejected"
        outcome.counts[kind] += 1
    db.session.flush()
    if keys:
        db.session.execute(insert(NameKey), keys)
    return outcome


class Rejected(Exception):
    """The database says that a row cannot be taken."""

    def __init__(self, code: str, column: str, **facts: object) -> None:
        super().__init__(code)
        self.fault = Fault(code, column, facts)


def _take_one(actor: Actor, plan: Plan, known: Known, row: ImportedRow, keys: list[dict[str, Any]]) -> str:
    _check_codes(actor, known, row)
    person = _existing(known, row)
    guardian = _guardian_of(plan, known, row)
    if person is None:
        kind, person = _create(actor, known, row, guardian, keys)
    else:
        kind = _update(actor, known, row, person, guardian, keys)
    told = hooks.fire("person_imported", person_id=person.id, row=row)
    return "updated" if kind == "unchanged" and any(told) else kind


def _check_codes(actor: Actor, known: Known, row: ImportedRow) -> None:
    if row.territory_code not in known.places:
        raise Rejected("territory_unknown", "community_code", given=row.territory_code)
    if not actor.may(IMPORT, row.territory_code):
        raise Rejected("territory_not_yours", "community_code")
    for code in row.skills:
        if known.services and code not in known.services:  # without a catalogue nothing can be said about a code
            raise Rejected("skill_unknown", "skills", given=code)


def _existing(known: Known, row: ImportedRow) -> Person | None:
    """The person the row is about; None for somebody new.  The ID number decides, then the member number."""
    digest = known.hashes[row.number]
    numbered = known.by_member_no.get(row.member_no) if row.member_no else None
    holder = known.by_hash.get(digest)
    claimant = known.claimed.get((digest, row.name))
    if claimant and (numbered is None or numbered is claimant):
        return claimant
    if holder and numbered and holder is not numbered:
        raise Rejected("two_people", "member_no")
    if holder:
        return holder if numbered or same_name(holder.name, row.name) else None
    if numbered:
        return _of_member_no(known, row, numbered)
    return None if row.member_no or digest else _same_row(known, row)


def _of_member_no(known: Known, row: ImportedRow, person: Person) -> Person:
    digest = known.hashes[row.number]
    if digest and person.id_hash and person.id_hash != digest:
        raise Rejected("member_no_other_person", "member_no")
    agrees = same_name(person.name, row.name) or (row.birth_date and row.birth_date == person.birth_date)
    if not agrees and not (row.phone and row.phone == person.phone):
        raise Rejected("member_no_other_name", "member_no")
    return person


def _same_row(known: Known, row: ImportedRow) -> Person | None:
    """Somebody without numbers in the file: the person who agrees in everything the file says of them.

    Of several (a row that came in and waits beside its double) the one without an ID number, then the eldest row: the
    same file again must find the person it made.
    """
    same = {
        known.kept(person)
        for person in known.unnumbered
        if person.name == row.name
        and person.territory_code.startswith(row.territory_code)
        and (row.phone or None) == person.phone
        and home(person.address) == home(row.address)
        and (row.birth_date is None or row.birth_date == person.birth_date)
    }
    return min(same, key=lambda person: (person.id_hash is not None, person.id), default=None)


def _guardian_of(plan: Plan, known: Known, row: ImportedRow) -> Person | None:
    given = row.guardian_member_no
    if not given:
        return None
    there = plan.guardians.get(given)
    guardian = known.by_hash.get(known.hashes[there.number]) if there and there.id_number else None
    guardian = guardian or known.by_member_no.get(given)
    if guardian is None:
        raise Rejected("guardian_unknown", "guardian_member_no", given=given)
    if not is_adult(guardian.birth_date, clock.today()):
        raise Rejected("guardian_minor", "guardian_member_no")
    return guardian


def _create(
    actor: Actor, known: Known, row: ImportedRow, guardian: Person | None, keys: list[dict[str, Any]]
) -> tuple[str, Person]:
    if guardian is None and needs_guardian_consent(row.birth_date, clock.today()):
        raise Rejected("guardian_needed", "guardian_member_no")
    digest = known.hashes[row.number]
    taken = digest in known.by_hash
    person = Person(
        member_no=row.member_no or loading.new_member_nos(1)[0],
        id_hash=None if taken else digest,
        claimed_id_hash=digest if taken else None,
        phone_hash=known.phones[row.number],
        languages=list(row.languages) or ["zh"],
        created_by=actor.account_id,
        **{name: getattr(row, name) for name in COPIED},
        self_care=row.self_care.value if row.self_care else None,
        **{column: role in row.roles for role, column in ROLE_FIELD.items()},
    )
    like = known.register.like(loading.candidate(person))
    db.session.add(person)
    db.session.flush()
    keys.extend(_keys(person))
    _consent(actor, person, guardian)
    if guardian:
        _add_guardian(known, person, guardian)
    known.remember(person)
    queue(person.id, person.territory_code, like)
    audit.record(actor, "import.person", "person", person.id, person.territory_code, row=row.number)
    return ("to_review" if like else "created"), person


COPIED = (
    "name", "id_number", "sex", "birth_date", "phone", "territory_code", "address", "lat", "lon", "lives_alone", "note",
)  # fmt: skip


def _keys(person: Person) -> list[dict[str, Any]]:
    return [{"person_id": person.id, "key": key} for key in sorted(name_keys.keys_of(person.name))]


def _consent(actor: Actor, person: Person, guardian: Person | None) -> None:
    db.session.add(
        Consent(
            person_id=person.id,
            purpose=TIMEBANK,
            legal_basis=LegalBasis.CONSENT.value,
            given_by_person_id=guardian.id if guardian else person.id,
            recorded_by=actor.account_id,
        )
    )


def _add_guardian(known: Known, person: Person, guardian: Person) -> bool:
    if guardian.id in known.guardians.get(person.id, set()):
        return False
    if guardian.id == person.id:
        raise Rejected("guardian_oneself", "guardian_member_no")
    db.session.add(
        Agent(person_id=person.id, agent_person_id=guardian.id, kind=AgentKind.GUARDIAN, valid_from=clock.today())
    )
    known.guardians.setdefault(person.id, set()).add(guardian.id)
    return True


def _update(
    actor: Actor, known: Known, row: ImportedRow, person: Person, guardian: Person | None, keys: list[dict[str, Any]]
) -> str:
    """Writes what the file knows better; an empty cell leaves what is there, and a role is never taken away."""
    if not actor.may(IMPORT, person.territory_code):
        raise Rejected("territory_not_yours", "community_code")
    changes = _changes(known, row, person)
    new_guardian = guardian is not None and _add_guardian(known, person, guardian)
    if not changes and not new_guardian:
        return "unchanged"
    if "name" in changes:
        loading.write_keys(person.id, changes["name"])
    for name, value in changes.items():
        setattr(person, name, value)
    db.session.flush()
    known.remember(person)
    if "territory_code" in changes:
        hooks.fire("person_moved", person_id=person.id, territory_code=person.territory_code)
    queue(person.id, person.territory_code, known.register.like(loading.candidate(person)))
    fields = sorted(changes)
    audit.record(actor, "import.person", "person", person.id, person.territory_code, row=row.number, fields=fields)
    return "updated"


def _changes(known: Known, row: ImportedRow, person: Person) -> dict[str, Any]:
    wanted = {name: getattr(row, name) for name in COPIED if getattr(row, name) not in {None, ""}}
    wanted["self_care"] = row.self_care.value if row.self_care else person.self_care
    wanted["languages"] = list(row.languages) or person.languages
    wanted |= {column: True for role, column in ROLE_FIELD.items() if role in row.roles}
    if row.phone:
        wanted["phone_hash"] = known.phones[row.number]
    if row.id_number and not person.claimed_id_hash:
        wanted["id_hash"] = known.hashes[row.number]
    if person.territory_code.startswith(row.territory_code):
        wanted.pop("territory_code")  # a grid of the community is known more exactly already
    return {name: value for name, value in wanted.items() if getattr(person, name) != value}
