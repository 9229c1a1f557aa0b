"""Tables of the registry."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import LONG, TERRITORY, EncryptedText, Moment, code_of
from timebank.people.rules.codes import AgentKind, DuplicateState, PersonRole, SelfCare, Sex

__all__ = [
    "Agent",
    "AgentKind",
    "Consent",
    "DuplicatePair",
    "DuplicateState",
    "Household",
    "HouseholdMember",
    "ImportRun",
    "Merge",
    "NameKey",
    "Person",
    "PersonRole",
    "SelfCare",
    "Sex",
]
# Keys are compared as plain bytes on both databases, so that a prefix is an index range.
KEY = String(128).with_variant(String(128, collation="C"), "postgresql")


class Person(Model):
    """A human being known to the registry.  `territory_code` is the community (or grid) of residence."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="not_merged_into_itself"),
        Index("ix_person_territory_name", "territory_code", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_no: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    id_number: Mapped[str | None] = mapped_column(EncryptedText)
    id_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    # Digest of a number that somebody else with another name already holds: waits in the review queue.
    claimed_id_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    phone_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    sex: Mapped[Sex | None] = mapped_column(code_of(Sex))
    birth_date: Mapped[date | None] = mapped_column(index=True)
    territory_code: Mapped[str] = mapped_column(TERRITORY, ForeignKey("territory.code"), index=True)
    address: Mapped[str] = mapped_column(String(200), default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)  # spoken, e.g. ["zh", "zh-nanjing"]
    reads: Mapped[str] = mapped_column(String(8), default="zh")  # language of notices: zh or en
    self_care: Mapped[str | None] = mapped_column(EncryptedText)  # a SelfCare value
    lives_alone: Mapped[bool | None]
    is_volunteer: Mapped[bool] = mapped_column(default=False)
    is_recipient: Mapped[bool] = mapped_column(default=False)
    is_client: Mapped[bool] = mapped_column(default=False)
    door_note: Mapped[str] = mapped_column(String(200), default="")  # what a helper needs at the door
    safety_note: Mapped[str] = mapped_column(String(200), default="")  # allergy-type note a helper may see
    email: Mapped[str | None] = mapped_column(EncryptedText)
    note: Mapped[str] = mapped_column(LONG, default="")
    deceased_on: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    created_by: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class NameKey(Model):
    """A way to type a name: characters, pinyin ("xumei"), initials ("xm"); every reading of the surname."""

    __tablename__ = "name_key"
    __table_args__ = (Index("ix_name_key_key", "key", "person_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(KEY, primary_key=True)


class Household(Model):
    """People who live and keep house together."""

    __tablename__ = "household"

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_code: Mapped[str] = mapped_column(TERRITORY, ForeignKey("territory.code"), index=True)
    address: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class HouseholdMember(Model):
    """A person in a household from a day, until a day; in one household at a time."""

    __tablename__ = "household_member"
    __table_args__ = (CheckConstraint("left_on IS NULL OR left_on >= joined_on", name="left_after_joined"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    relation: Mapped[str] = mapped_column(String(32), default="")  # to the head: head, spouse, child, parent, …
    is_dependant: Mapped[bool] = mapped_column(default=False)  # needs care at home (N13)
    joined_on: Mapped[date]
    left_on: Mapped[date | None]


class Agent(Model):
    """Somebody who may act for a person: guardian of a minor or of an adult without capacity, or chosen agent."""

    __tablename__ = "agent"
    __table_args__ = (CheckConstraint("person_id <> agent_person_id", name="not_oneself"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    agent_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[AgentKind] = mapped_column(code_of(AgentKind))
    relation: Mapped[str] = mapped_column(String(32), default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Consent(Model):
    """A person (or guardian) agreed to a use of data, or a law stands in for consent (domain.md B11)."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(64))  # timebank, assistance, sharing:<who>
    legal_basis: Mapped[str] = mapped_column(String(16), default="consent")  # consent, statutory_duty, emergency
    given_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    given_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_by: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)


class DuplicatePair(Model):
    """Two rows that may be one person, waiting for a human (`first_id` < `second_id`)."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id", name="duplicate_pair_once"),
        CheckConstraint("first_id < second_id", name="ordered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(String(64))
    state: Mapped[DuplicateState] = mapped_column(code_of(DuplicateState), default=DuplicateState.OPEN, index=True)
    territory_code: Mapped[str] = mapped_column(TERRITORY, index=True)
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None] = mapped_column(Moment)


class Merge(Model):
    """A merge that happened: enough to undo it."""

    __tablename__ = "person_merge"

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)  # names of the fields that moved; no sensitive value in clear
    merged_by: Mapped[int | None]
    merged_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[int | None]


class ImportRun(Model):
    """A spreadsheet that was read: its progress, its counts and the rows that came back."""

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_code: Mapped[str] = mapped_column(TERRITORY)
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[str | None] = mapped_column(EncryptedText)  # until it has been read
    state: Mapped[str] = mapped_column(String(16), default="waiting", index=True)  # see labels.RUN_STATE
    rows: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    rejects: Mapped[str | None] = mapped_column(EncryptedText)  # a CSV file
    error: Mapped[str] = mapped_column(String(200), default="")
    started_by: Mapped[int | None]
    starter_name: Mapped[str] = mapped_column(String(80), default="")
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)  # territories the starter may import into
    lease: Mapped[str] = mapped_column(String(32), default="")  # whoever works on it; nobody else may until it ends
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
