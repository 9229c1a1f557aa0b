"""Households, guardians and agents, consents, duplicates, spreadsheets."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from timebank.api.schemas.base import Answer, Body, Id, PageQuery, body_of
from timebank.api.schemas.people import PersonFacts, PersonLine
from timebank.people.rules.codes import DuplicateState, LegalBasis
from timebank.people.rules.duplicates import Likeness
from timebank.people.service import Joining, NewAgent

Purpose = Literal["timebank", "assistance", "health", "sharing:helpers", "sharing:charity", "sharing:hospital"]
RELATION = Field(pattern="^(head|spouse|child|parent|grandchild|grandparent|sibling|relative|other|)$")
NUMBER = Field(ge=1, le=2**31 - 1)
JoiningBody = body_of(Joining, name="Joining", with_person_id=NUMBER, relation=RELATION)
NewAgentBody = body_of(NewAgent, name="NewAgent", without=("person_id",), agent_person_id=NUMBER, relation=RELATION)


class NewConsentBody(Body):
    """A consent, or the law in its place.  `given_by_id`: a guardian or agent; null: the person."""

    purpose: Purpose = "timebank"
    legal_basis: LegalBasis = LegalBasis.CONSENT
    given_by_id: Id | None = None


class MergeBody(Body):
    """Two rows are one person: everything of `merged_id` is found at `kept_id` from now on."""

    kept_id: Id
    merged_id: Id


class PairsQuery(PageQuery):
    """Which pairs: those that wait, or were decided."""

    state: DuplicateState = DuplicateState.OPEN


class PairLine(Answer):
    """Two rows that may be one person, or were found to be."""

    id: int
    reason: Likeness
    state: DuplicateState
    territory_code: str
    decided_at: datetime | None
    first: PersonLine
    second: PersonLine


class PairsPage(Answer):
    """Pairs, newest first."""

    items: list[PairLine]
    next: str | None = None


class PairFile(Answer):
    """Both people side by side; `merge_id` of the merge that came of it and holds."""

    id: int
    reason: Likeness
    state: DuplicateState
    territory_code: str
    decided_at: datetime | None
    merge_id: int | None
    people: list[PersonFacts]


def _canonical(text: str) -> str:
    try:
        return base64.b64encode(base64.b64decode("".join(text.split()), validate=True)).decode()
    except binascii.Error:
        raise ValueError("this is not base64") from None


FileContent = Annotated[
    str, AfterValidator(_canonical), Field(min_length=1, json_schema_extra={"contentEncoding": "base64"})
]


class ImportBody(Body):
    """A spreadsheet of people: CSV (UTF-8 or GB18030) or Excel (.xlsx), as base64 text, at most 12 MB of file.

    With `dry_run` it is only checked: counts and reasons are as they would be, and nothing is taken in.
    """

    file_name: str = Field(min_length=1, max_length=200, pattern=r"\.([cC][sS][vV]|[tT][xX][tT]|[xX][lL][sS][xX])$")
    content: FileContent
    dry_run: bool = False


class ImportLine(Answer):
    """A spreadsheet; `done` of `rows` have been read.  A dry run ends in the state "checked"."""

    id: int
    file_name: str
    state: Literal["waiting", "running", "done", "failed", "to_check", "checking", "checked"]
    rows: int
    done: int
    percent: int
    ended: bool
    counts: dict[str, int]
    error: str
    starter_name: str
    created_at: datetime
    finished_at: datetime | None


class Imports(Answer):
    """The newest imports of one's territories."""

    items: list[ImportLine]


class RejectedRow(Answer):
    """A row that was not taken, and why, in the language asked for."""

    row: int
    reason: str


class ImportFile(ImportLine):
    """An import with why it failed, and the first 50 rows that came back (all of them stand in the file).

    `clean`: it ended and no row came back.
    """

    failure: str
    clean: bool
    rejected: list[RejectedRow]
