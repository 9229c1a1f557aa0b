"""What the time bank told one, and the outbox."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.base import Done, PageQuery
from timebank.api.schemas.notices import AllRead, NoticesPage, OutboxCounts, OutboxPage, OutboxQuery
from timebank.core.errors import NotFound
from timebank.core.paging import Page
from timebank.core.web import SIGNED_IN, actor
from timebank.notices import queries, service


@read("/notices", NoticesPage, permission=SIGNED_IN, query=PageQuery)
def list_notices(query: PageQuery) -> Page[queries.Inbox]:
    """One's own notices, unread first, in the language asked for."""
    person_id = actor().person_id
    if person_id is None:
        raise NotFound("no_such_person")
    return queries.inbox(person_id, query.after or "", query.limit)


@write("/notices/<int:notice_id>/read", answer=Done, permission=SIGNED_IN)
def mark_notice_read(notice_id: int, key: str) -> dict[str, Any]:
    """The notice was read."""
    service.mark_read(actor(), notice_id, key=key)
    return {"done": True}


@write("/notices/read", answer=AllRead, permission=SIGNED_IN)
def mark_all_notices_read(key: str) -> dict[str, Any]:
    """Everything that is shown was read."""
    return {"read": service.mark_all_read(actor(), key=key)}


@read("/outbox", OutboxPage, permission="notices.read", query=OutboxQuery)
def list_outbox(query: OutboxQuery) -> Page[queries.Outgoing]:
    """What was and will be sent to people of one's territories.

    A message that would tell of assistance is shown only to who may know of it.
    """
    return queries.outbox(
        actor(), state=query.state or "", person_id=query.person_id, after=query.after or "", limit=query.limit
    )


@read("/outbox/counts", OutboxCounts, permission="notices.read")
def count_outbox() -> dict[str, int]:
    """How many messages of one's territories wait, and how many have failed."""
    return queries.waiting_and_failed(actor())


@write("/outbox/<int:notice_id>/again", permission="notices.retry")
def send_notice_again(notice_id: int, key: str) -> dict[str, Any]:
    """Tries a message that failed once more."""
    return {"id": service.send_again(actor(), notice_id, key=key)}
