"""Care packages, and who bought which."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import TERRITORY, Moment, code_of
from timebank.redemption.models.redemptions import ConfirmedHow


class CarePackage(Model):
    """Several visits of one kind of help, bought at once; offered at the desks of a place while active."""

    __tablename__ = "care_package"
    __table_args__ = (
        CheckConstraint("visits BETWEEN 2 AND 60", name="visits"),
        CheckConstraint("minutes > 0", name="minutes_positive"),
        Index("ix_care_package_territory", "territory_code", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_code: Mapped[str] = mapped_column(TERRITORY)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    service_code: Mapped[str] = mapped_column(ForeignKey("service_type.code"))
    visits: Mapped[int]
    minutes: Mapped[int]  # of one visit
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class PackagePurchase(Model):
    """A package bought by a member: the whole price is on hold until the request is decided, then visit by visit."""

    __tablename__ = "package_purchase"
    __table_args__ = (CheckConstraint("total_minutes > 0", name="total_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("care_package.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    territory_code: Mapped[str] = mapped_column(TERRITORY)  # of the desk
    request_id: Mapped[int] = mapped_column(ForeignKey("service_request.id"), unique=True)
    visits: Mapped[int]
    total_minutes: Mapped[int]  # the price of all visits
    hold_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)  # of the whole price; None once it is decided
    confirmed_how: Mapped[ConfirmedHow] = mapped_column(code_of(ConfirmedHow))
    clerk_name: Mapped[str] = mapped_column(String(80), default="")
    bought_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
