"""What can be refused.  A refusal carries a code and facts; texts stand in each domain's `texts.py`."""

from __future__ import annotations


class TimebankError(Exception):
    """Base of every error a user may see.  `status` is the HTTP status of the answer."""

    status = 400

    def __init__(self, code: str, *, field: str | None = None, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.field = field
        self.facts = facts


class Refused(TimebankError):
    """A rule was broken; nothing was changed.  `field` names the form field it belongs to."""

    status = 422


class Conflict(Refused):
    """Somebody else was first, or the same key came with other content (409)."""

    status = 409


class NotAllowed(TimebankError):
    """The actor has no grant for this in this territory (403).  `code` is the permission asked for."""

    status = 403


class NotFound(TimebankError):
    """There is no such thing, or the actor may not know that there is (404)."""

    status = 404


class Busy(TimebankError):
    """The database was too busy; the same request may be sent again (503)."""

    status = 503


class DiskFull(Busy):
    """The database could not write: its disk is full or does not take it; nothing was changed (503)."""


class NotDurable(Busy):
    """The work is done, but its standby did not say that it has it; the same request, with the same key, asks (503)."""
