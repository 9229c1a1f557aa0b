"""Signing in: a name, phone or member number, and a password."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select

from timebank.access import hashing, queries
from timebank.access.models import Account
from timebank.access.rules import secrets as rules
from timebank.access.rules import throttle as limits
from timebank.access.service import throttle
from timebank.core import audit
from timebank.core.authority import Actor
from timebank.core.db import db, transaction
from timebank.core.errors import Refused
from timebank.core.types import blind_index
from timebank.people.models import Person
from timebank.people.rules import phones


@dataclass(frozen=True, slots=True)
class Candidate:
    """The account that a typed name stands for."""

    id: int
    password_hash: str | None
    closed: bool


def sign_in(name: str, password: str, address: str) -> queries.AccountInfo:
    """The account for a sign-in name, phone or member number and its password.

    Unknown names take the same time and get the same answer as wrong passwords.  Raises `Refused`: sign_in_wrong,
    sign_in_wait(until = moment).
    """
    found = _find(name)
    kept, subject = (found.password_hash, f"sign-in:{found.id}") if found else (None, _unknown(name))
    _check(kept, password, [(subject, limits.SIGN_IN), (f"address:{address}"[:80], limits.ADDRESS)])
    if found is None or found.closed:
        raise Refused("sign_in_wrong")
    return _signed_in(found.id, password)


def check_own_password(account_id: int, password: str) -> None:
    """Does the account's owner know the password?  Raises `Refused`: old_password_wrong, sign_in_wait(until)."""
    kept = db.session.scalar(select(Account.password_hash).where(Account.id == account_id))
    try:
        _check(kept, password, [(f"sign-in:{account_id}", limits.SIGN_IN)])
    except Refused as error:
        code = "old_password_wrong" if error.code == "sign_in_wrong" else error.code
        raise Refused(code, field="old_password", **error.facts) from None


def _check(kept: str | None, password: str, subjects: list[tuple[str, limits.Limit]]) -> None:
    tried = throttle.begin(subjects)
    if tried.until is not None:
        raise Refused("sign_in_wait", until=tried.until)
    if not hashing.matches(kept, password[: rules.PASSWORD_MAX]):
        raise Refused("sign_in_wrong")
    throttle.take_back(tried.ids, subjects[0][0])


@transaction
def _signed_in(account_id: int, password: str) -> queries.AccountInfo:
    account = db.session.get_one(Account, account_id)
    if account.password_hash and hashing.is_old(account.password_hash):
        account.password_hash = hashing.hash_secret(password)
    audit.record(
        Actor(account.id, account.person_id, account.display_name),
        "sign.in",
        "account",
        account.id,
        account.territory_code,
    )
    return queries.account_info(account)


def _find(name: str) -> Candidate | None:
    """By sign-in name, else by member number or phone when that fits exactly one open account."""
    exact = _candidates(Account.sign_in_name == rules.tidy_name(name))
    if exact:
        return exact[0]
    found = _candidates(Account.person_id.in_(select(Person.id).where(_of_person(name))) & Account.closed_at.is_(None))
    return found[0] if len(found) == 1 else None


def _of_person(text: str) -> ColumnElement[bool]:
    number = func.upper(Person.member_no) == text.strip().upper()
    phone = phones.searchable(text)
    return or_(number, Person.phone_hash == blind_index("phone", phone)) if phone else number


def _candidates(which: ColumnElement[bool]) -> list[Candidate]:
    rows = db.session.execute(select(Account.id, Account.password_hash, Account.closed_at).where(which).limit(2))
    return [Candidate(account_id, kept, closed_at is not None) for account_id, kept, closed_at in rows]


def _unknown(name: str) -> str:
    return f"sign-in:?{blind_index('sign-in', rules.tidy_name(name))[:40]}"
