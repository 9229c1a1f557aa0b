"""Who may do what: accounts, the actor behind a request, cards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from timebank.access.hashing import digest
from timebank.access.models import Account, ApiToken, PersonCard, PersonPin, RoleGrant
from timebank.access.rules.roles import PERMISSIONS, Role
from timebank.core import clock
from timebank.core.authority import Actor, Grant
from timebank.core.db import db
from timebank.people import queries as people
from timebank.people.models import Person

CODE_LENGTHS = (0, 2, 4, 6, 9, 12, 15)  # everything, province, city, district, street, community, grid


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """An account as pages show it (nothing secret)."""

    id: int
    sign_in_name: str
    display_name: str
    person_id: int | None
    language: str
    territory_code: str
    must_change_password: bool
    closed_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """An account with the roles it holds today: all that is needed to know who asks, from one statement."""

    account: AccountInfo
    session_epoch: int
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class GrantInfo:
    """A role granted to an account."""

    id: int
    account_id: int
    role: Role
    territory_code: str
    starts_on: date
    ends_on: date | None
    reason: str
    granted_by: int | None

    def is_held(self, on: date) -> bool:
        """Does the role hold on this day?"""
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A token as its owner sees it (never the token)."""

    id: int
    label: str
    created_at: datetime
    expires_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class CardInfo:
    """A printed card."""

    id: int
    person_id: int
    code: str
    issued_at: datetime
    withdrawn_at: datetime | None


def account_info(account: Account) -> AccountInfo:
    """The account without its secrets."""
    return AccountInfo(
        account.id,
        account.sign_in_name,
        account.display_name,
        account.person_id,
        account.language,
        account.territory_code,
        account.must_change_password,
        account.closed_at,
        account.created_at,
    )


def held_on(day: date) -> ColumnElement[bool]:
    """Role grants that hold on the day (both ends included)."""
    return and_(RoleGrant.starts_on <= day, or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= day))


# -- who asks ----------------------------------------------------------------------------------------------------------


def standing(account_id: int) -> Standing | None:
    """The account and today's roles, or None for an unknown or closed account.  One statement."""
    return _standing(Account.id == account_id)


def standing_of_token(token: str) -> Standing | None:
    """The same for a bearer token that is neither expired nor withdrawn.  One statement."""
    now = clock.now()
    owner = select(ApiToken.account_id).where(
        ApiToken.digest == digest(token), ApiToken.withdrawn_at.is_(None), ApiToken.expires_at > now
    )
    return _standing(Account.id == owner.scalar_subquery())


def _standing(which: ColumnElement[bool]) -> Standing | None:
    grant = and_(RoleGrant.account_id == Account.id, held_on(clock.today()))
    rows = db.session.execute(
        select(Account, Person.merged_into_id, RoleGrant.role, RoleGrant.territory_code.label("territory"))
        .outerjoin(Person, Person.id == Account.person_id)
        .outerjoin(RoleGrant, grant)
        .where(which, Account.closed_at.is_(None))
    ).all()
    if not rows:
        return None
    account: Account = rows[0].Account
    info = account_info(account)
    if rows[0].merged_into_id:
        info = replace(info, person_id=rows[0].merged_into_id)
    held = [(row.role, row.territory) for row in rows if row.role]
    grants = tuple(Grant(role.value, territory, PERMISSIONS[role]) for role, territory in held)
    return Standing(info, account.session_epoch, grants)


def actor_from(found: Standing, channel: str = "web") -> Actor:
    """The actor of a standing; one statement for the people it may act for, none for an account without a person."""
    account = found.account
    wards = people.wards_of(account.person_id) if account.person_id else frozenset()
    return Actor(account.id, account.person_id, account.display_name, found.grants, wards, channel)


def actor_of(account_id: int, channel: str = "web") -> Actor | None:
    """Who an account acts as today; None when it is unknown or closed."""
    found = standing(account_id)
    return actor_from(found, channel) if found else None


def actor_of_token(token: str) -> Actor | None:
    """Who a bearer token acts as; None when it is unknown, expired or withdrawn, or its account closed."""
    found = standing_of_token(token)
    return actor_from(found, "api") if found else None


