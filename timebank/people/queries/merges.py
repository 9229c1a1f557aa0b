"""What domains that carried something from one record to another ask when the merge is made or undone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from timebank.core.db import db
from timebank.people.models import Merge


def merged_at(kept_id: int, merged_id: int) -> datetime | None:
    """When the one was merged into the other, the last time if it was undone and done again; None if it never was."""
    last = _last(kept_id, merged_id)
    return last.merged_at if last else None


def came_with(kept_id: int, merged_id: int) -> frozenset[int]:
    """The numbers that became the kept one's by the last merge of the two: the merged one and those behind it."""
    last = _last(kept_id, merged_id)
    return frozenset({merged_id, *(last.before.get("redirected", ()) if last else ())})


def _last(kept_id: int, merged_id: int) -> Merge | None:
    these = Merge.kept_id == kept_id, Merge.merged_id == merged_id
    return db.session.scalar(select(Merge).where(*these).order_by(Merge.id.desc()).limit(1))
