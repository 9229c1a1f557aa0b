"""Accounts and the roles they hold."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import select

from timebank.access import hashing, queries
from timebank.access.models import Account, RoleGrant
from timebank.access.rules import secrets as rules
from timebank.access.rules.roles import Role
from timebank.access.service.sign_in import check_own_password
from timebank.core import audit, clock, hooks
from timebank.core.authority import Actor
from timebank.core.command import command, done_before
from timebank.core.db import db, transaction
from timebank.core.errors import Conflict, NotAllowed, NotFound, Refused
from timebank.core.types import blind_index
from timebank.people import queries as people
from timebank.territory import queries as places

LANGUAGES = ("zh", "en")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without i, l, o, 0 and 1, which people mix up


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A way to sign in, to be made.  Without a person it belongs to `territory_code`; else to the person's."""

    sign_in_name: str
    display_name: str
    person_id: int | None = None
    password: str | None = field(default=None, repr=False)
    must_change_password: bool = False
    language: str = "zh"
    territory_code: str = ""


def create_account(actor: Actor, new: NewAccount, *, key: str | None = None) -> int:
    """Makes an account and returns its number.

    For the actor themself, for a member by whoever may write people there, for anybody by `accounts.manage`.
    Raises `Refused`: sign_in_name_form, sign_in_name_number, sign_in_name_taken, account_exists, password_*;
    `NotFound("person_unknown")`; `NotAllowed`.
    """
    return _create_account(actor, replace(new, password=None), hashing.Hidden(new.password), key=key)


@transaction
def create_administrator(name: str, password: str) -> int:
    """The first account of an installation: administrator of everything.  Returns its number.

    Only for the command line, whose user holds the database anyway.  Raises what `create_account` raises.
    """
    system = Actor.system("create-admin", channel="cli")
    account_id = create_account(system, NewAccount(name, name, password=password))
    grant_role(system, account_id, Role.ADMINISTRATOR.value, "", clock.today(), None, "flask access create-admin")
    return account_id


@command
def _create_account(actor: Actor, new: NewAccount, password: hashing.Hidden, *, key: str | None = None) -> int:
    name = rules.tidy_name(new.sign_in_name)
    territory = _territory_of(actor, new)
    _check_name(name, new.person_id)
    if new.person_id is not None and queries.account_of_person(new.person_id):
        raise Refused("account_exists")
    account = Account(
        sign_in_name=name,
        display_name=new.display_name.strip()[:80],
        person_id=new.person_id,
        password_hash=_new_hash(password.secret, name),
        must_change_password=new.must_change_password,
        language=new.language if new.language in LANGUAGES else "zh",
        territory_code=territory,
        created_by=actor.account_id,
    )
    db.session.add(account)
    db.session.flush()
    audit.record(actor, "create.account", "account", account.id, territory, name=name)
    return account.id


def _territory_of(actor: Actor, new: NewAccount) -> str:
    if new.person_id is None:
        actor.require("accounts.manage", new.territory_code)
        return new.territory_code
    person = people.brief(new.person_id)
    if person is None:
        raise NotFound("person_unknown")
    if not (actor.is_self(person.id) or actor.may("people.write", person.territory_code)):
        actor.require("accounts.manage", person.territory_code)
    return person.territory_code


def _check_name(name: str, person_id: int | None) -> None:
    person = people.brief(person_id) if person_id else None
    own_number = person is not None and name == person.member_no.casefold()
    problem = None if own_number else rules.name_problem(name)
    if problem:
        raise Refused(problem, field="sign_in_name")
    if db.session.scalar(select(Account.id).where(Account.sign_in_name == name)):
        raise Refused("sign_in_name_taken", field="sign_in_name")


def _new_hash(password: str | None, name: str) -> str | None:
    if password is None:
        return None
    problem = rules.password_problem(password, name)
    if problem:
        raise Refused(problem, field="password")
    return hashing.hash_secret(password)


