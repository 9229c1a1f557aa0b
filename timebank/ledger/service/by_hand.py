"""What an authorised person does to the books themself: reverse, and change limits.  Both need a reason."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from timebank.core import audit, clock, hooks
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.ledger import queries
from timebank.ledger.errors import code_in, exception
from timebank.ledger.models import LedgerLimitChange
from timebank.ledger.queries.details import TransferDetail
from timebank.ledger.queries.details import detail as detail_of
from timebank.ledger.queries.journal import JournalLine
from timebank.ledger.queries.owners import sides
from timebank.ledger.rules import ids
from timebank.ledger.rules.seconding import PERMISSION
from timebank.ledger.service import insert, verbs


@command
def reverse_by_hand(
    actor: Actor, tenant: int, transfer_id: str, reason: str, whole: bool = False, *, key: str | None = None
) -> str:
    """Reverses a transfer (`whole`: every step of its event) and returns the id of the reversal.

    Needs `ledger.reverse` where each person concerned lives.  Raises NotFound, NotAllowed, Refused("reason_missing"),
    Refused("nothing_to_reverse"), the refusal of a domain that undoes it itself (`elsewhere`), SecondPersonNeeded for
    what happened in a closed month (see `service.second`), and what `reverse` raises.  Others hear of it by the event
    `transfer_reversed`.
    """
    reason = given(reason)
    detail = detail_of(actor, tenant, uuid.UUID(transfer_id))
    steps = steps_of(detail, whole)
    require(actor, steps)
    return str(reverse_steps(actor, steps, detail.line.id, reason))


def steps_of(detail: TransferDetail, whole: bool) -> tuple[JournalLine, ...]:
    """What is to be reversed: the transfer, or each step of its event.  Raises Refused("nothing_to_reverse")."""
    steps = detail.reversible if whole else (detail.line,)
    if not steps:
        raise Refused("nothing_to_reverse")
    return steps


def open_steps(detail: TransferDetail, whole: bool) -> tuple[JournalLine, ...]:
    """What of it can still be reversed."""
    return detail.reversible if whole else tuple(step for step in (detail.line,) if detail.can_be_reversed)


def reverse_steps(
    actor: Actor, steps: tuple[JournalLine, ...], asked: uuid.UUID, reason: str, first: Actor | None = None
) -> uuid.UUID:
    """Reverses the steps in one go; returns the reversal of the one that was asked for.

    `first` is the person who asked, where the actor is the second one who agrees: the books name both.
    """
    refuse_elsewhere(steps)
    verbs.lock_accounts(
        steps[0].tenant, {side for step in steps for side in (step.debit.account_id, step.credit.account_id)}
    )
    made = {step.id: _reverse(actor, step, reason, first) for step in steps}
    return made.get(asked) or next(iter(made.values()))


def _reverse(actor: Actor, step: JournalLine, reason: str, first: Actor | None) -> uuid.UUID:
    key = f"reverse:{step.id.hex}:{ids.uuid7(clock.now()).hex}"  # the command's own key makes it happen once
    receipt = verbs.reverse(
        step.tenant, step.id, key=key, reason=reason, actor=first or actor, second=actor if first else None
    )
    audit.record(
        actor,
        "reverse.transfer",
        "transfer",
        str(step.id),
        step.debit.territory_code,
        reason=reason,
        reversal=str(receipt.id),
        amount=step.amount,
        purpose=step.purpose,
    )
    hooks.fire(
        "transfer_reversed", tenant=step.tenant, transfer_id=step.id, reversal_id=receipt.id, actor=actor, reason=reason
    )
    return receipt.id


def elsewhere(steps: Iterable[JournalLine]) -> str | None:
    """The code of the refusal that says where the steps are undone, if a domain keeps a record of one of them.

    Asked by `hooks.ask("undone_elsewhere", tenant=…, transfer_ids=…)`; answers are (transfer_id, code).
    """
    wanted = {step.id: step.tenant for step in steps}
    for tenant in set(wanted.values()):
        for _transfer, code in hooks.ask("undone_elsewhere", tenant=tenant, transfer_ids=frozenset(wanted)):
            return str(code)
    return None


def refuse_elsewhere(steps: Iterable[JournalLine]) -> None:
    """Raises `Refused` where `elsewhere` knows a place."""
    if code := elsewhere(steps):
        raise Refused(code)


def may_reverse(actor: Actor, detail: TransferDetail) -> bool:
    """Would `reverse_by_hand` let the actor?"""
    return detail.can_be_reversed and all(actor.may(PERMISSION, code) for code in territories(detail.line))


def require(actor: Actor, steps: Iterable[JournalLine]) -> None:
    """Raises `NotAllowed` unless the actor may reverse each step."""
    for code in {code for step in steps for code in territories(step)}:
        actor.require(PERMISSION, code)


def territories(step: JournalLine) -> set[str]:
    """Where the people concerned live; the whole city for a transfer between accounts of nobody."""
    people = {side.territory_code for side in (step.debit, step.credit) if side.person_id is not None}
    return people or {str(step.tenant)}


def given(reason: str) -> str:
    """The reason without blanks around it.  Raises Refused("reason_missing")."""
    reason = reason.strip()
    if not reason:
        raise Refused("reason_missing", field="reason")
    return reason[:300]


@dataclass(frozen=True, slots=True)
class LimitChange:
    """How an account shall be limited from now on; None means without limit.  `state`: open, frozen or closed."""

    tenant: int
    account_id: int
    floor: int | None
    ceiling: int | None
    state: str
    reason: str


@command
def change_limits(actor: Actor, change: LimitChange, *, key: str | None = None) -> str:
    """Changes an account's limits or state and keeps who did it and why; returns the id of the change.

    Needs `ledger.reverse` where the owner lives.  Raises LimitRefused (the balance does not fit, or somebody changed
    it meanwhile), AccountClosed (closed accounts stay closed), Refused("reason_missing").
    """
    reason = given(change.reason)
    account = queries.account(change.tenant, change.account_id)
    side = sides([(change.tenant, account.id, account.kind.value, account.owner_id, account.unit)])[account.id]
    actor.require(PERMISSION, side.territory_code)
    row = {
        "tenant_id": change.tenant,
        "id": ids.uuid7(clock.now()),
        "account_id": account.id,
        "floor_before": account.floor,
        "floor_after": change.floor,
        "ceiling_before": account.ceiling,
        "ceiling_after": change.ceiling,
        "state_before": account.state,
        "state_after": change.state,
        "reason": reason,
        "actor_id": actor.account_id,
        "actor_name": actor.name[:80],
        "created_at": clock.now(),
    }
    _insert_change(row)
    audit.record(actor, "change.limits", "ledger_account", account.id, side.territory_code, reason=reason)
    return str(row["id"])


def _insert_change(row: dict[str, object]) -> None:
    connection = db.session.connection()
    try:
        with connection.begin_nested():
            connection.execute(insert.insert_for(connection, LedgerLimitChange.__table__).values(row))
    except DBAPIError as error:
        found = code_in(error)
        if found is None:
            raise
        raise exception(found[0]) from error
