"""What the ledger refuses.  The database raises the codes; here they become exceptions with facts."""

from __future__ import annotations

import re

from sqlalchemy.exc import DBAPIError

from timebank.core.errors import Conflict, Refused
from timebank.ledger.rules.kinds import FEN, MINUTES


class LedgerError(Refused):
    """Base of everything the ledger refuses; nothing was posted."""


class InsufficientTime(LedgerError):
    """posted - held - amount < floor.  Facts: `available_minutes`, `needed_minutes`.

    Of money it is the code insufficient_money (`available_fen`, `needed_fen`), of pieces insufficient_pieces
    (`available`, `needed`).
    """


class OverCeiling(LedgerError):
    """posted + amount > ceiling of the receiving account."""


class AccountFrozen(LedgerError):
    """One of the two accounts is frozen."""


class AccountClosed(LedgerError):
    """One of the two accounts is closed."""


class UnitMismatch(LedgerError):
    """The two accounts count in different units."""


class HoldResolved(LedgerError):
    """The hold was captured or released before, or the transfer reversed before: ref_id is unique."""


class RefMismatch(LedgerError):
    """What is referred to is of the wrong kind, of another account, or smaller."""


class NoSuchAccount(LedgerError):
    """The tenant has no such account or transfer."""


class LimitRefused(LedgerError):
    """A floor, ceiling or state that the account's balance does not allow."""


class MonthClosed(LedgerError):
    """It happened in a month that is closed, or the month is closed already."""


class SecondPersonNeeded(LedgerError):
    """Something of a closed month is reversed only when a second person agrees."""


class Tampering(LedgerError):
    """Something tried to change rows that are only ever added."""


class KeyReused(Conflict):
    """The same idempotency key came with other content."""


_CLASSES: dict[str, type[LedgerError]] = {
    "insufficient_time": InsufficientTime,
    "over_ceiling": OverCeiling,
    "account_frozen": AccountFrozen,
    "account_closed": AccountClosed,
    "unit_mismatch": UnitMismatch,
    "already_resolved": HoldResolved,
    "ref_mismatch": RefMismatch,
    "no_such_account": NoSuchAccount,
    "same_account": NoSuchAccount,
    "amount_not_positive": LedgerError,
    "account_not_empty": LimitRefused,
    "limit_broken": LimitRefused,
    "limit_stale": LimitRefused,
    "month_closed": MonthClosed,
    "already_closed": MonthClosed,
    "second_person_needed": SecondPersonNeeded,
    "batched_without_limits": LimitRefused,
    "append_only": Tampering,
    "only_by_transfer": Tampering,
}

# Constraints stand behind the triggers; a race may reach them first.
_CONSTRAINTS = {
    "ck_ledger_account_insufficient": "insufficient_time",
    "ck_ledger_account_over_ceiling": "over_ceiling",
    "uq_transfer_ref": "already_resolved",
    "transfer.tenant_id, transfer.ref_id": "already_resolved",
    "fk_transfer_debit": "no_such_account",
    "fk_transfer_credit": "no_such_account",
    "fk_transfer_ref": "ref_mismatch",
    "FOREIGN KEY constraint failed": "no_such_account",
    "ck_transfer_amount_positive": "amount_not_positive",
    "ck_transfer_two_accounts": "same_account",
    "ck_transfer_second_is_another": "second_person_needed",
    "ck_ledger_limit_change_reason_given": "reason_missing",
    "ck_ledger_account_batched_without_limits": "batched_without_limits",
}
_CODE = re.compile(r"ledger:([a-z_]+)(?: (-?\d+))?")


def code_in(error: DBAPIError) -> tuple[str, int | None] | None:
    """The ledger's code in a database error and what was available, or None when it is another kind of error."""
    text = str(error.orig)
    found = _CODE.search(text)
    if found:
        return found[1], None if found[2] is None else int(found[2])
    for name, code in _CONSTRAINTS.items():
        if name in text:
            return code, None
    return None


def exception(code: str, **facts: int) -> LedgerError:
    """The exception of a code."""
    return _CLASSES.get(code, LedgerError)(code, field=None, **facts)


def in_unit(error: InsufficientTime, unit: str) -> InsufficientTime:
    """The same refusal in the words of what the account counts."""
    if unit == MINUTES:
        return error
    available, needed = (error.facts.get(name, 0) for name in ("available_minutes", "needed_minutes"))
    if unit == FEN:
        return InsufficientTime("insufficient_money", available_fen=available, needed_fen=needed)
    return InsufficientTime("insufficient_pieces", available=available, needed=needed)
