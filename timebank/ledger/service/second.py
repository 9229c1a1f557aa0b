"""A reversal in a closed month: one person asks for it, another one agrees, and only then the books change."""

from __future__ import annotations

import uuid

from sqlalchemy.exc import IntegrityError

from timebank.access import queries as access
from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.ledger.models import ReversalRequest
from timebank.ledger.queries import reversals
from timebank.ledger.queries.details import detail as detail_of
from timebank.ledger.queries.journal import JournalLine
from timebank.ledger.queries.reversals import ReversalLine
from timebank.ledger.rules.seconding import PERMISSION, around
from timebank.ledger.service import by_hand
from timebank.notices.service import tell

PAGE = "/ledger/reversals"


@command
def ask_reversal(
    actor: Actor, tenant: int, transfer_id: str, reason: str, whole: bool = False, *, key: str | None = None
) -> int:
    """Asks for the reversal of something in a closed month (`whole`: every step of its event); returns the request.

    Needs `ledger.reverse` where each person concerned lives, as `reverse_by_hand` does.  Raises NotFound, NotAllowed,
    Refused: reason_missing, nothing_to_reverse, no_second_needed (the month is open), reversal_asked (it waits),
    and the refusal of a domain that undoes it itself.
    """
    reason = by_hand.given(reason)
    detail = detail_of(actor, tenant, uuid.UUID(transfer_id))
    steps = by_hand.steps_of(detail, whole)
    by_hand.require(actor, steps)
    by_hand.refuse_elsewhere(steps)
    if actor.account_id is None:
        raise NotAllowed(PERMISSION)
    if not reversals.needs_second(detail, whole):
        raise Refused("no_second_needed")
    row = ReversalRequest(
        tenant_id=tenant,
        transfer_id=detail.line.id,
        whole=whole,
        reason=reason,
        territory_code=around(_territories(steps)),
        asked_by=actor.account_id,
        asked_name=actor.name[:80],
        asked_at=clock.now(),
    )
    _add(row)
    audit.record(
        actor,
        "ask.reversal",
        "transfer",
        str(detail.line.id),
        row.territory_code,
        reason=reason,
        amount=detail.line.amount,
    )
    _tell_others(actor, row)
    return row.id


def _add(row: ReversalRequest) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise Refused("reversal_asked") from None


def _territories(steps: tuple[JournalLine, ...]) -> set[str]:
    return set().union(*(by_hand.territories(step) for step in steps))


def _tell_others(actor: Actor, row: ReversalRequest) -> None:
    for account in access.accounts_with(PERMISSION, row.territory_code):
        if account.person_id is not None and account.id != actor.account_id:
            tell(account.person_id, "reversal_asked", path=PAGE, name=row.asked_name, reason=row.reason)


@command
def decide_reversal(
    actor: Actor, request_id: int, agree: bool, note: str = "", *, key: str | None = None
) -> str | None:
    """The second person agrees (then it is reversed, with both names) or declines; returns the reversal, if any.

    Needs `ledger.reverse` where each person concerned lives, and another account than the one who asked.  Raises
    NotFound, NotAllowed, Refused: second_is_the_same, reversal_decided, note_missing (to decline), asker_gone,
    nothing_to_reverse; and what `reverse` raises.
    """
    row = db.session.get(ReversalRequest, request_id, with_for_update=True)
    if row is None:
        raise NotFound("no_such_reversal")
    reversals.reversal(actor, request_id)
    steps = _steps(actor, row)
    if row.decision is not None:
        raise Refused("reversal_decided")
    if actor.account_id is None or actor.account_id == row.asked_by:
        raise Refused("second_is_the_same")
    note = note.strip()[:300]
    if not agree and not note:
        raise Refused("note_missing", field="note")
    made = _reverse(actor, row, steps) if agree else None
    row.decision, row.decided_by, row.decided_name = (
        "agreed" if agree else "declined",
        actor.account_id,
        actor.name[:80],
    )
    row.decided_at, row.note, row.reversal_id = clock.now(), note, made
    db.session.flush()
    _write_down(actor, row)
    return str(made) if made else None


@command
def withdraw_reversal(actor: Actor, request_id: int, *, key: str | None = None) -> int:
    """Who asked takes it back while it waits: nobody decides about it (`decided_by` stays empty); returns the request.

    Raises NotFound, NotAllowed (it is somebody else's), Refused: reversal_decided.
    """
    row = db.session.get(ReversalRequest, request_id, with_for_update=True)
    if row is None:
        raise NotFound("no_such_reversal")
    line = reversals.reversal(actor, request_id)
    if actor.account_id is None or actor.account_id != row.asked_by:
        raise NotAllowed(PERMISSION)
    if row.decision is not None:
        raise Refused("reversal_decided")
    row.decision, row.decided_name, row.decided_at = "declined", actor.name[:80], clock.now()
    db.session.flush()
    audit.record(
        actor,
        "withdraw.reversal",
        "transfer",
        str(row.transfer_id),
        row.territory_code,
        reason=row.reason,
        amount=line.transfer.amount,
    )
    return row.id


def may_withdraw(actor: Actor, line: ReversalLine) -> bool:
    """Would `withdraw_reversal` let the actor?"""
    return line.decision is None and actor.account_id is not None and actor.account_id == line.asked_by


def may_decide(actor: Actor, line: ReversalLine) -> bool:
    """Would `decide_reversal` let the actor?"""
    if line.decision is not None or actor.account_id in (None, line.asked_by):
        return False
    return all(actor.may(PERMISSION, code) for code in by_hand.territories(line.transfer))


def _steps(actor: Actor, row: ReversalRequest) -> tuple[JournalLine, ...]:
    """What would be reversed now; who may not reverse every step may not decide about it either."""
    detail = detail_of(actor, row.tenant_id, row.transfer_id)
    by_hand.require(actor, (detail.line,))
    steps = by_hand.open_steps(detail, row.whole)
    by_hand.require(actor, steps)
    return steps


def _reverse(actor: Actor, row: ReversalRequest, steps: tuple[JournalLine, ...]) -> uuid.UUID:
    if not steps:
        raise Refused("nothing_to_reverse")
    first = access.actor_of(row.asked_by)
    if first is None or not all(first.may(PERMISSION, code) for code in _territories(steps)):
        raise Refused("asker_gone", name=row.asked_name)
    if first.person_id is not None and first.person_id == actor.person_id:  # two accounts of one person
        raise Refused("second_is_the_same")
    return by_hand.reverse_steps(actor, steps, row.transfer_id, row.reason, first=first)


def _write_down(actor: Actor, row: ReversalRequest) -> None:
    agreed = row.decision == "agreed"
    audit.record(
        actor,
        "agree.reversal" if agreed else "decline.reversal",
        "transfer",
        str(row.transfer_id),
        row.territory_code,
        who=row.asked_name,
        reason=row.reason,
        note=row.note,
    )
    asker = access.account(row.asked_by)
    if asker is not None and asker.person_id is not None:
        kind = "reversal_agreed" if agreed else "reversal_declined"
        tell(asker.person_id, kind, path=PAGE, name=row.decided_name, note=row.note)
