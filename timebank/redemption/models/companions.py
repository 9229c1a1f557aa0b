"""Who came for a member."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import Moment, code_of
from timebank.redemption.rules.companions import Consent, Relation


class Companion(Model):
    """The person who came for a member to redeem goods or to ask for care; no service changes it later."""

    __tablename__ = "companion"
    __table_args__ = (CheckConstraint("(redemption_id IS NULL) <> (request_id IS NULL)", name="one_matter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    redemption_id: Mapped[int | None] = mapped_column(ForeignKey("redemption.id"), unique=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("service_request.id"), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    relation: Mapped[Relation] = mapped_column(code_of(Relation))
    consent: Mapped[Consent] = mapped_column(code_of(Consent))
    reason: Mapped[str] = mapped_column(String(200))
    written_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
