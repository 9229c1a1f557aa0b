"""Searching at once, also where no jobs process runs: a process of its own, so that no page waits for a search."""

from __future__ import annotations

import subprocess
import sys

from flask import current_app

from timebank.matching.service.accepting import work_offers
from timebank.matching.service.working import work_plans

SWITCH = "TIMEBANK_PLAN_PROCESS"


def work() -> str:
    """Searches every plan that waits and asks the helpers of accepted ones; says how many of each."""
    asked = work_offers()  # people first: asking takes a moment, a search some minutes
    searched = work_plans()
    asked += work_offers()
    return f"{searched} plans searched, {asked} helpers asked"


def work_soon() -> None:
    """Starts a process that does what waits; the lease of each plan keeps the clock's job from doing it too.

    Tests switch it off (they do the work themselves), as does a server that leaves it to the jobs process.
    """
    if not current_app.config.get(SWITCH, not current_app.testing):
        return
    command = [sys.executable, "-m", "timebank.matching.worker"]
    subprocess.Popen(command, cwd=current_app.root_path, start_new_session=True)  # noqa: S603 - our own interpreter
