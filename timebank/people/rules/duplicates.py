"""Who may be the same person as whom.  The same identity number is the same person; everything else is for a human."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from timebank.people.rules.codes import Sex
from timebank.people.rules.name_keys import full_readings, typed

COMMUNITY_DIGITS = 12


class Likeness(enum.StrEnum):
    """Why two rows may be one person, the strongest first."""

    SAME_ID_OTHER_NAME = "same_id_other_name"
    NAME_AND_BIRTH = "same_name_and_birth_date"
    NAME_AND_PHONE = "same_name_and_phone"
    NAME_AND_ADDRESS = "same_name_and_address"
    PHONE_AND_BIRTH = "same_phone_and_birth_date"
    SOUND_AND_BIRTH = "sounds_alike_and_same_birth_date"
    FOUND_BY_HAND = "found_by_hand"  # a reviewer merged two rows that nobody had suspected


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is compared of a person; numbers only as digests."""

    id: int
    name: str
    birth_date: date | None = None
    sex: Sex | None = None
    id_hash: str | None = None
    phone_hash: str | None = None
    territory_code: str = ""
    address: str = ""


def likeness(one: Candidate, other: Candidate) -> Likeness | None:
    """The strongest reason to look twice, or None.

    Two people who both have a number, and different ones, are different unless name, phone or home and birth agree too
    (a wrong digit that passes the check is one in eleven).
    """
    if one.id_hash and one.id_hash == other.id_hash:
        return None if same_name(one.name, other.name) else Likeness.SAME_ID_OTHER_NAME
    if one.id_hash and other.id_hash:
        return _despite_two_numbers(one, other)
    if _contradict(one, other):
        return None
    return next((reason for reason, holds in _REASONS if holds(one, other)), None)


def _despite_two_numbers(one: Candidate, other: Candidate) -> Likeness | None:
    if not same_name(one.name, other.name):
        return None
    if _same_phone(one, other):
        return Likeness.NAME_AND_PHONE
    return Likeness.NAME_AND_BIRTH if _same_birth(one, other) and _same_home(one, other) else None


def _contradict(one: Candidate, other: Candidate) -> bool:
    """Both birth dates known and more than a slip of one part apart."""
    if one.birth_date is None or other.birth_date is None:
        return False
    ours = (one.birth_date.year, one.birth_date.month, one.birth_date.day)
    theirs = (other.birth_date.year, other.birth_date.month, other.birth_date.day)
    return sum(a != b for a, b in zip(ours, theirs, strict=True)) > 1


def same_name(one: str, other: str) -> bool:
    """The same characters or letters, blanks, dots and capitals apart."""
    return typed(one) == typed(other)


def sounds_alike(one: str, other: str) -> bool:
    """The same pinyin in one of the readings (许梅 · 徐玫 · Xu Mei)."""
    return bool(full_readings(one) & full_readings(other))


def _same_birth(one: Candidate, other: Candidate) -> bool:
    return one.birth_date is not None and one.birth_date == other.birth_date


def _same_phone(one: Candidate, other: Candidate) -> bool:
    return one.phone_hash is not None and one.phone_hash == other.phone_hash


def _same_home(one: Candidate, other: Candidate) -> bool:
    return (
        bool(home(one.address))
        and home(one.address) == home(other.address)
        and one.territory_code[:COMMUNITY_DIGITS] == other.territory_code[:COMMUNITY_DIGITS]
    )


def home(address: str) -> str:
    """An address as it is compared: small letters, no blanks or punctuation."""
    return typed(address)


_REASONS: tuple[tuple[Likeness, Callable[[Candidate, Candidate], bool]], ...] = (
    (Likeness.NAME_AND_BIRTH, lambda a, b: same_name(a.name, b.name) and _same_birth(a, b)),
    (Likeness.NAME_AND_PHONE, lambda a, b: _similar(a, b) and _same_phone(a, b)),
    (Likeness.NAME_AND_ADDRESS, lambda a, b: same_name(a.name, b.name) and _same_home(a, b)),
    (Likeness.PHONE_AND_BIRTH, lambda a, b: _same_phone(a, b) and _same_birth(a, b)),
    (Likeness.SOUND_AND_BIRTH, lambda a, b: sounds_alike(a.name, b.name) and _same_birth(a, b)),
)


def _similar(one: Candidate, other: Candidate) -> bool:
    return same_name(one.name, other.name) or sounds_alike(one.name, other.name)


class Register:
    """People to compare with, found by what two rows must share, so that 2,000 rows need no 2,000² comparisons."""

    def __init__(self, people: Iterable[Candidate] = ()) -> None:
        self._by: dict[tuple[str, object], dict[int, Candidate]] = {}
        for person in people:
            self.add(person)

    def add(self, person: Candidate) -> None:
        """Makes a person findable; adding one again replaces what was known."""
        for handle in _handles(person):
            self._by.setdefault(handle, {})[person.id] = person

    def like(self, person: Candidate) -> list[tuple[Candidate, Likeness]]:
        """Everybody who may be this person, oneself excepted, the strongest reason first."""
        near: dict[int, Candidate] = {}
        for handle in _handles(person):
            near |= self._by.get(handle, {})
        near.pop(person.id, None)
        found = [(other, reason) for other in near.values() if (reason := likeness(person, other))]
        return sorted(found, key=lambda item: (list(Likeness).index(item[1]), item[0].id))


def _handles(person: Candidate) -> list[tuple[str, object]]:
    shared = {
        "id": person.id_hash,
        "birth": person.birth_date,
        "phone": person.phone_hash,
        "home": (typed(person.name), person.territory_code[:COMMUNITY_DIGITS]) if person.address else None,
    }
    return [(kind, value) for kind, value in shared.items() if value]
