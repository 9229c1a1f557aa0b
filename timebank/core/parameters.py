"""Policy values: dated rows in the database, never constants in the code (domain.md C4).

A value belongs to a scope ("" for everybody, "city:3201", "scheme:2") and holds from a date until a later row for the
same key and scope.  A question names its scopes from the narrowest to the widest; the first that has a value answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model, db
from timebank.core.errors import NotFound
from timebank.core.types import Moment


@dataclass(frozen=True, slots=True)
class Definition:
    """A parameter that the code asks for: its key, kind of value, first value and where that value comes from."""

    key: str
    kind: type  # bool, int, str, list or dict
    default: Any
    source: str
    assumption: bool = False  # domain.md grade X


class Parameter(Model):
    """A value of a parameter for a scope from a day on."""

    __tablename__ = "parameter"
    __table_args__ = (UniqueConstraint("key", "scope", "valid_from", name="parameter_once_a_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    scope: Mapped[str] = mapped_column(String(32), default="")
    valid_from: Mapped[date]
    value: Mapped[Any] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(String(300), default="")
    is_assumption: Mapped[bool] = mapped_column(default=False)
    set_by: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


@dataclass(frozen=True, slots=True)
class Values:
    """The parameters that hold on a day for a list of scopes, read with one statement."""

    found: dict[str, Any]

    def __getitem__(self, key: str) -> Any:
        if key not in self.found:
            raise NotFound("parameter_missing", key=key)
        return self.found[key]

    def number(self, key: str) -> int:
        """The value as an integer (minutes, days, persons)."""
        return int(self[key])


def values(scopes: Sequence[str], on: date) -> Values:
    """Every parameter that holds on the day; narrower scopes (first in the list) win over wider ones."""
    order = {scope: place for place, scope in enumerate([*scopes, ""])}
    rows = db.session.execute(
        select(Parameter.key, Parameter.scope, Parameter.value)
        .where(Parameter.scope.in_(list(order)), Parameter.valid_from <= on)
        .order_by(Parameter.valid_from)
    )
    best: dict[str, tuple[int, Any]] = {}
    for key, scope, value in rows:
        if key not in best or order[scope] <= best[key][0]:
            best[key] = (order[scope], value)
    return Values({key: value for key, (_, value) in best.items()})


def install(definitions: Iterable[Definition], *, scope: str = "", valid_from: date = date(2019, 1, 1)) -> int:
    """Adds the first value of each parameter that has none in the scope; returns how many were added."""
    known = set(db.session.scalars(select(Parameter.key).where(Parameter.scope == scope)))
    new = [
        Parameter(
            key=item.key,
            scope=scope,
            valid_from=valid_from,
            value=item.default,
            source=item.source,
            is_assumption=item.assumption,
        )
        for item in definitions
        if item.key not in known
    ]
    db.session.add_all(new)
    return len(new)
