"""Organisations that give care for members' hours, the visits given to them, and what was settled with them."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import TERRITORY, Moment, code_of
from timebank.exchange.rules.partners import SettlementState

__all__ = ["Partner", "PartnerCare", "PartnerSettlement", "PartnerVisit"]


class Partner(Model):
    """An organisation that gives care in a place from one day on, until another where that is known."""

    __tablename__ = "partner"
    __table_args__ = (
        UniqueConstraint("registered_no", "territory_code", name="partner_once_in_a_place"),
        CheckConstraint("until_day IS NULL OR until_day >= from_day", name="until_after_from"),
        Index("ix_partner_territory", "territory_code", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    registered_no: Mapped[str] = mapped_column(String(32))  # unified social credit code
    contact: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(32))
    territory_code: Mapped[str] = mapped_column(TERRITORY)  # where it gives care
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))  # which settles with it
    from_day: Mapped[date]
    until_day: Mapped[date | None]  # the last day
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class PartnerCare(Model):
    """A kind of help that a partner gives."""

    __tablename__ = "partner_care"

    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"), primary_key=True)
    service_code: Mapped[str] = mapped_column(ForeignKey("service_type.code"), primary_key=True)


class PartnerVisit(Model):
    """A visit that is given by a partner: who gave it there, and who signed that it was so."""

    __tablename__ = "partner_visit"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True, autoincrement=False)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"), index=True)
    given_by: Mapped[int | None]
    given_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    signed_by: Mapped[str] = mapped_column(String(80), default="")


class PartnerSettlement(Model):
    """What a partner had earned until the end of a closed month, settled on its invoice."""

    __tablename__ = "partner_settlement"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes_positive"),
        Index(
            "uq_partner_settlement_month",
            "partner_id",
            "month",
            unique=True,
            sqlite_where=text("state <> 'declined'"),
            postgresql_where=text("state <> 'declined'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"), index=True)
    month: Mapped[str] = mapped_column(String(7))  # "2026-11"
    minutes: Mapped[int]
    invoice_no: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[SettlementState] = mapped_column(code_of(SettlementState), default=SettlementState.WAITING)
    asked_by: Mapped[int | None]
    asked_name: Mapped[str] = mapped_column(String(80), default="")
    asked_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    decided_by: Mapped[int | None]
    decided_name: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    answer: Mapped[str] = mapped_column(String(200), default="")  # why it was declined
    transfer_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
