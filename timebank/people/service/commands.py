"""What is asked for when people are registered, changed, joined together: plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from timebank.people.rules.codes import AgentKind, LegalBasis, PersonRole, SelfCare, Sex

TIMEBANK = "timebank"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """A person to register.  Numbers and phone as typed.

    `duplicate_reason`: how the clerk knows that the likely duplicates are other people.  A child under 14 needs a
    `guardian_id` unless `legal_basis` is a statutory duty or an emergency (domain.md C8.19).
    """

    name: str
    territory_code: str
    id_number: str = ""
    sex: Sex | None = None
    birth_date: date | None = None
    phone: str = ""
    address: str = ""
    lat: float | None = None
    lon: float | None = None
    languages: tuple[str, ...] = ("zh",)
    reads: str = "zh"
    self_care: SelfCare | None = None
    lives_alone: bool | None = None
    roles: frozenset[PersonRole] = frozenset()
    door_note: str = ""
    safety_note: str = ""
    email: str = ""
    note: str = ""
    member_no: str = ""
    guardian_id: int | None = None
    guardian_relation: str = ""
    legal_basis: LegalBasis = LegalBasis.CONSENT
    duplicate_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChange:
    """What a person is to be like.  `version`: of the row when the form was opened.  None keeps what is there."""

    version: int
    name: str | None = None
    territory_code: str | None = None
    id_number: str | None = None
    sex: Sex | None = None
    birth_date: date | None = None
    phone: str | None = None
    address: str | None = None
    point: tuple[float | None, float | None] | None = None
    languages: tuple[str, ...] | None = None
    reads: str | None = None
    self_care: SelfCare | None = None
    lives_alone: bool | None = None
    door_note: str | None = None
    safety_note: str | None = None
    email: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Joining:
    """A person moves in with another (None: a household of their own) from a day (None: today)."""

    with_person_id: int | None = None
    relation: str = ""
    is_dependant: bool = False
    joined_on: date | None = None


@dataclass(frozen=True, slots=True)
class NewAgent:
    """Somebody may act for a person from a day (None: today) until a day (None: open)."""

    person_id: int
    agent_person_id: int
    kind: AgentKind = AgentKind.AGENT
    relation: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class NewConsent:
    """Consent to a use of data, or the law that stands in for it; `given_by_id` None: the person."""

    person_id: int
    purpose: str = TIMEBANK
    legal_basis: LegalBasis = LegalBasis.CONSENT
    given_by_id: int | None = None
