"""Signing in: a name, phone or member number, and a password."""

from __future__ import annotations

from sqlalchemy import select

from timebank.access import hashing, queries
from timebank.access.models import Account
from timebank.access.queries.candidates import find_candidate
from timebank.access.rules import secrets as rules
from timebank.access.rules import throttle as limits
from timebank.access.service import throttle
from timebank.core import audit
from timebank.core.authority import Actor
from timebank.core.db import db, transaction
from timebank.core.errors import Refused
from timebank.core.types import blind_index


def sign_in(name: str, password: str, address: str) -> queries.AccountInfo:
    """The account for a sign-in name, phone or member number and its password.

    Unknown names take the same time and get the same answer as wrong passwords.  Raises `Refused`: sign_in_wrong,
    sign_in_wait(until = moment).
    """
    found = find_candidate(name)
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


def _unknown(name: str) -> str:
    return f"sign-in:?{blind_index('sign-in', rules.tidy_name(name))[:40]}"
