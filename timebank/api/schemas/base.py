"""What all bodies and answers have in common."""

from __future__ import annotations

import dataclasses
import typing
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, create_model

T = TypeVar("T")

Id = typing.Annotated[int, Field(ge=1, le=2**31 - 1)]


class Body(BaseModel):
    """Something sent to the server: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Answer(BaseModel):
    """Something the server sends, read from the attributes of what a query returned."""

    model_config = ConfigDict(from_attributes=True)


class Command(Body, Generic[T]):
    """A body that has exactly the fields of a command of a service."""

    made_from: ClassVar[Any]

    def command(self, **from_address: Any) -> T:
        """The command, ready for the service; what the address says is added."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        made: T = type(self).made_from(**given, **from_address)
        return made


def body_of(command: type[T], *, name: str = "", without: tuple[str, ...] = (), **bounds: Any) -> type[Command[T]]:
    """The body for a frozen dataclass of a service: same names, types and defaults (`without` some of them).

    `bounds`: `Field(max_length=…)` and the like by name, as the page's form has them.
    """
    hints = typing.get_type_hints(command, include_extras=True)
    fields: dict[str, Any] = {
        each.name: (_bounded(hints[each.name], bounds.get(each.name)), _default(each, bounds.get(each.name)))
        for each in dataclasses.fields(typing.cast(Any, command))
        if each.name not in without
    }
    made = create_model(name or command.__name__, __base__=Command, __doc__=command.__doc__, **fields)
    made.made_from = command
    return typing.cast("type[Command[T]]", made)


def _bounded(kind: Any, bound: Any) -> Any:
    kind = AwareDatetime if kind is datetime else kind  # a moment without a zone is no moment
    return kind if bound is None else typing.Annotated[kind, bound]


def _default(each: dataclasses.Field[Any], bound: Any) -> Any:
    shortest = max((getattr(one, "min_length", 0) for one in bound.metadata), default=0) if bound else 0
    if shortest and not each.default:
        return ...  # an empty text is not enough, so it must be sent
    if each.default is not dataclasses.MISSING:
        return each.default
    if each.default_factory is not dataclasses.MISSING:
        return Field(default_factory=each.default_factory)
    return ...


class Nothing(Body):
    """An empty body."""


class Made(Answer):
    """What was made or changed."""

    id: int


class Named(Answer):
    """What was made or changed, by its code."""

    id: str


class Done(Answer):
    """It was done; there is nothing to point at."""

    done: bool = True


class Problem(BaseModel):
    """Why something was not done.  Programs look at `code`; `message` is for people, in the language asked for."""

    code: str
    message: str
    field: str | None = None
    facts: dict[str, Any] = {}


class PageQuery(Body):
    """Which part of a long list: `after` is the `next` of the page before."""

    after: str | None = Field(default=None, max_length=200)
    limit: int = Field(default=25, ge=1, le=200)


class Reason(Body):
    """Why it is done; the person concerned reads it."""

    reason: str = Field(min_length=1, max_length=200)


class TokenAnswer(Answer):
    """A bearer token.  It is shown this once."""

    token: str
    expires_at: datetime
