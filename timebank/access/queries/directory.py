"""The accounts that an administrator looks after."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select

from timebank.access.models import Account, RoleGrant
from timebank.access.queries.accounts import AccountInfo, account_info, held_on
from timebank.access.rules.roles import Role
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.paging import PER_PAGE, Page, cut


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account in the list, with the roles it holds today as (role, territory)."""

    account: AccountInfo
    roles: tuple[tuple[Role, str], ...]


def visible(actor: Actor) -> ColumnElement[bool]:
    """Accounts of the actor's territory (`accounts.manage`), and those that hold a role there."""
    scopes = actor.scopes("accounts.manage")
    working_here = select(RoleGrant.account_id).where(in_scope(RoleGrant.territory_code, scopes))
    return or_(in_scope(Account.territory_code, scopes), Account.id.in_(working_here))


def list_accounts(
    actor: Actor, *, text: str = "", role: str = "", after: str = "", limit: int = PER_PAGE
) -> Page[AccountLine]:
    """Accounts by sign-in name; `text` is part of a name.  Two statements."""
    wanted = select(Account).where(visible(actor)).order_by(Account.sign_in_name).limit(limit + 1)
    if text.strip():
        part = text.strip().casefold()
        wanted = wanted.where(
            or_(
                func.lower(Account.sign_in_name).contains(part, autoescape=True),
                func.lower(Account.display_name).contains(part, autoescape=True),
            )
        )
    if role in set(Role):
        holders = select(RoleGrant.account_id).where(RoleGrant.role == Role(role), held_on(clock.today()))
        wanted = wanted.where(Account.id.in_(holders))
    if after:
        wanted = wanted.where(Account.sign_in_name > after)
    rows = [account_info(row) for row in db.session.scalars(wanted)]
    roles = _roles_of([row.id for row in rows])
    lines = [AccountLine(row, tuple(roles.get(row.id, ()))) for row in rows]
    return cut(lines, [row.sign_in_name for row in rows], limit)


def _roles_of(account_ids: list[int]) -> dict[int, list[tuple[Role, str]]]:
    held: dict[int, list[tuple[Role, str]]] = {}
    rows = db.session.execute(
        select(RoleGrant.account_id, RoleGrant.role, RoleGrant.territory_code)
        .where(RoleGrant.account_id.in_(account_ids), held_on(clock.today()))
        .order_by(RoleGrant.role)
    )
    for account_id, role, territory in rows:
        held.setdefault(account_id, []).append((role, territory))
    return held


def administered(actor: Actor, account_id: int) -> AccountInfo | None:
    """An account, if the actor may know of it."""
    row = db.session.scalar(select(Account).where(Account.id == account_id, visible(actor)))
    return account_info(row) if row else None
