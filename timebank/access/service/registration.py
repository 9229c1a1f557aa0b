"""Somebody registers alone: a person of the registry and an account, at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import select

from timebank.access import hashing
from timebank.access.models import Account
from timebank.access.queries.candidates import is_phone_known
from timebank.access.rules import throttle as limits
from timebank.access.service import accounts, throttle
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.people import queries as people
from timebank.people import service as registry

_KNOWN = {"same_id_number", "same_id_elsewhere", "likely_duplicates"}


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody tells about themself.  Phone and ID number as typed."""

    name: str
    phone: str
    territory_code: str
    id_number: str = ""
    birth_date: date | None = None
    language: str = "zh"
    password: str = field(default="", repr=False)


def register_oneself(newcomer: Newcomer, address: str, *, key: str | None = None) -> int:
    """Registers a newcomer and returns their account.  They sign in by phone or member number.

    Whoever may be known already is sent to the service desk, and learns nothing of what is known (`person_known`).
    Raises `Refused`: registration_wait(until) after ten in an hour from one IP address, password_*, and those of
    `people.service.register_person`.
    """
    tried = throttle.begin([(f"register:{address}"[:80], limits.REGISTRATION)])
    if tried.until is not None:
        raise Refused("registration_wait", until=tried.until)
    who = Actor.system("self-registration", "web")
    account_id = _register(who, replace(newcomer, password=""), hashing.Hidden(newcomer.password), key=key)
    kept = db.session.scalar(select(Account.password_hash).where(Account.id == account_id))
    if not hashing.matches(kept, newcomer.password):  # a repeated form signs in only who knows the password
        raise Refused("person_known")
    return account_id


@command
def _register(actor: Actor, newcomer: Newcomer, password: hashing.Hidden, *, key: str | None = None) -> int:
    person_id = _person(actor, newcomer)
    person = people.brief(person_id)
    assert person is not None
    account = accounts.NewAccount(
        sign_in_name=person.member_no,
        display_name=person.name,
        person_id=person.id,
        password=password.secret,
        language=newcomer.language,
    )
    return accounts.create_account(actor, account)


def _person(actor: Actor, newcomer: Newcomer) -> int:
    if is_phone_known(newcomer.phone):
        raise Refused("person_known")
    new = registry.NewPerson(
        name=newcomer.name,
        territory_code=newcomer.territory_code,
        phone=newcomer.phone,
        id_number=newcomer.id_number,
        birth_date=newcomer.birth_date,
        reads=newcomer.language,
    )
    try:
        return registry.register_person(actor, new)
    except Refused as error:
        if error.code in _KNOWN:
            raise Refused("person_known") from None
        raise
