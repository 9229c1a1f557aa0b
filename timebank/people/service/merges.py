"""Two rows are one person: joining them, taking that back, or deciding that they are two people."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from timebank.core import audit, clock, hooks
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import Conflict, NotFound, Refused
from timebank.people.models import DuplicatePair, DuplicateState, Merge, Person
from timebank.people.queries.duplicates import around
from timebank.people.rules.duplicates import Likeness
from timebank.people.service import loading
from timebank.people.service.loading import READ, loaded

REVIEW = "people.review"
FLAGS = ("is_volunteer", "is_recipient", "is_client")
FILLED = (
    "sex", "birth_date", "phone", "phone_hash", "email", "address", "lat", "lon", "self_care", "lives_alone",
    "door_note", "safety_note", "deceased_on", "id_number", "id_hash",
)  # fmt: skip


@command
def merge_people(actor: Actor, kept_id: int, merged_id: int, *, key: str | None = None) -> int:
    """The second row becomes part of the first: everything of it is found there.  Returns the number of the merge.

    What the kept row lacks is filled from the other; nothing is deleted, so that `undo_merge` restores both.  Needs
    `people.review` for both.  Raises `Refused("with_oneself" | "two_id_numbers" | "person_merged")`.
    """
    if kept_id == merged_id:
        raise Refused("with_oneself")
    first, second = sorted((kept_id, merged_id))  # always in this order, so that two reviewers cannot block each other
    rows = {row_id: _may_review(actor, loaded(row_id)) for row_id in (first, second)}
    kept, merged = rows[kept_id], rows[merged_id]
    if kept.id_hash and merged.id_hash and kept.id_hash != merged.id_hash:
        raise Refused("two_id_numbers")
    before = _move(kept, merged)
    merged.merged_into_id = kept.id
    before["redirected"] = _redirect(merged.id, kept.id)
    merge = Merge(kept_id=kept.id, merged_id=merged.id, before=before, merged_by=actor.account_id)
    db.session.add(merge)
    _settle(actor, first, second, DuplicateState.MERGED)
    db.session.flush()
    hooks.fire("person_merged", kept_id=kept.id, merged_id=merged.id)
    moved = before["filled"]
    audit.record(actor, "merge.people", "person", kept.id, kept.territory_code, merged=merged.id, fields=moved)
    audit.record(actor, "merge.people", "person", merged.id, merged.territory_code, into=kept.id)
    return merge.id


def _may_review(actor: Actor, row: Person) -> Person:
    if not actor.may(READ, row.territory_code) and not actor.may(REVIEW, row.territory_code):
        raise NotFound("person")
    actor.require(REVIEW, row.territory_code)
    return row


def _move(kept: Person, merged: Person) -> dict[str, Any]:
    """Fills gaps of the kept row; says which fields were filled and which roles came along (no value in clear)."""
    flags = [name for name in FLAGS if getattr(merged, name) and not getattr(kept, name)]
    for name in flags:
        setattr(kept, name, True)
    filled = [name for name in FILLED if getattr(kept, name) in (None, "") and getattr(merged, name) not in (None, "")]
    values = {name: getattr(merged, name) for name in filled}
    if "id_hash" in filled:
        merged.id_hash = None  # unique: it must be free before the kept row can hold it
        db.session.flush()
    for name, value in values.items():
        setattr(kept, name, value)
    return {"flags": flags, "filled": filled}


def _redirect(merged_id: int, kept_id: int) -> list[int]:
    """Rows merged into the merged one earlier now point to the kept one: there are never chains."""
    behind = list(db.session.scalars(select(Person.id).where(Person.merged_into_id == merged_id)))
    _point(behind, kept_id)
    return behind


def _point(person_ids: list[int], to_id: int) -> None:
    if person_ids:
        changed = {"merged_into_id": to_id, "version": Person.version + 1}
        db.session.execute(update(Person).where(Person.id.in_(person_ids)).values(changed))


@command
def undo_merge(actor: Actor, merge_id: int, *, key: str | None = None) -> int:
    """Takes a merge back: both rows are as they were, later changes of the kept one stay.  Returns the restored row.

    Raises `Refused("merge_undone" | "merge_not_last" | "both_changed")`.
    """
    merge = db.session.get(Merge, merge_id)
    if merge is None:
        raise NotFound("person")
    kept, merged = (_may_review(actor, db.session.get_one(Person, one)) for one in (merge.kept_id, merge.merged_id))
    if merge.undone_at:
        raise Refused("merge_undone")
    if merged.merged_into_id != kept.id:
        raise Refused("merge_not_last")
    _move_back(kept, merged, merge.before)
    merged.merged_into_id = None
    _point(merge.before.get("redirected", []), merged.id)
    merge.undone_at, merge.undone_by = clock.now(), actor.account_id
    _settle(actor, min(kept.id, merged.id), max(kept.id, merged.id), DuplicateState.OPEN)
    hooks.fire("person_unmerged", kept_id=kept.id, merged_id=merged.id)
    audit.record(actor, "undo.merge", "person", kept.id, kept.territory_code, restored=merged.id)
    audit.record(actor, "undo.merge", "person", merged.id, merged.territory_code, out_of=kept.id)
    return merged.id


def _move_back(kept: Person, merged: Person, before: dict[str, Any]) -> None:
    """Clears what was filled, unless it was changed since."""
    for name in before["flags"]:
        setattr(kept, name, False)
    digest = loading.id_hash(merged.id_number) if "id_hash" in before["filled"] else None
    for name in before["filled"]:
        if name != "id_hash" and getattr(kept, name) == getattr(merged, name):
            setattr(kept, name, "" if isinstance(getattr(kept, name), str) and name in _TEXTS else None)
    if digest:
        _give_back(kept, merged, digest)


def _give_back(kept: Person, merged: Person, digest: str) -> None:
    """The identity number returns to its row, unless somebody else was registered with it meanwhile."""
    if kept.id_hash == digest:
        kept.id_hash = None
    db.session.flush()
    if db.session.scalar(select(Person.id).where(Person.id_hash == digest)):
        raise Refused("both_changed")
    merged.id_hash = digest


_TEXTS = {"address", "door_note", "safety_note"}


@command
def decide_different(actor: Actor, pair_id: int, *, key: str | None = None) -> int:
    """The two are different people; the pair is not asked about again.  Raises `Conflict("pair_decided")`."""
    pair = _pair(actor, pair_id)
    if pair.state != DuplicateState.OPEN:
        raise Conflict("pair_decided")
    _decide(actor, pair, DuplicateState.DIFFERENT)
    return pair.id


@command
def reopen_pair(actor: Actor, pair_id: int, *, key: str | None = None) -> int:
    """The decision that two people are different is taken back.  Raises `Conflict("pair_decided")` otherwise."""
    pair = _pair(actor, pair_id)
    if pair.state != DuplicateState.DIFFERENT:
        raise Conflict("pair_decided")
    _decide(actor, pair, DuplicateState.OPEN)
    return pair.id


def _pair(actor: Actor, pair_id: int) -> DuplicatePair:
    pair = db.session.get(DuplicatePair, pair_id)
    if pair is None or not actor.may(REVIEW, pair.territory_code):
        raise NotFound("person")
    return pair


def _decide(actor: Actor, pair: DuplicatePair, state: DuplicateState) -> None:
    pair.state, pair.decided_by, pair.decided_at = state, actor.account_id, clock.now()
    audit.record(
        actor, f"decide.{state}", "pair", pair.id, pair.territory_code, first=pair.first_id, second=pair.second_id
    )


def _settle(actor: Actor, first: int, second: int, state: DuplicateState) -> None:
    """Writes the decision on the pair, which is made when the two were never in the queue."""
    pair = db.session.scalar(
        select(DuplicatePair).where(DuplicatePair.first_id == first, DuplicatePair.second_id == second)
    )
    if pair is None:
        codes = [db.session.get_one(Person, person_id).territory_code for person_id in (first, second)]
        pair = DuplicatePair(
            first_id=first,
            second_id=second,
            reason=Likeness.FOUND_BY_HAND.value,
            territory_code=around(*codes),
        )
        db.session.add(pair)
    pair.state, pair.decided_by, pair.decided_at = state, actor.account_id, clock.now()
