"""Reading notices and letters."""

from timebank.notices.queries.outbox import (
    STATES,
    Inbox,
    Outgoing,
    inbox,
    outbox,
    shown,
    territory_of,
    unread,
    visible,
    waiting_and_failed,
)

__all__ = [
    "STATES",
    "Inbox",
    "Outgoing",
    "inbox",
    "outbox",
    "shown",
    "territory_of",
    "unread",
    "visible",
    "waiting_and_failed",
]