def session_values(account_id: int) -> dict[str, Any]:
    """What the session of a signed-in account holds; withdrawn by raising the account's `session_epoch`."""
    epoch = db.session.scalar(select(Account.session_epoch).where(Account.id == account_id))
    return {"_user_id": f"{account_id}:{epoch}", "_fresh": True}


# -- accounts ----------------------------------------------------------------------------------------------------------


def account(account_id: int) -> AccountInfo | None:
    """An account by its number."""
    found = db.session.get(Account, account_id)
    return account_info(found) if found else None


def account_of_person(person_id: int) -> AccountInfo | None:
    """The account of a person (also when it was made for a record merged into this one)."""
    found = db.session.scalar(
        select(Account)
        .where(Account.person_id.in_(people.ids_of(person_id)))
        .order_by(Account.closed_at.is_not(None), Account.id)
    )
    return account_info(found) if found else None


def accounts_with(permission: str, territory: str) -> list[AccountInfo]:
    """The open accounts that hold a permission today for a territory, by name."""
    roles = [role for role, permissions in PERMISSIONS.items() if permission in permissions]
    around = [territory[:length] for length in CODE_LENGTHS if length <= len(territory)]
    holders = select(RoleGrant.account_id).where(
        RoleGrant.role.in_(roles), RoleGrant.territory_code.in_(around), held_on(clock.today())
    )
    rows = db.session.scalars(
        select(Account).where(Account.id.in_(holders), Account.closed_at.is_(None)).order_by(Account.display_name)
    )
    return [account_info(row) for row in rows]


def names_of_accounts(account_ids: Iterable[int | None]) -> dict[int, str]:
    """Display names, for lists of what was done by whom.  One statement."""
    wanted = {account_id for account_id in account_ids if account_id is not None}
    rows = db.session.execute(select(Account.id, Account.display_name).where(Account.id.in_(wanted)))
    return {row.id: row.display_name for row in rows}


def grants_of(account_id: int) -> list[GrantInfo]:
    """Every role an account ever held, the newest first."""
    rows = db.session.scalars(
        select(RoleGrant)
        .where(RoleGrant.account_id == account_id)
        .order_by(RoleGrant.starts_on.desc(), RoleGrant.id.desc())
    )
    return [
        GrantInfo(
            row.id, row.account_id, row.role, row.territory_code, row.starts_on, row.ends_on, row.reason, row.granted_by
        )
        for row in rows
    ]


def tokens_of(account_id: int) -> list[TokenInfo]:
    """The tokens of an account that still work, the newest first."""
    rows = db.session.scalars(
        select(ApiToken)
        .where(ApiToken.account_id == account_id, ApiToken.withdrawn_at.is_(None), ApiToken.expires_at > clock.now())
        .order_by(ApiToken.id.desc())
    )
    return [TokenInfo(row.id, row.label, row.created_at, row.expires_at, row.withdrawn_at) for row in rows]


# -- cards and PINs ----------------------------------------------------------------------------------------------------


def person_by_card(code: str) -> int | None:
    """The person whose card shows this code; None for an unknown or withdrawn card."""
    tidy = code.strip().upper().replace("-", "").replace(" ", "")
    person_id = db.session.scalar(
        select(PersonCard.person_id).where(PersonCard.code == tidy, PersonCard.withdrawn_at.is_(None))
    )
    return people.resolve(person_id) if person_id else None


def person_by_number(member_no: str) -> int | None:
    """The person with this member number, in any case of letters."""
    found = db.session.scalar(select(Person.id).where(func.upper(Person.member_no) == member_no.strip().upper()))
    return people.resolve(found) if found else None


def card_of(person_id: int) -> CardInfo | None:
    """The card a person holds now, or None."""
    row = db.session.scalar(
        select(PersonCard)
        .where(PersonCard.person_id.in_(people.ids_of(person_id)), PersonCard.withdrawn_at.is_(None))
        .order_by(PersonCard.id.desc())
    )
    return CardInfo(row.id, row.person_id, row.code, row.issued_at, row.withdrawn_at) if row else None


def has_pin(person_id: int) -> bool:
    """Has a PIN been set for the person?"""
    ids = people.ids_of(person_id)
    return bool(db.session.scalar(select(func.count()).where(PersonPin.person_id.in_(ids))))