@command
def grant_role(
    actor: Actor,
    account_id: int,
    role: str,
    territory_code: str,
    starts_on: date,
    ends_on: date | None,
    reason: str,
    *,
    key: str | None = None,
) -> int:
    """Gives an account a role for a territory, from a day until a day; returns the number of the grant.

    Nobody gives a role for more than the territory they administer, and nobody gives one to themself (domain.md C7,
    separation).  Raises `NotAllowed`; `Refused`: own_account, access_role_unknown, access_role_dates,
    access_role_held, access_territory_unknown, access_reason_missing.
    """
    if territory_code and places.info(territory_code) is None:
        raise Refused("access_territory_unknown", field="territory_code")
    actor.require("accounts.manage", territory_code)
    account = _load(account_id)
    if account.id == actor.account_id:
        raise Refused("own_account")
    wanted = _role(role)
    _check_grant(account, wanted, territory_code, starts_on, ends_on)
    if not reason.strip():
        raise Refused("access_reason_missing", field="reason")
    grant = RoleGrant(
        account_id=account.id,
        role=wanted,
        territory_code=territory_code,
        starts_on=starts_on,
        ends_on=ends_on,
        granted_by=actor.account_id,
        reason=reason.strip()[:200],
    )
    db.session.add(grant)
    db.session.flush()
    audit.record(actor, "grant.role", "account", account.id, territory_code, role=wanted.value, reason=grant.reason)
    return grant.id


def _role(role: str) -> Role:
    try:
        return Role(role)
    except ValueError:
        raise Refused("access_role_unknown", field="role") from None


