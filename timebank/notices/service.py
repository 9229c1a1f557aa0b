"""Writing notices.  `tell` is called inside the transaction of what happened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from timebank.core import clock
from timebank.core.db import db
from timebank.notices.models import Notice


def tell(
    person_id: int,
    kind: str,
    *,
    path: str = "",
    once: str | None = None,
    after: datetime | None = None,
    **facts: str | int,
) -> None:
    """Puts a notice into the outbox.  With `once`, a notice with that key is written only the first time."""
    if once is not None and db.session.scalar(select(Notice.id).where(Notice.once_key == once)):
        return
    db.session.add(
        Notice(person_id=person_id, kind=kind, facts=facts, path=path, once_key=once, send_after=after or clock.now())
    )
