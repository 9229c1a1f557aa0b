"""Who has died: nothing is sent to them, and no copy of what they would have been told to who acted for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from timebank.notices.models import Notice
from timebank.people.models import Person


def has_died(person_id: Any) -> ColumnElement[bool]:
    """Is the person of this column (or the record theirs was merged into) written down as dead?"""
    row, kept = aliased(Person), aliased(Person)
    died = select(kept.id).join(row, kept.id == func.coalesce(row.merged_into_id, row.id))
    return died.where(row.id == person_id, kept.deceased_on.is_not(None)).exists()


def too_late_for() -> ColumnElement[bool]:
    """Notices to somebody who has died, and copies of theirs.  They wait: a death may be taken back."""
    return or_(has_died(Notice.person_id), has_died(Notice.about_id))
