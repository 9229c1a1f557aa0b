"""Tables of the territory."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core.db import Model
from timebank.core.types import TERRITORY, code_of
from timebank.territory.rules import Duty, Level

__all__ = ["Duty", "Level", "Responsibility", "Territory"]


class Territory(Model):
    """A place with a published code: province 2 digits, city 4, district 6, street 9, community 12, grid 15."""

    __tablename__ = "territory"
    __table_args__ = (CheckConstraint("parent_code IS NULL OR code LIKE parent_code || '%'", name="nested"),)

    code: Mapped[str] = mapped_column(TERRITORY, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    level: Mapped[Level] = mapped_column(code_of(Level))
    parent_code: Mapped[str | None] = mapped_column(TERRITORY, ForeignKey("territory.code"), index=True)
    lat: Mapped[float | None]
    lon: Mapped[float | None]


class Responsibility(Model):
    """A person answers for a territory (domain.md C2 Grid, J09, J31)."""

    __tablename__ = "responsibility"
    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_code: Mapped[str] = mapped_column(TERRITORY, ForeignKey("territory.code"), index=True)
    duty: Mapped[Duty] = mapped_column(code_of(Duty))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    phone: Mapped[str] = mapped_column(String(32), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
