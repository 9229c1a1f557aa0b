"""Writes the town: settlers first, then day after day up to this moment."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select, update

from timebank.core import clock
from timebank.core.clock import pretend
from timebank.core.db import db, transaction
from timebank.core.errors import Refused
from timebank.demo import (
    bank,
    cases,
    cast,
    closing,
    desk,
    life,
    now,
    packages,
    paper,
    partners,
    planning,
    requests,
    residents,
    settling,
    story,
    volunteers,
)
from timebank.demo.names import NameMaker
from timebank.demo.town import SYSTEM, Town
from timebank.notices.models import Notice
from timebank.people.models import Person

DAYS = 92
Progress = Callable[[int, int, str], None]


def is_empty() -> bool:
    """Nobody is registered yet."""
    return db.session.scalar(select(Person.id).limit(1)) is None


def build(scale: float = 1.0, seed: int = 1, progress: Progress = lambda done, of, words: None) -> Town:
    """Writes the town of this scale and seed as of today.  Raises `Refused("demo_not_empty")`."""
    if not is_empty():
        raise Refused("demo_not_empty")
    rng = random.Random(seed)  # noqa: S311 - a made-up town, not a secret
    today = clock.today()
    town = Town(rng, scale, clock.now(), today, today - timedelta(days=DAYS), NameMaker(rng))
    _prepare(town, progress)
    asks = requests.plans(town)
    for number, day in enumerate(life.days(town), 1):
        closing.close_months(town, day)
        life.live(town, day, asks.get(day, []))
        progress(10 + 85 * number // (DAYS + 1), 100, day.isoformat())
    _last_touches(town)
    planning.plan(town)
    progress(100, 100, "")
    return town


def _prepare(town: Town, progress: Progress) -> None:
    """The weeks before the first day."""
    steps: tuple[tuple[int, Callable[[Town], None]], ...] = (
        (20, residents.found),
        (20, bank.found),
        (19, _hire),
        (16, story.arrive),
        (15, residents.settle),
        (14, residents.doubles),
        (13, residents.responsible),
        (12, story.open_accounts),
        (6, volunteers.enlist),
        (2, desk.furnish),
        (2, partners.add),
        (2, packages.offer),
        (1, bank.carry_over),
    )
    for number, (days_before, step) in enumerate(steps):
        with pretend(clock.at(town.first - timedelta(days=days_before), 600)):
            _whole(step, town)
        progress(number, 100, step.__module__.rsplit(".", 1)[-1])


@transaction
def _whole(step: Callable[[Town], None], town: Town) -> None:
    step(town)


def _hire(town: Town) -> None:
    town.staff = cast.hire(SYSTEM, town.first - timedelta(days=30))


@transaction
def _last_touches(town: Town) -> None:
    """Cases, a basket that waits for the second clerk, and old notices that were sent and mostly read long ago."""
    cases.write(town)
    now.leave_open(town)
    planning.leave_waiting(town)
    with pretend(town.now - timedelta(hours=3)):
        closing.leave_waiting(town)
        settling.leave_waiting(town)
    day_old = Notice.send_after < town.now - timedelta(hours=20)
    sent = {"state": "sent", "channel": "console", "sent_at": Notice.send_after, "attempts": 1}
    db.session.execute(update(Notice).where(day_old).values(sent))
    week_old = Notice.send_after < town.now - timedelta(days=4)
    db.session.execute(update(Notice).where(week_old).values(read_at=Notice.send_after))
    paper.write_letters(town)
