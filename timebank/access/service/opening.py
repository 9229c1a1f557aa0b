"""Accounts for others, each with a one-time password that is told in person."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from timebank.access import queries
from timebank.access.service import accounts
from timebank.access.service.accounts import NewAccount
from timebank.core.authority import Actor
from timebank.core.errors import NotFound, Refused
from timebank.people import queries as people


@dataclass(frozen=True, slots=True)
class GivenPassword:
    """What somebody signs in with for the first time; shown once."""

    account_id: int
    sign_in_name: str
    password: str = field(repr=False)


def open_account(actor: Actor, new: NewAccount, member_no: str = "", *, key: str | None = None) -> GivenPassword:
    """Makes an account with a one-time password; with a member number for that person of the registry.

    The same key gives the same password.  Raises what `create_account` raises, and
    `Refused("access_member_unknown")`.
    """
    person_id = _person_of(member_no) if member_no.strip() else new.person_id
    password = accounts.one_time_password(f"{actor.account_id}:new:{key}" if key else None)
    wanted = replace(new, person_id=person_id, password=password, must_change_password=True)
    return _given(accounts.create_account(actor, wanted, key=key), password)


def _person_of(member_no: str) -> int:
    person_id = queries.person_by_number(member_no)
    if person_id is None:
        raise Refused("access_member_unknown", field="member_no")
    return person_id


def open_account_of(actor: Actor, person_id: int, *, key: str | None = None) -> GivenPassword:
    """Makes an account for a neighbour, or gives a new one-time password for the one they have.

    Needs `cards.print` where the person lives.  Raises `NotFound("access_person_unknown")`, and what `create_account`
    and `reset_password` raise.
    """
    person = neighbour(actor, person_id)
    held = queries.account_of_person(person.id)
    account_id = held.id if held else accounts.create_account(actor, _for(person), key=key)
    return _given(account_id, accounts.reset_password(actor, account_id, key=key))


def neighbour(actor: Actor, person_id: int) -> people.PersonBrief:
    """Somebody for whom the actor prints cards.  Raises `NotFound("access_person_unknown")`."""
    found = people.brief(person_id)
    if found is None or not actor.may("cards.print", found.territory_code):
        raise NotFound("access_person_unknown")
    return found


def _for(person: people.PersonBrief) -> NewAccount:
    return NewAccount(person.member_no, person.name, person_id=person.id, language=person.reads)


def _given(account_id: int, password: str) -> GivenPassword:
    account = queries.account(account_id)
    if account is None:
        raise NotFound("access_account_unknown")
    return GivenPassword(account_id, account.sign_in_name, password)
