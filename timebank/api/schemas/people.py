"""People: lists, registering, changing, the whole file of one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from timebank.api.schemas.base import Answer, Body, Id, PageQuery, body_of
from timebank.people.models import PersonRole, Sex
from timebank.people.rules.codes import AgentKind, LegalBasis, SelfCare
from timebank.people.rules.duplicates import Likeness
from timebank.people.service import NewPerson, PersonChange

READS = Field(pattern="^(zh|en)$")
NewPersonBody = body_of(
    NewPerson,
    name="NewPerson",
    reads=READS,
    id_number=Field(max_length=40),
    phone=Field(max_length=40),
    address=Field(max_length=200),
    door_note=Field(max_length=200),
    safety_note=Field(max_length=200),
    email=Field(max_length=120),
    note=Field(max_length=2000),
    member_no=Field(max_length=32),
    guardian_id=Field(ge=1, le=2**31 - 1),
    guardian_relation=Field(max_length=32),
    duplicate_reason=Field(max_length=200),
)
PersonChangeBody = body_of(
    PersonChange,
    name="PersonChange",
    without=("self_care",),
    reads=READS,
    id_number=Field(max_length=40),
    phone=Field(max_length=40),
    address=Field(max_length=200),
    door_note=Field(max_length=200),
    safety_note=Field(max_length=200),
    email=Field(max_length=120),
    note=Field(max_length=2000),
)
Words = Annotated[str, BeforeValidator(str)]  # a text in the language asked for
SensitiveField = Literal["id_number", "phone", "email", "self_care"]


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


class PeopleWanted(Body):
    """`text`: characters, pinyin, initials, a whole phone or identity number, the beginning of a member number."""

    text: str = Field(default="", max_length=64)
    role: PersonRole | None = None
    territory: str = Field(default="", pattern=r"^\d{0,15}$")


class PeopleQuery(PageQuery, PeopleWanted):
    """Which people, and which part of the list."""


class PeopleCount(Answer):
    """How many people the list has, and how many pairs of likely duplicates wait for a decision."""

    people: int
    duplicates_waiting: int


class LikelyPerson(Answer):
    """Somebody registered who may be the one described; of people elsewhere only surname and place are told."""

    person_id: int | None
    name: str
    birth_date: date | None
    place: str
    phone_masked: str
    why: Likeness


class LikelyPeople(Answer):
    """Who may be registered already, the strongest reason first."""

    items: list[LikelyPerson]


class HouseholdLine(Answer):
    """A member of the household now."""

    household_id: int
    person_id: int
    name: str
    birth_date: date | None
    relation: str
    is_dependant: bool
    joined_on: date


class AgentLine(Answer):
    """A guardian or agent; `name` and `phone_masked` are of the other one: who acts, or whom one acts for."""

    id: int
    person_id: int
    agent_person_id: int
    name: str
    kind: AgentKind
    relation: str
    phone_masked: str
    valid_from: date
    valid_to: date | None


class ConsentLine(Answer):
    """A consent, or the law in its place."""

    id: int
    purpose: str
    legal_basis: LegalBasis
    given_at: datetime
    given_by: str
    withdrawn_at: datetime | None


class MergeLine(Answer):
    """A row that was merged into the person, and still is."""

    id: int
    merged_id: int
    merged_name: str
    merged_member_no: str
    birth_date: date | None
    merged_at: datetime


class LinkLine(Answer):
    """What another part of the product knows of the person, and the page that shows it."""

    text: Words
    note: Words
    path: str


class PersonFacts(Answer):
    """A person; identity number, phone and e-mail masked, self-care only for whoever may see health facts.

    `version` goes into changes, so that a stale one is noticed.
    """

    id: int
    version: int
    member_no: str
    name: str
    id_masked: str
    has_id: bool
    id_contested: bool
    phone_masked: str
    email_masked: str
    sex: Sex | None
    birth_date: date | None
    age: int | None
    is_child: bool
    territory_code: str
    place: str
    address: str
    lat: float | None
    lon: float | None
    languages: list[str]
    reads: str
    self_care: SelfCare | None
    lives_alone: bool | None
    roles: list[PersonRole]
    door_note: str
    safety_note: str
    note: str
    deceased_on: date | None
    merged_into_id: int | None
    created_at: datetime


class PersonProfile(Answer):
    """A person with household, guardians and agents, consents, merges, and what else is known."""

    person: PersonFacts
    addable_roles: list[PersonRole]
    household: list[HouseholdLine]
    agents: list[AgentLine]
    acts_for: list[AgentLine]
    consents: list[ConsentLine]
    merges: list[MergeLine]
    links: list[LinkLine]


class DeedLine(Answer):
    """Something that was done to a person's data: names of fields, never their values."""

    id: int
    at: datetime
    who: str
    action: str
    words: str
    fields: list[str]
    role: str
    duplicate_reason: str


class DeedsPage(Answer):
    """What was done, newest first."""

    items: list[DeedLine]
    next: str | None = None


class LookLine(Answer):
    """Somebody saw sensitive fields of a person."""

    at: datetime
    who: str
    fields: list[str]
    purpose: str


class Looks(Answer):
    """Who saw sensitive data, newest first."""

    items: list[LookLine]


class RevealQuery(Body):
    """What it is needed for: it is kept, and the person can read it."""

    purpose: str = Field(min_length=1, max_length=200)


class Revealed(Answer):
    """A sensitive field in full ("" when nothing is known)."""

    field: SensitiveField
    value: str


class WhoseQuery(Body):
    """Oneself (nothing given), or somebody one acts for."""

    person_id: Id | None = None


class OwnFacts(Answer):
    """One's own contact data in full, what else is kept (masked), household, agents and consents."""

    id: int
    version: int
    name: str
    member_no: str
    phone: str
    email: str
    address: str
    reads: str
    birth_date: date | None
    id_masked: str
    place: str
    door_note: str
    safety_note: str
    household: list[HouseholdLine]
    agents: list[AgentLine]
    acts_for: list[AgentLine]
    consents: list[ConsentLine]


class OwnChange(Body):
    """A correction of one's own contact data.  Null keeps, "" removes; `person_id`: somebody one acts for."""

    person_id: Id | None = None
    version: int = Field(ge=0)
    phone: str | None = Field(default=None, max_length=40)
    email: str | None = Field(default=None, max_length=120)
    address: str | None = Field(default=None, max_length=200)
    reads: Literal["zh", "en"] | None = None


class RoleBody(Body):
    """A role of a person in the registry."""

    role: PersonRole


class Death(Body):
    """The day a person died."""

    died_on: date
