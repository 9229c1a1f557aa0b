"""Tables of accounts and rights."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from timebank.access.rules.roles import Role
from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import TERRITORY, Moment, code_of


class Account(Model):
    """A way to sign in; usually of a person of the registry."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    sign_in_name: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    territory_code: Mapped[str] = mapped_column(TERRITORY, default="", index=True)  # who may administer the account
    language: Mapped[str] = mapped_column(String(8), default="zh")  # of the pages: zh or en
    session_epoch: Mapped[int] = mapped_column(default=1)  # raising it ends all sessions
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    created_by: Mapped[int | None]


class RoleGrant(Model):
    """A role held for a territory from a day, until a day."""

    __tablename__ = "role_grant"
    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[Role] = mapped_column(code_of(Role))
    territory_code: Mapped[str] = mapped_column(TERRITORY, default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    granted_by: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(200), default="")


class PersonPin(Model):
    """The PIN by which a person confirms at the desk or at the door."""

    __tablename__ = "person_pin"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    pin_hash: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    set_by: Mapped[int | None]


class PersonCard(Model):
    """A printed card with a QR code; a lost one is withdrawn and a new one printed."""

    __tablename__ = "person_card"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    issued_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    issued_by: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)


class ApiToken(Model):
    """A bearer token; only its digest is kept."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)


class Attempt(Model):
    """A failed try at a secret (sign-in, PIN), for throttling across processes."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_subject_at", "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(80))  # "sign-in:<name>", "address:<ip>", "pin:<person>", "visit-code:…"
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
