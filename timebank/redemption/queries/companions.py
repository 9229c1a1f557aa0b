"""Who came for a member, or what the member signed, as the receipt says it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from timebank.core.db import db
from timebank.redemption.models import Companion, DeskSignature


@dataclass(frozen=True, slots=True)
class CompanionInfo:
    """The name, and codes of how the two belong together and how the member agreed; the reason as written."""

    name: str
    relation: str
    consent: str
    reason: str


def companion_of(redemption_id: int) -> CompanionInfo | None:
    """Who came for the goods of a receipt, if not the member; one statement."""
    row = db.session.scalar(select(Companion).where(Companion.redemption_id == redemption_id))
    return CompanionInfo(row.name, row.relation.value, row.consent.value, row.reason) if row else None


def signature_of(redemption_id: int) -> str:
    """What was signed on the screen for the goods of a receipt; one statement."""
    strokes = db.session.scalar(select(DeskSignature.strokes).where(DeskSignature.redemption_id == redemption_id))
    return strokes or ""
