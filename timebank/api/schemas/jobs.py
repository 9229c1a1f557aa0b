"""What runs by the clock."""

from __future__ import annotations

from datetime import datetime

from timebank.api.schemas.base import Answer


class JobLine(Answer):
    """A job: when it runs, how it went last (in words), and when it runs next; `late`: it should have run by now."""

    name: str
    text: str
    every_minutes: int | None
    daily_at: str | None
    running: bool
    late: bool
    last_started_at: datetime | None
    last_finished_at: datetime | None
    last_ok: bool | None
    last_summary: str
    next_at: datetime
    runs: int
    failures: int


class Jobs(Answer):
    """Jobs by name."""

    items: list[JobLine]


class RunLine(Answer):
    """A run of a job."""

    id: int
    started_at: datetime
    finished_at: datetime
    ok: bool
    summary: str


class Runs(Answer):
    """Runs, newest first."""

    items: list[RunLine]
    next: str | None = None


class Started(Answer):
    """The job runs now; its runs tell how it went."""

    name: str
