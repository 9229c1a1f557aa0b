"""Two desks, eight clerks and scarce goods, while lines drop and servers are killed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial

from sqlalchemy import text

from drills.clients import Line, Load
from drills.databases import Cluster
from drills.desk_books import CLERKS, FULL, SHORT, Size, cluster_desks, inside, judge, sqlite_desks
from drills.desk_server import Desks
from drills.place import Place
from drills.proxy import BadLine
from drills.report import Case, Outcome
from timebank.core.db import db

TITLE = "Eight clerks at two desks hand out the last goods over a bad line while the servers are killed"
KILLS = 4
PATIENCE = 600.0  # seconds all clerks together may take


def cases() -> list[Case]:
    """Both databases; on PostgreSQL also its own end.  The controls forget keys, and say yes before they commit."""
    return [
        Case("sqlite", partial(_play, name="sqlite", weak="", both=False)),
        Case("postgresql", partial(_play, name="postgresql", weak="", both=False), how="application killed"),
        Case("postgresql", partial(_play, name="postgresql", weak="", both=True), how="application and server killed"),
        *(
            Case(name, partial(_play, name=name, weak=way, both=False), words, rounds=3)
            for words, way in (("forgets keys", "no_keys"), ("acknowledges before commit", "acknowledges_first"))
            for name in ("sqlite", "postgresql")
        ),
    ]


class Clerks(Load):
    """Each clerk enters everything on a list, one after the other, until each has a clear answer."""

    def __init__(self, where: Callable[[], tuple[str, int]], size: Size, members: list[int]) -> None:
        self.size = size
        super().__init__(where, members, CLERKS)

    def _client(self, number: int) -> None:
        line: Line | None = None
        for person, article in self.size.asks(number):
            key = self.journal.new(self.accounts[person], number * 10 + article, 1)
            line = self._until_answered(line, key)
        if line:
            line.close()

    def finish(self) -> None:
        """Waits until every list is done.  Raises TimeoutError."""
        for thread in self._threads:
            thread.join(PATIENCE)
        if any(thread.is_alive() for thread in self._threads):
            self.stop(0)
            raise TimeoutError(f"the clerks do not come to an end: {self.journal.errors[-2:]}")


def _play(place: Place, rounds: int, name: str, weak: str, both: bool) -> Iterator[Outcome]:
    size = SHORT if place.short else FULL
    for _ in range(rounds):
        cluster = cluster_desks(place, size) if name == "postgresql" else None
        url = cluster.url if cluster else sqlite_desks(place, size)
        application = Desks(place, url, weak)
        application.start()
        yield _day(place, size, application, cluster if both else None)
        if cluster:
            cluster.kill()


def _day(place: Place, size: Size, application: Desks, cluster: Cluster | None) -> Outcome:
    """Every clerk's list, with kills in the middle; then the judgement."""
    kills = 1 if place.short else KILLS
    with BadLine(application.where, seed=kills) as line:
        clerks = Clerks(lambda: ("127.0.0.1", line.server_address[1]), size, _members(application.url))
        known = []
        for _ in range(kills):
            clerks.wait(place.some(size.due // (kills + 4), size.due // (kills + 2)), PATIENCE)
            known.append(len(clerks.journal.acknowledged()))
            _kill(application, cluster)
        clerks.finish()
        resets = line.resets
    application.kill()
    return judge(application.url, clerks.journal, size, resets=resets, known_at_kills=str(known))


def _kill(application: Desks, cluster: Cluster | None) -> None:
    """kill -9 of the application, and of the database server at the same moment where there is one."""
    ending = threading.Thread(target=cluster.kill) if cluster else None
    if ending:
        ending.start()
    application.kill()
    if cluster and ending:
        ending.join()
        cluster.start()
    application.start()


def _members(url: str) -> list[int]:
    with inside(url):
        return [int(number) for number in db.session.scalars(text("SELECT id FROM person ORDER BY id"))]
