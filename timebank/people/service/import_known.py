"""Everything the database says about a batch of rows of a spreadsheet, read with few statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from timebank.core import clock, hooks
from timebank.core.db import db
from timebank.people.models import Agent, AgentKind, Person
from timebank.people.queries import duplicates
from timebank.people.rules.duplicates import Candidate, Register
from timebank.people.rules.import_plan import Plan
from timebank.people.rules.import_row import ImportedRow
from timebank.people.service import loading
from timebank.territory import queries as territory

CHUNK = 400


class Known:
    """Everything the database says about a batch of rows, read once."""

    def __init__(self, plan: Plan, rows: Sequence[ImportedRow]) -> None:
        wards = [row for row in rows if row.guardian_member_no]
        named = [plan.guardians[row.guardian_member_no] for row in wards if row.guardian_member_no in plan.guardians]
        every = [*rows, *named]
        self.places = territory.existing(row.territory_code for row in rows)
        self.services = frozenset(hooks.ask("service_codes"))
        self.hashes = {row.number: loading.id_hash(row.id_number) for row in every}
        self.phones = {row.number: loading.phone_hash(row.phone) for row in rows}
        numbers = {row.member_no for row in every} | {row.guardian_member_no for row in wards}
        people = _people(Person.member_no, numbers - {""}) + self._by_hash() + _people(Person.name, _unnumbered(rows))
        self.rows = _with_kept(people)
        self.by_member_no: dict[str | None, Person] = {row.member_no: self.kept(row) for row in people}
        self.by_hash: dict[str | None, Person] = {row.id_hash: self.kept(row) for row in people if row.id_hash}
        self.claimed: dict[tuple[str | None, str], Person] = {
            (row.claimed_id_hash, row.name): row for row in people if row.claimed_id_hash
        }
        self.unnumbered = [row for row in people if row.name in _unnumbered(rows)]
        self.guardians = _guardians(self.rows.keys())
        self.register = Register(duplicates.candidates(self._candidate(row) for row in rows))

    def _by_hash(self) -> list[Person]:
        digests = {digest for digest in self.hashes.values() if digest}
        return _people(Person.id_hash, digests) + _people(Person.claimed_id_hash, digests)

    def _candidate(self, row: ImportedRow) -> Candidate:
        return Candidate(
            0, row.name, row.birth_date, row.sex, self.hashes[row.number], self.phones[row.number],
            row.territory_code, row.address,
        )  # fmt: skip

    def kept(self, row: Person) -> Person:
        """The row, or the one it was merged into."""
        return self.rows[row.merged_into_id] if row.merged_into_id else row

    def remember(self, row: Person) -> None:
        """A person who was just written is known to the rows that follow."""
        self.rows[row.id] = row
        self.by_member_no[row.member_no] = row
        if row.id_hash:
            self.by_hash[row.id_hash] = row
        if row.claimed_id_hash:
            self.claimed[row.claimed_id_hash, row.name] = row
        self.register.add(loading.candidate(row))


def _unnumbered(rows: Iterable[ImportedRow]) -> set[str]:
    return {row.name for row in rows if not row.id_number and not row.member_no}


def _people(column: Any, values: set[str]) -> list[Person]:
    ordered = sorted(values)
    parts = (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))
    return [row for part in parts for row in db.session.scalars(select(Person).where(column.in_(part)))]


def _with_kept(people: list[Person]) -> dict[int, Person]:
    rows = {row.id: row for row in people}
    missing = {row.merged_into_id for row in people if row.merged_into_id} - rows.keys()
    if missing:
        rows |= {row.id: row for row in db.session.scalars(select(Person).where(Person.id.in_(missing)))}
    return rows


def _guardians(person_ids: Iterable[int]) -> dict[int, set[int]]:
    today = clock.today()
    valid: ColumnElement[bool] = or_(Agent.valid_to.is_(None), Agent.valid_to >= today)
    wanted = list(person_ids)
    rows = db.session.execute(
        select(Agent.person_id, Agent.agent_person_id).where(
            Agent.person_id.in_(wanted), Agent.kind == AgentKind.GUARDIAN, valid
        )
    )
    found: dict[int, set[int]] = {}
    for person_id, guardian_id in rows:
        found.setdefault(person_id, set()).add(guardian_id)
    return found
