"""What the time bank told one."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.base import Done, PageQuery
from timebank.api.schemas.people import NoticesPage
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
    """The notice was read; saying so again changes nothing, so the key is not kept."""
    service.mark_read(actor(), notice_id)
    return {"done": True}
