"""Searching at once, also where no jobs process runs: a process of its own, so that no page waits for a search."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from flask import current_app

from timebank.matching.service.accepting import work_offers
from timebank.matching.service.working import work_plans
from timebank.matching.waiting import wake

SWITCH = "TIMEBANK_PLAN_PROCESS"
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}  # a process with threads of its own is not copied safely
_begun: list[Any] = []  # the other ends of their standard input: closed with this server


def work() -> str:
    """Searches every plan that waits and asks the helpers of accepted ones; says how many of each."""
    asked = work_offers()  # people first: asking takes a moment, a search some minutes
    searched = work_plans()
    asked += work_offers()
    return f"{searched} plans searched, {asked} helpers asked"


def work_soon() -> None:
    """Wakes the process that does what waits, or starts it.

    The lease of each plan keeps two from doing the same, also the clock's job.
    Tests switch it off (they do the work themselves), as does a server that leaves it to the jobs process.
    """
    if not current_app.config.get(SWITCH, not current_app.testing) or wake(address()):
        return
    command = [sys.executable, "-m", "timebank.worker", address()]
    begun = subprocess.Popen(  # noqa: S603 - our own interpreter
        command,
        cwd=current_app.root_path,
        env=os.environ | ONE_THREAD,
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    _begun[:] = [*(one for one in _begun if one.poll() is None), begun]


def address() -> str:
    """Where the process of this instance and this database waits."""
    database = hashlib.sha256(current_app.config["SQLALCHEMY_DATABASE_URI"].encode()).hexdigest()
    return str(Path(current_app.config["TIMEBANK_INSTANCE"]) / f"worker-{database[:8]}")