def _check_grant(account: Account, role: Role, territory: str, starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise Refused("access_role_dates", field="ends_on")
    for held in queries.grants_of(account.id):
        same = held.role == role and held.territory_code == territory
        overlaps = (held.ends_on is None or held.ends_on >= starts_on) and (
            ends_on is None or held.starts_on <= ends_on
        )
        if same and overlaps:
            raise Refused("access_role_held", field="role")


@command
def end_role(actor: Actor, grant_id: int, reason: str, *, key: str | None = None) -> int:
    """Ends a role: it is gone from the next request on.  Returns the account.  Raises `NotFound`, `NotAllowed`."""
    grant = db.session.get(RoleGrant, grant_id)
    if grant is None:
        raise NotFound("access_grant_unknown")
    actor.require("accounts.manage", grant.territory_code)
    today = clock.today()
    if grant.starts_on >= today:  # never held, or only today: nothing of it remains but the audit
        db.session.delete(grant)
    else:
        grant.ends_on = date.fromordinal(today.toordinal() - 1)
    audit.record(
        actor, "end.role", "account", grant.account_id, grant.territory_code, role=grant.role.value, reason=reason[:200]
    )
    return grant.account_id


def set_password(
    actor: Actor, account_id: int, password: str, *, old: str | None = None, key: str | None = None
) -> None:
    """Sets a password and ends every session of the account.

    One's own needs the old one (`old_password_wrong`, throttled as signing in is); somebody else's choice must be
    changed at the next sign-in, and the person gets a notice.  Raises `Refused` password_*, `Conflict("key_reused")`,
    `NotAllowed`, `NotFound`.
    """
    own = actor.account_id == account_id and not actor.everything
    repeated = done_before(_set_password, actor, key)
    if own and not repeated:
        check_own_password(account_id, old or "")
    _set_password(actor, account_id, hashing.Hidden(password), key=key)
    if own and repeated:
        _same_password(account_id, password)


def _same_password(account_id: int, password: str) -> None:
    """A repeated change must be the same change; guessing at it is counted as guessing when signing in is."""
    try:
        check_own_password(account_id, password)
    except Refused as error:
        if error.code == "old_password_wrong":
            raise Conflict("key_reused") from None
        raise


@command
def _set_password(actor: Actor, account_id: int, password: hashing.Hidden, *, key: str | None = None) -> None:
    account = _load(account_id)
    own = account.id == actor.account_id
    if not own:
        _require_reset(actor, account)
    account.password_hash = _new_hash(password.secret or "", account.sign_in_name)
    account.must_change_password = not own and not actor.everything
    account.session_epoch += 1
    audit.record(actor, "set.password", "account", account.id, account.territory_code)
    if account.must_change_password and account.person_id is not None:
        # In the same transaction: nobody's password is changed by somebody else without their hearing of it.
        hooks.fire("password_reset", person_id=account.person_id, at=clock.now())


def reset_password(actor: Actor, account_id: int, *, key: str | None = None) -> str:
    """Gives an account a one-time password and returns it, to be told in person; the same key gives the same one.

    Raises `Refused("own_account")` (one's own is changed with the old one), `NotAllowed`, `NotFound`.
    """
    if actor.account_id == account_id:
        raise Refused("own_account")
    password = one_time_password(f"{actor.account_id}:{account_id}:{key}" if key else None)
    _set_password(actor, account_id, hashing.Hidden(password), key=key)
    return password


def one_time_password(key: str | None = None) -> str:
    """Three groups that can be told over a counter: "kf7m-q2rt-9xwd" (about 60 bits).

    With a key (of a form, of who and for whom) it is derived from it and the installation's secret: a second click
    shows the same one.
    """
    seed = bytes.fromhex(blind_index("one-time", key)) if key else secrets.token_bytes(32)
    letters = [LETTERS[byte % len(LETTERS)] for byte in seed[:12]]
    return "-".join("".join(letters[start : start + 4]) for start in (0, 4, 8))


@command
def close_account(actor: Actor, account_id: int, reason: str, *, key: str | None = None) -> None:
    """Closes an account: nobody signs in with it, its sessions and tokens end.  Raises own_account, NotAllowed."""
    account = _load(account_id)
    if account.id == actor.account_id:
        raise Refused("own_account")
    require_over(actor, account)
    account.closed_at = clock.now()
    account.session_epoch += 1
    audit.record(actor, "close.account", "account", account.id, account.territory_code, reason=reason[:200])


@command
def reopen_account(actor: Actor, account_id: int, reason: str, *, key: str | None = None) -> None:
    """Opens a closed account again.  Raises `NotAllowed`, `NotFound`."""
    account = _load(account_id)
    require_over(actor, account)
    account.closed_at = None
    audit.record(actor, "reopen.account", "account", account.id, account.territory_code, reason=reason[:200])


@command
def choose_language(actor: Actor, language: str, *, key: str | None = None) -> None:
    """Remembers the language in which the actor reads the pages."""
    account = db.session.get(Account, actor.account_id or 0)
    if account is not None and language in LANGUAGES:
        account.language = language


@command
def end_sessions(actor: Actor, account_id: int, *, key: str | None = None) -> None:
    """Signs an account out everywhere.  Raises `NotAllowed`, `NotFound`."""
    account = _load(account_id)
    if account.id != actor.account_id:
        require_over(actor, account)
    account.session_epoch += 1
    audit.record(actor, "end.sessions", "account", account.id, account.territory_code)


def _require_reset(actor: Actor, account: Account) -> None:
    """A neighbour's password (no role today) is reset by whoever prints their card; others by an administrator."""
    person = people.brief(account.person_id) if account.person_id else None
    if person is not None and actor.may("cards.print", person.territory_code) and not _reach(account):
        return
    require_over(actor, account)


def _reach(account: Account) -> set[str]:
    """The territories for which the account holds a role today or later."""
    today = clock.today()
    return {grant.territory_code for grant in queries.grants_of(account.id) if (grant.ends_on or today) >= today}


def require_over(actor: Actor, account: Account) -> None:
    """Taking over an account means having its roles: the actor must administer every territory it reaches into."""
    for territory in _reach(account) or {account.territory_code}:
        if not actor.may("accounts.manage", territory):
            raise NotAllowed("accounts.manage")


def _load(account_id: int) -> Account:
    account = db.session.get(Account, account_id)
    if account is None:
        raise NotFound("access_account_unknown")
    return account
