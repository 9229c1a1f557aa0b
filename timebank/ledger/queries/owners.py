"""Whose accounts these are, in words, and who may look at them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from timebank.core import hooks
from timebank.core.authority import Actor
from timebank.ledger import texts
from timebank.ledger.rules.kinds import OF_PERSONS, AccountKind
from timebank.people import queries as people


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a transfer.  `person_id` is set for accounts of people; `territory_code` is where they live, or
    the tenant's own code."""

    tenant: int
    account_id: int
    kind: AccountKind
    owner_id: int
    name: str
    person_id: int | None
    territory_code: str


Key = tuple[int, int, str, int, str]  # tenant, account, kind, owner, unit


def sides(keys: Iterable[Key]) -> dict[int, Side]:
    """Names of accounts by number: the person's, the scheme's, or what kind of account it is.

    Names of what is not a person come from `hooks.ask("ledger_owner_names", owners=…)`: answers are
    ((kind, owner_id), name).
    """
    wanted = set(keys)
    persons = people.briefs(owner for _, _, kind, owner, _ in wanted if kind in OF_PERSONS)
    others = {(kind, owner) for _, _, kind, owner, _ in wanted if kind not in OF_PERSONS}
    named = dict(hooks.ask("ledger_owner_names", owners=frozenset(others))) if others else {}
    found = {}
    for tenant, account_id, kind, owner, unit in wanted:
        person = persons.get(owner) if kind in OF_PERSONS else None
        words = person.name if person else named.get((kind, owner), "")
        found[account_id] = Side(
            tenant,
            account_id,
            AccountKind(kind),
            owner,
            texts.account_name(AccountKind(kind), words, owner, unit),
            person.id if person else None,
            person.territory_code if person else str(tenant),
        )
    return found


def may_see(scopes: Iterable[str], *seen: Side) -> bool:
    """Does one of the scopes hold the whole tenant, or a person of one of the sides?"""
    scopes = tuple(scopes)
    return any(side.territory_code.startswith(scope) for side in seen for scope in scopes)


def readable(actor: Actor, *seen: Side) -> frozenset[int]:
    """The numbers of those accounts that the actor may open: of the other side of a transfer, not always."""
    scopes = reading_scopes(actor)
    return frozenset(side.account_id for side in seen if actor.is_self(side.person_id) or may_see(scopes, side))


def reading_scopes(actor: Actor) -> tuple[str, ...]:
    """Where the actor may look at the accounts of others."""
    return (*actor.scopes("ledger.audit"), *actor.scopes("ledger.read"))
