"""What a colleague had typed of a call."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.matching.models import CallDraft


@dataclass(frozen=True, slots=True)
class Draft:
    """The fields of the form by name, and when they were kept."""

    typed: dict[str, list[str]]
    kept_at: datetime


def draft(actor: Actor) -> Draft | None:
    """The actor's own draft, or None; one statement."""
    row = db.session.get(CallDraft, actor.account_id or 0)
    return Draft(json.loads(row.typed), row.kept_at) if row else None
