"""Whom a typed name, phone or member number stands for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select

from timebank.access.models import Account
from timebank.access.rules import secrets as rules
from timebank.core.db import db
from timebank.core.types import blind_index
from timebank.people.models import Person
from timebank.people.rules import phones


@dataclass(frozen=True, slots=True)
class Candidate:
    """The account that a typed name stands for."""

    id: int
    password_hash: str | None
    closed: bool


def find_candidate(name: str) -> Candidate | None:
    """By sign-in name, else by member number or phone when that fits exactly one open account."""
    exact = _candidates(Account.sign_in_name == rules.tidy_name(name))
    if exact:
        return exact[0]
    found = _candidates(Account.person_id.in_(select(Person.id).where(_of_person(name))) & Account.closed_at.is_(None))
    return found[0] if len(found) == 1 else None


def is_phone_known(text: str) -> bool:
    """Does anybody in the registry have this phone number?"""
    phone = phones.searchable(text)
    if phone is None:
        return False
    known = select(Person.id).where(Person.phone_hash == blind_index("phone", phone)).limit(1)
    return db.session.scalar(known) is not None


def _of_person(text: str) -> ColumnElement[bool]:
    number = func.upper(Person.member_no) == text.strip().upper()
    phone = phones.searchable(text)
    return or_(number, Person.phone_hash == blind_index("phone", phone)) if phone else number


def _candidates(which: ColumnElement[bool]) -> list[Candidate]:
    rows = db.session.execute(select(Account.id, Account.password_hash, Account.closed_at).where(which).limit(2))
    return [Candidate(row.id, row.password_hash, row.closed_at is not None) for row in rows]
