"""What somebody may read of the ledger: one account with its statement, the accounts of one person."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from timebank.core import hooks
from timebank.core.authority import Actor
from timebank.core.errors import NotFound
from timebank.ledger.queries.accounts import AccountInfo, account, accounts_of
from timebank.ledger.queries.owners import Side, may_see, reading_scopes, sides
from timebank.ledger.rules.kinds import OF_PERSONS
from timebank.people import queries as people


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """An account and whose it is."""

    info: AccountInfo
    side: Side


def named(accounts: Iterable[AccountInfo]) -> list[NamedAccount]:
    """Accounts with the names of their owners."""
    infos = list(accounts)
    found = sides((info.tenant, info.id, info.kind.value, info.owner_id, info.unit) for info in infos)
    return [NamedAccount(info, found[info.id]) for info in infos]


def readable_account(actor: Actor, tenant: int, account_id: int) -> NamedAccount:
    """An account of one's own (or of a ward), or one in the actor's territories.  Raises NotFound."""
    one = named([account(tenant, account_id)])[0]
    if actor.is_self(one.side.person_id) or may_see(reading_scopes(actor), one.side):
        return one
    raise NotFound("no_such_account")


def accounts_of_person(actor: Actor, person_id: int) -> list[NamedAccount]:
    """Own, granted and group hours of a person, of everybody merged into them too.  Raises NotFound."""
    person = people.brief(person_id)
    if person is None or not _may_read(actor, person.id, person.territory_code):
        raise NotFound("no_such_person")
    return named(accounts_of(people.ids_of(person_id), OF_PERSONS))


def _may_read(actor: Actor, person_id: int, territory_code: str) -> bool:
    return actor.is_self(person_id) or any(territory_code.startswith(scope) for scope in reading_scopes(actor))


def explanations(tenant: int, transfer_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """How amounts came about (rounding, caps), in the reader's language, from whoever knows.

    Asked by `hooks.ask("transfer_explanations", tenant=…, transfer_ids=…)`; answers are (transfer_id, text).
    """
    wanted = frozenset(transfer_ids)
    return dict(hooks.ask("transfer_explanations", tenant=tenant, transfer_ids=wanted)) if wanted else {}
