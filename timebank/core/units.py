"""Minutes, money and moments in the reader's language, and typed minutes back into numbers."""

from __future__ import annotations

import re
from datetime import date, datetime

from flask_babel import get_locale

from timebank.core.clock import civil


def _chinese() -> bool:
    locale = get_locale()
    return locale is None or locale.language == "zh"


def minutes_text(minutes: int) -> str:
    """90 -> "1 h 30 min" or "1小时30分"; keeps the sign; 0 -> "0 min"."""
    sign = "−" if minutes < 0 else ""
    hours, rest = divmod(abs(minutes), 60)
    hour_unit, minute_unit, gap = ("小时", "分", "") if _chinese() else (" h", " min", " ")
    parts = [f"{hours}{hour_unit}"] if hours else []
    if rest or not hours:
        parts.append(f"{rest}{minute_unit if hours or not _chinese() else '分钟'}")
    return sign + gap.join(parts)


def money_text(fen: int) -> str:
    """12345 fen -> "¥123.45"."""
    sign = "−" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def difference_text(pieces: int) -> str:
    """3 -> "+3", -3 -> "−3" (a minus sign, no hyphen), 0 -> "0"."""
    return f"{pieces:+d}".replace("-", "−") if pieces else "0"


def day_text(day: date | datetime | None) -> str:
    """Y-M-D, of a moment on the civil calendar."""
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = civil(day).date()
    return day.isoformat()


WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def weekday_text(weekday: int) -> str:
    """0 -> "Mon" or "周一"."""
    return f"周{WEEKDAYS_ZH[weekday]}" if _chinese() else WEEKDAYS_EN[weekday]


def moment_text(moment: datetime | None) -> str:
    """ "2026-11-24 09:00" on the civil clock."""
    return "" if moment is None else civil(moment).strftime("%Y-%m-%d %H:%M")


def meeting_text(moment: datetime | None) -> str:
    """ "Tue 2026-11-24 09:00" or "2026-11-24 周二 09:00": a moment for which people make an appointment."""
    if moment is None:
        return ""
    at = civil(moment)
    weekday = weekday_text(at.weekday())
    return f"{at:%Y-%m-%d} {weekday} {at:%H:%M}" if _chinese() else f"{weekday} {at:%Y-%m-%d %H:%M}"


def clock_text(value: datetime | int | None) -> str:
    """ "09:00" of a moment, or of minutes from midnight."""
    if value is None:
        return ""
    if isinstance(value, int):
        return f"{value // 60:02d}:{value % 60:02d}"
    return civil(value).strftime("%H:%M")


def percent_text(permille: int) -> str:
    """725 -> "72.5 %"."""
    return f"{permille / 10:g} %"


_FORMS = (
    re.compile(r"(?P<h>\d+):(?P<m>[0-5]\d)"),
    re.compile(r"(?P<h>\d+)\s*(?:h|小时|时|個小時)\s*(?:(?P<m>\d+)\s*(?:min|m|分钟|分)?)?"),
    re.compile(r"(?P<m>\d+)\s*(?:min|m|分钟|分)?"),
)


def parse_minutes(text: str) -> int:
    """ "90", "1:30", "1h30", "1 h 30 min", "1小时30分" -> 90; "1.5h" -> 90.  Raises `ValueError`."""
    text = text.strip().lower()
    decimal = re.fullmatch(r"(\d+)[.,](\d+)\s*(?:h|小时)", text)
    if decimal:
        return round(float(f"{decimal[1]}.{decimal[2]}") * 60)
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            groups = found.groupdict()
            return int(groups.get("h") or 0) * 60 + int(groups.get("m") or 0)
    raise ValueError(text)


def fact_text(name: str, value: object) -> object:
    """How a fact of a refusal is written: `*_minutes` as hours and minutes, `*_fen` as money, moments by the clock.

    `difference` is a number with its sign ("-3").
    """
    if name == "difference":
        return difference_text(int(str(value)))
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, int) and name.endswith("minutes"):
        return minutes_text(value)
    if isinstance(value, int) and name.endswith("fen"):
        return money_text(value)
    return value
