"""People, accounts and places."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from timebank.api.schemas.base import Answer, Body, PageQuery, body_of
from timebank.people.models import PersonRole, Sex
from timebank.people.service import NewPerson

NewPersonBody = body_of(NewPerson, name="NewPerson")


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


class PersonLine(Answer):
    """Somebody in the registry.  The phone is masked; who is a client of assistance is told only to who may know."""

    id: int
    member_no: str
    name: str
    sex: Sex | None
    birth_date: date | None
    territory_code: str
    place: str
    address: str
    phone_masked: str
    roles: list[PersonRole]
    deceased_on: date | None


class PeoplePage(Answer):
    """People, newest first."""

    items: list[PersonLine]
    next: str | None = None


class PeopleQuery(PageQuery):
    """`text`: characters, pinyin, initials, a whole phone or identity number, the beginning of a member number."""

    text: str = Field(default="", max_length=64)
    role: PersonRole | None = None
    territory: str = Field(default="", max_length=15)
