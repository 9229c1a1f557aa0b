"""A primary with a standby, and what happens to them."""

from __future__ import annotations

import os
import signal

from drills.books import cluster_books
from drills.databases import Cluster, run_as_owner
from drills.place import Place, wait_for
from tests.servers import OWNER


class Pair:
    """A primary and its standby.  `synchronous`: the primary acknowledges what the standby has flushed."""

    def __init__(self, place: Place, *, synchronous: bool) -> None:
        self.place = place
        self.synchronous = synchronous
        self.made = 0
        self.primary = cluster_books(place)
        self.primary.start()
        self.standby = self.attach()

    def attach(self) -> Cluster:
        """A new standby by pg_basebackup; returns when it follows the primary."""
        self.made += 1
        standby = Cluster(self.place, self.place.folder / f"standby{self.made}")
        words = ("-h", str(self.primary.folder), "-U", OWNER, "-D", str(standby.data), "-R", "-X", "stream")
        run_as_owner("pg_basebackup", *words, "--checkpoint=fast", "--no-sync", cwd=standby.folder)
        standby.start()
        wait_for("the standby's stream", lambda: bool(self._states()))
        self._wait_for_standby("*" if self.synchronous else "")
        if self.synchronous:
            wait_for("the synchronous standby", lambda: self._states() == ["sync"])
        self.standby = standby
        return standby

    def _states(self) -> list[str]:
        return (
            self.primary.ask("SELECT coalesce(array_agg(sync_state), '{}') FROM pg_stat_replication", "postgres") or []
        )

    def _wait_for_standby(self, names: str) -> None:
        self.primary.do(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'", "postgres")
        self.primary.do("SELECT pg_reload_conf()", "postgres")

    def freeze(self) -> None:
        """The standby receives nothing any more, and nobody has noticed yet."""
        os.kill(self.standby.worker("walreceiver"), signal.SIGSTOP)

    def fail_over(self, *, frozen: bool) -> None:
        """The primary is killed; the standby takes its place (`frozen`: with what it has on its disk)."""
        self.primary.kill()
        if frozen:
            self.standby.kill()
            self.standby.start()
        self.standby.ask("SELECT pg_promote(true, 60)", "postgres")
        self.primary = self.standby
        wait_for("the promotion", lambda: not self.primary.ask("SELECT pg_is_in_recovery()", "postgres"))
        self._wait_for_standby("")
