"""The only place that asks what time it is, so that tests can say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

CIVIL = ZoneInfo("Asia/Shanghai")
_pretended: ContextVar[list[datetime] | None] = ContextVar("pretended_moment", default=None)
TICK = timedelta(milliseconds=1)


def now() -> datetime:
    """This moment, in UTC, timezone-aware."""
    pretended = _pretended.get()
    if pretended is None:
        return datetime.now(UTC)
    pretended[0] += TICK
    return pretended[0]


@contextmanager
def pretend(moment: datetime) -> Iterator[None]:
    """Inside the block it is `moment`, a millisecond later at each look: how the demo lives months in a minute."""
    token = _pretended.set([moment.astimezone(UTC)])
    try:
        yield
    finally:
        _pretended.reset(token)


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
