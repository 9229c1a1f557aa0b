"""What a member signed on the screen of the desk."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import LONG, Moment


class DeskSignature(Model):
    """The strokes under goods or under a request for care; no service changes them later."""

    __tablename__ = "desk_signature"
    __table_args__ = (CheckConstraint("(redemption_id IS NULL) <> (request_id IS NULL)", name="one_matter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    redemption_id: Mapped[int | None] = mapped_column(ForeignKey("redemption.id"), unique=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("service_request.id"), unique=True)
    strokes: Mapped[str] = mapped_column(LONG)  # SVG path data
    written_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
