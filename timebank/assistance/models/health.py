"""Health files and category status of persons."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from timebank.assistance.rules.status import Category
from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import TERRITORY, EncryptedText, Moment, code_of


class HealthFile(Model):
    """What is known of a person's health (J20).  Everything medical is encrypted."""

    __tablename__ = "health_file"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    conditions: Mapped[str] = mapped_column(EncryptedText, default="")  # one on each line
    medication: Mapped[str] = mapped_column(EncryptedText, default="")
    failed_items: Mapped[str] = mapped_column(EncryptedText, default="")  # self-care items, comma between
    level: Mapped[str] = mapped_column(EncryptedText)
    care_every_days: Mapped[int | None]  # how often somebody should look in
    checked_on: Mapped[date | None]
    updated_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    updated_by: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class CategoryStatus(Model):
    """A person is in a category of low-income people from a day until (and with) a day (domain.md B6)."""

    __tablename__ = "category_status"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        Index("ix_category_status_category", "category", "starts_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    territory_code: Mapped[str] = mapped_column(TERRITORY, ForeignKey("territory.code"))
    category: Mapped[Category] = mapped_column(code_of(Category))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    decision: Mapped[str] = mapped_column(String(120), default="")  # number of the written decision
    recorded_by: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
