"""Writes that may arrive twice (a double click, a lost answer) and happen once.

Every form carries a key, every API write an `Idempotency-Key`.  The first time, the command runs and what it returned
is kept in the same transaction; the next time the same answer is given again without running anything.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import Model, db, transaction, wait_for_standby
from timebank.core.errors import Conflict
from timebank.core.types import Moment, blind_index

P = ParamSpec("P")
R = TypeVar("R")


class CommandRecord(Model):
    """What a command with a key answered.  Kept 90 days, then swept by a job."""

    __tablename__ = "command_record"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[Any] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)


def command(function: Callable[P, R]) -> Callable[P, R]:
    """A service function that writes: one transaction, and at most once for each `key`.

    The function takes the `Actor` first and a keyword `key: str | None`.  What it returns must be JSON (a number, a
    text, a list or dict of those, or None).  Raises `Conflict("key_reused")` for the same key with other content.
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        key = kwargs.get("key")
        if not key:
            return function(*args, **kwargs)
        given = dict(signature.bind(*args, **kwargs).arguments)
        actor = given.pop("actor")
        given.pop("key")
        record_key = _record_key(function, actor, str(key))
        request_hash = _digest(given)
        seen = db.session.get(CommandRecord, record_key)
        if seen is not None:
            if seen.request_hash != request_hash:
                raise Conflict("key_reused")
            wait_for_standby(db.session.connection())
            return seen.answer  # type: ignore[no-any-return]
        # The key is taken before the work: a second call at the same moment waits for the first one's answer.
        record = CommandRecord(key=record_key, request_hash=request_hash, answer=None)
        db.session.add(record)
        db.session.flush()
        record.answer = answer = function(*args, **kwargs)
        db.session.flush()
        return answer

    return transaction(run)


def done_before(function: Callable[..., Any], actor: Actor, key: str | None) -> bool:
    """Was the command carried out under this key already?  For what must be checked before it (an old password)."""
    return bool(key) and db.session.get(CommandRecord, _record_key(function, actor, str(key))) is not None


def _record_key(function: Callable[..., Any], actor: Actor, key: str) -> str:
    name = f"{function.__module__.rsplit('.', 2)[-2]}.{function.__name__}"
    return f"{name}:{_who(actor)}:{key}"[:200]


def _who(actor: Actor) -> str:
    return str(actor.account_id or actor.name)


def _digest(value: object) -> str:
    """Keyed, because a command may hold a PIN: from a plain digest four digits are guessed in no time."""
    return blind_index("command", json.dumps(_plain(value), sort_keys=True, default=str))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [_plain(item) for item in value]
        return sorted(items, key=str) if isinstance(value, (set, frozenset)) else items
    return value
