"""The only place that asks what time it is, so that tests can say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

CIVIL = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This moment, in UTC, timezone-aware."""
    return datetime.now(UTC)


def today() -> date:
    """Today's civil date (Asia/Shanghai)."""
    return now().astimezone(CIVIL).date()


def civil(moment: datetime) -> datetime:
    """The moment on the wall clock of Asia/Shanghai."""
    return moment.astimezone(CIVIL)


def at(day: date, minute: int) -> datetime:
    """The moment `minute` minutes after civil midnight of `day`, in UTC."""
    hour, rest = divmod(minute, 60)
    extra, hour = divmod(hour, 24)
    return (datetime(day.year, day.month, day.day, hour, rest, tzinfo=CIVIL) + timedelta(days=extra)).astimezone(UTC)
