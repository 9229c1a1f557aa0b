"""Signing in, and who one is."""

from __future__ import annotations

from pydantic import Field

from timebank.api.schemas.base import Answer, Body


class SignIn(Body):
    """A name, phone or member number with its password."""

    name: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=200)
    label: str = Field(default="API", max_length=80)
    days: int = Field(default=1, ge=1, le=366)


class RoleHeld(Answer):
    """A role and the territory it is held for ("" is everywhere)."""

    role: str
    territory: str
    permissions: list[str]


class Me(Answer):
    """Who the token acts as."""

    account_id: int | None
    person_id: int | None
    name: str
    grants: list[RoleHeld]
    wards: list[int]
