"""Closing a month: afterwards nothing that happened in it is posted, and what stands there is undone by two people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command, done_before
from timebank.core.db import db
from timebank.core.errors import Conflict, Refused
from timebank.ledger.errors import code_in, exception
from timebank.ledger.models import Closing
from timebank.ledger.queries import closings
from timebank.ledger.queries.month import Figures, figures
from timebank.ledger.rules import months
from timebank.ledger.service import insert, sealing

PERMISSION = "ledger.close"
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class MonthToClose:
    """`month` "2026-10" of a city; `acknowledged`: somebody looked at the open points and closes all the same."""

    tenant: int
    month: str
    note: str = ""
    acknowledged: bool = False


def close_month(
    actor: Actor, tenant: int, month: str, note: str = "", acknowledged: bool = False, *, key: str | None = None
) -> str:
    """Closes a month that is over, the oldest open one first; returns it ("2026-10").

    What waits is carried and sealed before, in transactions of their own.  Needs `ledger.close` for the whole city.
    Raises Refused: bad_month, month_not_over, not_the_next_month (next), points_open (points), nothing_to_close;
    MonthClosed("already_closed"); NotAllowed.
    """
    wanted = MonthToClose(tenant, month.strip(), note.strip()[:200], acknowledged)
    actor.require(PERMISSION, str(tenant))
    if not done_before(_close, actor, key):
        _check(wanted)
        sealing.seal(tenant)
        db.session.rollback()  # what was read before the seals is looked at anew
    return _close(actor, wanted, key=key)


@command
def _close(actor: Actor, wanted: MonthToClose, *, key: str | None = None) -> str:
    _check(wanted)
    open_points = [point for point in closings.before_closing(wanted.tenant, wanted.month) if not point.settled]
    if open_points and not wanted.acknowledged:
        raise Refused("points_open", field="acknowledged", points=len(open_points))
    told = "; ".join(f"{point.text}: {point.count}" for point in open_points)
    note = " · ".join(part for part in (wanted.note, told) if part)[:300]
    found = _insert(actor, wanted, note)
    audit.record(
        actor,
        "close.month",
        "ledger_month",
        wanted.month,
        str(wanted.tenant),
        transfers=found.transfers,
        minutes=found.liability,
        note=note,
    )
    return wanted.month


def _check(wanted: MonthToClose) -> None:
    ends_at, today = months.ends_at(wanted.month), clock.today()
    due = closings.next_to_close(wanted.tenant, today)  # asked first: somebody may close it between the questions
    until = closings.closed_until(wanted.tenant)
    if until is not None and ends_at <= until:
        raise exception("already_closed")
    if wanted.month >= months.of_day(today):
        raise Refused("month_not_over", field="month")
    if due is None:
        raise Refused("nothing_to_close", field="month")
    if wanted.month != due:
        raise Refused("not_the_next_month", field="month", next=due)


def _insert(actor: Actor, wanted: MonthToClose, note: str) -> Figures:
    """Writes the closing with its figures.

    On PostgreSQL the insert waits for transfers in flight and keeps new ones waiting; what they added is seen by
    reckoning once more, and then the closing is written anew with it.
    """
    ends_at = months.ends_at(wanted.month)
    for _ in range(ATTEMPTS):
        known = figures(wanted.tenant, ends_at)
        with db.session.begin_nested() as savepoint:
            _write(actor, wanted, note, known)
            if figures(wanted.tenant, ends_at) == known:
                return known
            savepoint.rollback()
    raise Conflict("busy")


def _write(actor: Actor, wanted: MonthToClose, note: str, known: Figures) -> None:
    connection = db.session.connection()
    try:
        connection.execute(
            insert.insert_for(connection, Closing.__table__).values(_row(actor, wanted, note, known, clock.now()))
        )
    except DBAPIError as error:
        found = code_in(error)
        if found is None:
            raise
        raise exception(found[0]) from error


def _row(actor: Actor, wanted: MonthToClose, note: str, known: Figures, now: datetime) -> dict[str, object]:
    return {
        "tenant_id": wanted.tenant,
        "ends_at": months.ends_at(wanted.month),
        "month": wanted.month,
        "transfers": known.transfers,
        "liability": known.liability,
        "seal_n": closings.newest_seal(wanted.tenant),
        "note": note,
        "actor_id": actor.account_id,
        "actor_name": actor.name[:80],
        "created_at": now,
    }
