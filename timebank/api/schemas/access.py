"""Accounts and their roles, cards, PINs, tokens, and the log."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from timebank.access.rules.roles import Role
from timebank.access.service import Newcomer
from timebank.api.schemas.base import Answer, Body, PageQuery

Code = Annotated[str, Field(pattern=r"^\d{0,15}$")]
Pin = Annotated[str, Field(pattern=r"^\d{4,6}$")]
Password = Annotated[str, Field(min_length=1, max_length=200)]
Language = Literal["zh", "en"]


class SignInAccount(Answer):
    """An account; nothing secret."""

    id: int
    sign_in_name: str
    display_name: str
    person_id: int | None
    language: str
    territory_code: str
    must_change_password: bool
    closed_at: datetime | None
    created_at: datetime


class RoleToday(Answer):
    """A role held today, for a territory ("" is everywhere)."""

    role: Role
    territory_code: str
    place: str


class SignInAccountLine(Answer):
    """An account in the list, with the roles it holds today."""

    account: SignInAccount
    roles: list[RoleToday]


class AccountsPage(Answer):
    """Accounts by sign-in name."""

    items: list[SignInAccountLine]
    next: str | None = None


class AccountsQuery(PageQuery):
    """`text`: part of a name; `role`: held today."""

    text: str = Field(default="", max_length=80)
    role: Role | None = None


class RoleGrantLine(Answer):
    """A role that was given: now, later or before."""

    id: int
    role: Role
    territory_code: str
    place: str
    starts_on: date
    ends_on: date | None
    reason: str
    granted_by: str
    held_today: bool


class AccountFile(Answer):
    """An account with every role it ever had."""

    account: SignInAccount
    member_no: str
    grants: list[RoleGrantLine]


class NewAccountBody(Body):
    """An account for somebody who works here, or for a registered person (`member_no`)."""

    display_name: str = Field(min_length=1, max_length=80)
    sign_in_name: str = Field(min_length=1, max_length=64)
    member_no: str = Field(default="", max_length=32)
    territory_code: Code = ""
    language: Language = "zh"


class GivenPassword(Answer):
    """A one-time password, to be told in person and changed at the first sign-in.  Only a retry shows it again."""

    account_id: int
    sign_in_name: str
    password: str


class NewRole(Body):
    """A role for a territory and everything in it ("" everywhere), from a day, until a day, for a reason."""

    role: Role
    territory_code: Code = ""
    starts_on: date
    ends_on: date | None = None
    reason: str = Field(min_length=1, max_length=200)


class CardFacts(Answer):
    """A card: what is printed on it; the QR picture shows `code`."""

    id: int
    person_id: int
    member_no: str
    name: str
    code: str
    issued_at: datetime


class NewCard(Answer):
    """The code of a new card."""

    code: str


class PersonAccess(Answer):
    """What somebody confirms and signs in with; the account's secrets and the PIN are never told."""

    person_id: int
    member_no: str
    name: str
    phone_masked: str
    card_issued_at: datetime | None
    has_pin: bool
    account: SignInAccount | None
    may_make_account: bool


class PinBody(Body):
    """A PIN: 4 to 6 digits; no runs, no repetitions, not the birth date."""

    pin: Pin


class OwnAccount(Answer):
    """One's own account."""

    account: SignInAccount
    has_pin: bool
    has_card: bool


class TokenLine(Answer):
    """A token that works, as its owner sees it (never the token)."""

    id: int
    label: str
    created_at: datetime
    expires_at: datetime


class Tokens(Answer):
    """One's own tokens, newest first."""

    items: list[TokenLine]


class NewTokenBody(Body):
    """What a token is for and how long it works."""

    label: str = Field(min_length=1, max_length=80)
    days: int = Field(default=90, ge=1, le=366)


class MadeToken(Answer):
    """A bearer token.  Only a retry shows it again."""

    id: int
    token: str
    expires_at: datetime


class PasswordBody(Body):
    """A new password, and the present one."""

    old_password: Password
    password: Password


class LanguageBody(Body):
    """The language of the pages and of one's messages on them."""

    language: Language


class NewcomerBody(Body):
    """Somebody registers alone.  ID number or birth date; without `consent` nothing may be kept."""

    name: str = Field(min_length=1, max_length=64)
    phone: str = Field(min_length=1, max_length=32)
    territory_code: str = Field(pattern=r"^\d{12}$")
    id_number: str = Field(default="", max_length=32)
    birth_date: date | None = None
    language: Language = "zh"
    password: Password
    consent: Literal[True]

    @model_validator(mode="after")
    def _has_an_age(self) -> Self:
        if not self.id_number and self.birth_date is None:
            raise ValueError("id_number or birth_date is needed: helpers have to be of age")
        return self

    def command(self) -> Newcomer:
        """The newcomer."""
        return Newcomer(**self.model_dump(exclude={"consent"}))


class CommunitiesQuery(Body):
    """The name of a community or street."""

    text: str = Field(min_length=1, max_length=40)


class CommunityLine(Answer):
    """A community where somebody can live; `path` names it from the district down."""

    code: str
    name: str
    path: str


class Communities(Answer):
    """Communities that fit, at most 40."""

    items: list[CommunityLine]


class LogWanted(Body):
    """Days are civil days, both included; `action`: words or part of a code; `subject`: "visit" or "visit:12"."""

    day_from: date | None = None
    day_to: date | None = None
    who: str = Field(default="", max_length=80)
    action: str = Field(default="", max_length=64)
    subject: str = Field(default="", max_length=64)
    member_no: str = Field(default="", max_length=32)


class LogQuery(PageQuery, LogWanted):
    """Which lines of the log, and which part of them."""


class EventLine(Answer):
    """Something done by somebody; `words` and `facts` in the language asked for."""

    id: int
    at: datetime
    actor_name: str
    channel: str
    action: str
    words: str
    subject_type: str
    subject_id: str
    territory_code: str
    facts: str


class EventsPage(Answer):
    """What was done, newest first."""

    items: list[EventLine]
    next: str | None = None


class ReadLine(Answer):
    """Somebody saw sensitive fields of a person."""

    id: int
    at: datetime
    actor_name: str
    person_id: int
    person_name: str
    territory_code: str
    fields: str
    purpose: str


class ReadsPage(Answer):
    """Who saw whose sensitive data, newest first."""

    items: list[ReadLine]
    next: str | None = None
