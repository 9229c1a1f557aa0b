"""Counting wrong tries in the database, so that all processes see them.

A try is written down *before* the secret is looked at and taken back when it was right: many guesses sent at once
cannot all slip through between counting and writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from timebank.access.models import Attempt
from timebank.access.rules.throttle import Limit, tries_left, waits_until
from timebank.core import clock
from timebank.core.db import db, transaction, writing


@dataclass(frozen=True, slots=True)
class Try:
    """A try that was written down: how many are left after it, or until when one must wait."""

    ids: tuple[int, ...]
    left: int
    until: datetime | None


def begin(subjects: Sequence[tuple[str, Limit]]) -> Try:
    """Writes a try down for each subject and says whether the secret may be looked at (`until` is None).

    Two transactions of its own: it must not be called inside another one, where a refusal would undo the count.
    """
    if writing():
        raise RuntimeError("a secret is checked before the transaction that needs it, not inside")
    ids = _write_down([subject for subject, _ in subjects])
    found = _judge(ids, subjects)
    if found.until is not None:
        take_back(ids)
    return found


@transaction
def _write_down(subjects: list[str]) -> tuple[int, ...]:
    rows = [Attempt(subject=subject) for subject in subjects]
    db.session.add_all(rows)
    db.session.flush()
    return tuple(row.id for row in rows)


@transaction
def _judge(ids: tuple[int, ...], subjects: Sequence[tuple[str, Limit]]) -> Try:
    now = clock.now()
    waits: list[datetime] = []
    left: list[int] = []
    for subject, limit in subjects:
        others = _moments(subject, now - limit.window, ids)
        until = waits_until(others, now, limit)
        waits += [until] if until else []
        left.append(tries_left(others, now, limit) - 1)
    return Try(ids, max(0, min(left)), max(waits, default=None))


def _moments(subject: str, since: datetime, without: tuple[int, ...]) -> list[datetime]:
    return list(
        db.session.scalars(
            select(Attempt.at).where(Attempt.subject == subject, Attempt.at > since, Attempt.id.not_in(without))
        )
    )


@transaction
def take_back(ids: tuple[int, ...], subject: str | None = None) -> None:
    """The secret was right, or was not looked at: the tries do not count; those of `subject` are all forgotten."""
    db.session.execute(delete(Attempt).where(Attempt.id.in_(ids)))
    if subject is not None:
        db.session.execute(delete(Attempt).where(Attempt.subject == subject))


@transaction
def sweep(before: datetime) -> int:
    """Removes tries older than a moment; returns how many."""
    return int(db.session.execute(delete(Attempt).where(Attempt.at < before)).rowcount)  # type: ignore[attr-defined]
