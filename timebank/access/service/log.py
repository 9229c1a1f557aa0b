"""The log itself is only written by `core.audit`; here stands what is noted about reading it."""

from __future__ import annotations

from timebank.core import audit
from timebank.core.authority import Actor
from timebank.core.db import transaction


@transaction
def note_export(actor: Actor, name: str, rows: int) -> None:
    """Writes down that a part of the log left the house as a file."""
    audit.record(actor, "export.log", "file", name, rows=rows)
