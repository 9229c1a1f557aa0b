"""Reading spreadsheets at once, also where no jobs process runs: a thread of the web server works the queue."""

from __future__ import annotations

import threading

from flask import Flask, current_app

from timebank.people.service.imports import work_imports

SWITCH = "TIMEBANK_IMPORT_THREAD"


def work_soon() -> None:
    """Starts a thread that reads what waits; the lease of each run keeps the clock's job from doing it too.

    Tests switch it off (they read the queue themselves), as does a server that leaves the work to the jobs process.
    """
    if not current_app.config.get(SWITCH, not current_app.testing):
        return
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    threading.Thread(target=_work, args=(app,), name="people-import", daemon=True).start()


def _work(app: Flask) -> None:
    with app.app_context():
        try:
            work_imports()
        except Exception:
            app.logger.exception("a spreadsheet could not be read to its end")
