"""The verbs of the ledger.  Each is one transaction or joins the one that runs, and happens once for each key.

Amounts are whole minutes (or pieces) above zero.  None of the posting verbs asks for a permission: the services that
call them do.  What the pages call is in `service.by_hand`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, one_statement, transaction, writing
from timebank.core.errors import Conflict
from timebank.ledger import queries
from timebank.ledger.errors import HoldResolved, InsufficientTime, LedgerError, NoSuchAccount, exception, in_unit
from timebank.ledger.queries.statements import expired_holds
from timebank.ledger.rules import ids
from timebank.ledger.rules.kinds import MINUTES, UNLIMITED, AccountKind
from timebank.ledger.rules.requests import Post, Receipt
from timebank.ledger.service import insert
from timebank.ledger.service.insert import ACCOUNTS, Step

ATTEMPTS = 5


@transaction
def ensure_account(
    tenant: int,
    kind: str,
    owner_id: int,
    *,
    unit: str = MINUTES,
    floor: int | None = 0,
    ceiling: int | None = None,
) -> int:
    """The number of the owner's account of this kind and unit; it is opened if there is none (domain.md F3).

    `floor`, `ceiling` in units; they count at opening only (later: `change_limits`).  The kinds of UNLIMITED have
    neither, whatever is given, and are carried in batches.  Raises ValueError for an unknown kind.
    """
    found = queries.account_of(tenant, kind, owner_id, unit)
    if found is not None:
        return found
    now = clock.now()
    kind = AccountKind(kind)
    unlimited = kind in UNLIMITED
    values = {
        "tenant_id": tenant,
        "unit": unit,
        "kind": kind.value,
        "owner_id": owner_id,
        "floor": None if unlimited else floor,
        "ceiling": None if unlimited else ceiling,
        "batched": unlimited,
        "created_at": now,
    }
    connection = db.session.connection()
    for _ in range(ATTEMPTS):  # a number may be taken: 11 random bits in each millisecond
        number = ids.account_id(now)
        if queries.balances(tenant, [number]):  # on SQLite a trigger refuses it before ON CONFLICT is asked
            continue
        statement = insert.insert_for(connection, ACCOUNTS).values(values | {"id": number})
        connection.execute(statement.on_conflict_do_nothing())
        opened = queries.account_of(tenant, kind, owner_id, unit)
        if opened is not None:
            return opened
    raise Conflict("busy")


def lock_accounts(tenant: int, account_ids: Iterable[int]) -> None:
    """Locks accounts until the transaction ends, in one order for everybody, so that nobody waits in a circle.

    Call it first when one transaction makes several transfers.  Needs a running `transaction`.
    """
    if not writing():
        raise RuntimeError("lock_accounts needs a transaction")
    insert.lock(tenant, account_ids)


def _write(step: Step, actor: Actor) -> Receipt:
    if step.amount != int(step.amount) or step.amount <= 0:
        raise exception("amount_not_positive")
    if step.debit == step.credit:
        raise exception("same_account")
    try:
        if writing():
            return insert.Posting(step, actor, savepoint=True)(db.session.connection())
        return one_statement(insert.Posting(step, actor))
    except InsufficientTime as error:
        raise in_unit(error, queries.account(step.tenant, step.debit).unit) from error.__cause__


def post(
    tenant: int,
    debit: int,
    credit: int,
    amount: int,
    *,
    key: str,
    purpose: str,
    actor: Actor,
    memo: str = "",
    group: uuid.UUID | None = None,
    event_at: datetime | None = None,
) -> Receipt:
    """Moves `amount` from one account to another (domain.md F3).

    Raises InsufficientTime (floor), OverCeiling, AccountFrozen, AccountClosed, UnitMismatch, NoSuchAccount, KeyReused.
    """
    return _write(Step(tenant, "post", debit, credit, amount, key, purpose, memo, None, group, event_at), actor)


def hold(
    tenant: int,
    debit: int,
    credit: int,
    amount: int,
    *,
    key: str,
    expires_at: datetime,
    purpose: str,
    actor: Actor,
    memo: str = "",
    group: uuid.UUID | None = None,
    event_at: datetime | None = None,
) -> Receipt:
    """Promises `amount` of the debit account: available = posted - held (domain.md F5).

    The hold ends by `capture`, `release`, or by itself after `expires_at`.  Raises as `post`.
    """
    step = Step(tenant, "hold", debit, credit, amount, key, purpose, memo, None, group, event_at, expires_at)
    return _write(step, actor)


def capture(
    tenant: int,
    hold: uuid.UUID,
    *,
    key: str,
    actor: Actor,
    amount: int | None = None,
    credit: int | None = None,
    purpose: str | None = None,
    memo: str = "",
    group: uuid.UUID | None = None,
    event_at: datetime | None = None,
) -> Receipt:
    """Takes what was promised: all of it, or `amount` (the rest is free again).

    The hours go to the account named by the hold, or to `credit` where the helper was not known yet.  Raises
    HoldResolved, RefMismatch (more than was held), OverCeiling, AccountFrozen, AccountClosed, KeyReused.
    """
    held = _origin(tenant, hold)
    step = Step(
        tenant,
        "capture",
        held.debit_id,
        held.credit_id if credit is None else credit,
        held.amount if amount is None else amount,
        key,
        purpose or held.purpose,
        memo or held.memo,
        hold,
        group or held.group_id,
        event_at,
    )
    return _write(step, actor)


def release(tenant: int, hold: uuid.UUID, *, key: str, reason: str, actor: Actor) -> Receipt:
    """Gives a promised amount free again.  Raises HoldResolved, RefMismatch, KeyReused."""
    held = _origin(tenant, hold)
    step = Step(
        tenant,
        "release",
        held.debit_id,
        held.credit_id,
        held.amount,
        key,
        held.purpose,
        reason,
        hold,
        held.group_id,
    )
    return _write(step, actor)


def reverse(
    tenant: int, transfer: uuid.UUID, *, key: str, reason: str, actor: Actor, second: Actor | None = None
) -> Receipt:
    """Undoes a transfer by its opposite, once (domain.md F3 annulment).

    `second` is another person who agrees; without them nothing of a closed month is reversed.  Raises HoldResolved
    (reversed before), InsufficientTime (the hours were spent since), RefMismatch for a hold or a release, KeyReused,
    SecondPersonNeeded.
    """
    origin = _origin(tenant, transfer)
    step = Step(
        tenant,
        "reverse",
        origin.credit_id,
        origin.debit_id,
        origin.amount,
        key,
        "correction",
        reason,
        transfer,
        origin.group_id,
        second=second,
    )
    return _write(step, actor)


def _origin(tenant: int, transfer_id: uuid.UUID) -> Row[Any]:
    row = insert.by_id(db.session.connection(), tenant, transfer_id)
    if row is None:
        raise NoSuchAccount("no_such_transfer")
    return row


def post_many(
    tenant: int, items: Sequence[Post], *, key: str, actor: Actor, atomic: bool = True
) -> list[Receipt | LedgerError]:
    """Posts many transfers in one transaction; the n-th has the key "<key>:<n>" and all share one group.

    atomic: the first refusal is raised and nothing is kept.  Otherwise a refused item stands in the answer as its
    exception, in its place, and the others are kept.
    """
    return _post_many(tenant, tuple(items), key, actor, atomic)


@transaction
def _post_many(
    tenant: int, items: tuple[Post, ...], key: str, actor: Actor, atomic: bool
) -> list[Receipt | LedgerError]:
    insert.lock(tenant, {account for item in items for account in (item.debit, item.credit)})
    group = ids.uuid7(clock.now())
    answers: list[Receipt | LedgerError] = []
    for number, item in enumerate(items):
        try:
            answers.append(
                post(
                    tenant,
                    item.debit,
                    item.credit,
                    item.amount,
                    key=f"{key}:{number}",
                    purpose=item.purpose,
                    memo=item.memo,
                    group=item.group or group,
                    event_at=item.event_at,
                    actor=actor,
                )
            )
        except LedgerError as error:
            if atomic:
                raise
            answers.append(error)
    return answers


def sweep_holds(actor: Actor | None = None) -> int:
    """Releases promises whose time is over, at most 500; returns how many (the clock calls it).

    Each is a transaction of its own, so that nobody waits long for the sweep.
    """
    actor = actor or Actor.system("sweep_holds")
    expired = expired_holds(clock.now())
    swept = 0
    for promise in expired:
        key = f"expire:{promise.transfer_id.hex}"
        try:
            release(promise.tenant, promise.transfer_id, key=key, reason="expired", actor=actor)
        except HoldResolved:  # somebody ended it while we looked
            continue
        swept += 1
    return swept
