"""Who came for a member, or what the member signed, as the receipt says it."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from timebank.core.db import db
from timebank.exchange.rules.signatures import Agreement
from timebank.redemption.models import Companion, DeskSignature
from timebank.redemption.words import CONSENTS, RELATIONS


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
    return _info(row) if row else None


def _info(row: Companion) -> CompanionInfo:
    return CompanionInfo(row.name, row.relation.value, row.consent.value, row.reason)


def signature_of(redemption_id: int) -> str:
    """What was signed on the screen for the goods of a receipt; one statement."""
    strokes = db.session.scalar(select(DeskSignature.strokes).where(DeskSignature.redemption_id == redemption_id))
    return strokes or ""


def agreement_of(request_id: int, member: str, *, why: bool) -> Agreement | None:
    """How a member (by name) agreed to care, with the reason of a companion if `why`; one or two statements.

    None where nothing is kept: a PIN or a paper stood for it.
    """
    drawn = db.session.scalar(select(DeskSignature).where(DeskSignature.request_id == request_id))
    if drawn is not None:
        says = _("Signed on the screen of the desk: %(name)s", name=member)
        return Agreement(drawn.written_at, "pad", member, says, drawn.strokes)
    row = db.session.scalar(select(Companion).where(Companion.request_id == request_id))
    return Agreement(row.written_at, "companion", row.name, _came(row, why), "") if row else None


def _came(row: Companion, why: bool) -> str:
    relation, consent = RELATIONS[row.relation], CONSENTS[row.consent]
    who = _("%(name)s (%(relation)s) came for the member", name=row.name, relation=relation)
    said = _("How the member agreed: %(how)s", how=consent)
    parts = [who, said, _("Reason: %(reason)s", reason=row.reason)]
    return " · ".join(parts if why else parts[:2])
