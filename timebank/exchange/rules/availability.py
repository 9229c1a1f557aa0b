"""When a volunteer is free: a weekly pattern, days that differ, public holidays.  Minutes from civil midnight."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import holidays

Stretch = tuple[int, int]  # from, to (exclusive), minutes from midnight
DAY = 24 * 60
SHORTEST = 15


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """Free every week; weekday 0 = Monday."""

    weekday: int
    from_minute: int
    to_minute: int


@dataclass(frozen=True, slots=True)
class OtherDays:
    """Days (both ends included) that differ: away, or free besides the pattern."""

    first_day: date
    last_day: date
    available: bool = False
    from_minute: int = 0
    to_minute: int = DAY

    def covers(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


def free_stretches(
    slots: Iterable[Slot], exceptions: Iterable[OtherDays], day: date, days_off: Collection[date] = ()
) -> list[Stretch]:
    """The free stretches of a day, in order, not touching each other.

    On a day off (a public holiday) the weekly pattern pauses.  What is added for a day counts also then; being away
    wins over everything.
    """
    pattern = [] if day in days_off else [(s.from_minute, s.to_minute) for s in slots if s.weekday == day.weekday()]
    today = [item for item in exceptions if item.covers(day)]
    added = [(item.from_minute, item.to_minute) for item in today if item.available]
    free = joined([*pattern, *added])
    for item in today:
        if not item.available:
            free = without(free, (item.from_minute, item.to_minute))
    return free


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Overlapping and touching stretches made one, in order."""
    kept: list[Stretch] = []
    for start, end in sorted(stretches):
        if kept and start <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(kept[-1][1], end))
        else:
            kept.append((start, end))
    return kept


def without(stretches: Iterable[Stretch], gone: Stretch) -> list[Stretch]:
    """What is left of the stretches outside `gone`."""
    left: list[Stretch] = []
    for start, end in stretches:
        left += [piece for piece in ((start, min(end, gone[0])), (max(start, gone[1]), end)) if piece[0] < piece[1]]
    return left


def tidy(slots: Iterable[Slot]) -> list[Slot]:
    """The weekly pattern with overlaps joined, Monday first."""
    given = list(slots)
    days = sorted({slot.weekday for slot in given})
    return [
        Slot(day, start, end)
        for day in days
        for start, end in joined((slot.from_minute, slot.to_minute) for slot in given if slot.weekday == day)
    ]


def slot_refusal(slots: Sequence[Slot]) -> str | None:
    """What is wrong with a weekly pattern: slot_backwards, slot_short, slot_outside; or None."""
    for slot in slots:
        if not (0 <= slot.weekday <= 6 and 0 <= slot.from_minute <= DAY and 0 <= slot.to_minute <= DAY):
            return "slot_outside"
        if slot.to_minute <= slot.from_minute:
            return "slot_backwards"
        if slot.to_minute - slot.from_minute < SHORTEST:
            return "slot_short"
    return None


def weekly_minutes(slots: Iterable[Slot]) -> int:
    """Free minutes in a usual week."""
    return sum(slot.to_minute - slot.from_minute for slot in tidy(slots))


@functools.lru_cache(maxsize=16)
def public_holidays(year: int) -> frozenset[date]:
    """The public holidays of mainland China in a year (days off; make-up workdays are ordinary days)."""
    return frozenset(holidays.country_holidays("CN", years=year))
