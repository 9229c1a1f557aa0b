"""Weekly free hours as text: `TUE 08:00-10:00; THU 14:00-16:30` (formats.md §1)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from timebank.people.rules.codes import Wrong

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_CHINESE = {f"{week}{day}": place for week in ("周", "星期", "礼拜") for place, day in enumerate("一二三四五六日")}
_CHINESE |= {f"{week}天": 6 for week in ("星期", "礼拜", "周")}
_ENGLISH = {name: place for place, name in enumerate(DAYS)}
_DAY = r"(?P<day>[A-Z]+\.?|(?:周|星期|礼拜)[一二三四五六日天])"
_SLOT = re.compile(_DAY + r"\s*(?P<from>[\d:]+)\s*[-\u2013\u2014~至到]\s*(?P<to>[\d:]+)")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
DAY_MINUTES = 1440


@dataclass(frozen=True, slots=True, order=True)
class WeeklySlot:
    """Free every week on a day (0 = Monday) from a minute to a minute after midnight, civil time."""

    weekday: int
    from_minute: int
    to_minute: int


def parse(text: str) -> tuple[WeeklySlot, ...]:
    """The slots in order of the week; stretches that touch or overlap become one.

    Raises `Wrong("availability_invalid")` with the part that cannot be read.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    parts = [part.strip() for part in re.split(r"[;；,，、\n]", plain) if part.strip()]
    return _joined(sorted(_slot(part) for part in parts))


def _slot(part: str) -> WeeklySlot:
    found = _SLOT.fullmatch(part)
    weekday = _weekday(found["day"]) if found else None
    if found is None or weekday is None:
        raise Wrong("availability_invalid", part=part)
    start, end = _minute(found["from"]), _minute(found["to"])
    if start is None or end is None or start >= end:
        raise Wrong("availability_invalid", part=part)
    return WeeklySlot(weekday, start, end)


def _weekday(text: str) -> int | None:
    return _CHINESE.get(text, _ENGLISH.get(text[:3]))


def _minute(text: str) -> int | None:
    found = _CLOCK.fullmatch(text)
    if not found or int(found[2]) > 59:
        return None
    minute = int(found[1]) * 60 + int(found[2])
    return minute if minute <= DAY_MINUTES else None


def _joined(slots: list[WeeklySlot]) -> tuple[WeeklySlot, ...]:
    joined: list[WeeklySlot] = []
    for slot in slots:
        last = joined[-1] if joined else None
        if last and last.weekday == slot.weekday and slot.from_minute <= last.to_minute:
            joined[-1] = WeeklySlot(last.weekday, last.from_minute, max(last.to_minute, slot.to_minute))
        else:
            joined.append(slot)
    return tuple(joined)


def text_of(slots: tuple[WeeklySlot, ...]) -> str:
    """The slots in the form of the file."""
    return "; ".join(f"{DAYS[s.weekday]} {_clock(s.from_minute)}-{_clock(s.to_minute)}" for s in slots)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
