"""The primary is killed under load and its standby takes its place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from drills.application import Application
from drills.books import judge, members
from drills.clients import Journal, Load
from drills.place import Place
from drills.report import Case, Outcome
from drills.standby import Pair

TITLE = "The primary is killed under load, its synchronous standby is promoted"


def cases() -> list[Case]:
    """The control's standby is asynchronous and lags behind."""
    return [
        Case("postgresql", partial(_play, synchronous=True), rounds=6),
        Case("postgresql", partial(_play, synchronous=False), weak="asynchronous standby that lags", rounds=2),
    ]


def _play(place: Place, rounds: int, synchronous: bool) -> Iterator[Outcome]:
    pair = Pair(place, synchronous=synchronous)
    accounts = members(pair.primary.url)
    journal = Journal()
    application = Application(place, pair.primary.url)
    application.start()
    for number in range(rounds):
        if number:
            pair.attach()
        if not synchronous:
            pair.freeze()
        load = Load(application.where, accounts, journal=journal)
        load.wait(place.some(40, 150))
        known = len(journal.acknowledged())
        pair.fail_over(frozen=not synchronous)
        application = moved(application, pair, load)
        yield judge(pair.primary.url, journal, known_at_kill=known)


def moved(application: Application, pair: Pair, load: Load) -> Application:
    """The application goes to the new primary; clients ask again there."""
    application.kill()
    application = Application(application.place, pair.primary.url, application.weak)
    application.start()
    load.where = application.where
    load.wait(1)
    load.stop()
    return application
