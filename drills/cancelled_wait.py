"""Somebody ends the wait for a standby that does not answer; then the primary is lost.

PostgreSQL answers a cancelled wait with success and a warning: the transfer stands on the primary only.  A request that
comes again with the same key finds it there.  Neither may be taken for an acknowledgement.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

from drills.application import Application
from drills.books import judge, members
from drills.clients import Journal, Load
from drills.place import Place, wait_for
from drills.report import Case, Outcome
from drills.standby import Pair
from drills.standby_promotion import moved

TITLE = "The wait for a frozen standby is cancelled, then the primary is lost"
WAITING = "FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND backend_type = 'client backend'"

RESTART = "restart"


def cases() -> list[Case]:
    """Cancelled, the connection ended, or the application restarted.  The control takes errors for success."""
    return [
        Case("postgresql", partial(_play, end="pg_cancel_backend", weak=""), how="cancelled", rounds=2),
        Case("postgresql", partial(_play, end="pg_terminate_backend", weak=""), how="connection ended", rounds=2),
        Case("postgresql", partial(_play, end=RESTART, weak=""), how="application restarted", rounds=2),
        Case("postgresql", partial(_play, end="pg_terminate_backend", weak="deaf"), weak="takes errors for success"),
    ]


def _play(place: Place, rounds: int, end: str, weak: str) -> Iterator[Outcome]:
    for _ in range(rounds):
        with Place(place.templates, short=place.short) as own:
            yield _once(own, end, weak)


def _once(place: Place, end: str, weak: str) -> Outcome:
    pair = Pair(place, synchronous=True)
    application = Application(place, pair.primary.url, weak)
    application.start()
    load = Load(application.where, members(pair.primary.url), journal=Journal())
    load.wait(20)
    pair.freeze()
    wait_for("that somebody waits for the standby", lambda: bool(pair.primary.ask(f"SELECT count(*) > 0 {WAITING}")))
    time.sleep(0.5)  # the others come as well, or wait for the rows of who waits
    known = len(load.journal.acknowledged())
    if end == RESTART:
        application.restart()
    else:
        pair.primary.ask(f"SELECT count({end}(pid)) {WAITING}")
    time.sleep(1)
    after = len(load.journal.acknowledged()) - known
    pair.fail_over(frozen=True)
    moved(application, pair, load)
    return judge(pair.primary.url, load.journal, acknowledged_after_the_end=after)
