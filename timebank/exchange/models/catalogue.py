"""Schemes (owners of parameters) and the catalogue of services."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core.db import Model
from timebank.core.types import TERRITORY


class Scheme(Model):
    """A time bank of a city or a street with parameters of its own (domain.md B1 consequence 1).

    `tenant` is the city's code as a number (3201): hours are saved and redeemed everywhere in the city.
    Parameters are asked with the scopes of `exchange.queries.schemes.scopes(scheme)`: scheme, parent, city, "".
    """

    __tablename__ = "scheme"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)  # "nanjing", "yaohua"
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    tenant: Mapped[int]
    territory_code: Mapped[str] = mapped_column(TERRITORY, ForeignKey("territory.code"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("scheme.id"))


class ServiceType(Model):
    """A kind of help: cleaning, cooking, bathing … (domain.md B2, tb.service_groups)."""

    __tablename__ = "service_type"
    __table_args__ = (
        CheckConstraint("weight_permille > 0", name="weight_positive"),
        CheckConstraint("max_minutes > 0", name="max_minutes_positive"),
    )

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    group: Mapped[str] = mapped_column("service_group", String(32))  # meals, bathing, cleaning, emergency, …
    needs_training: Mapped[bool] = mapped_column(default=False)
    needs_insurance: Mapped[bool] = mapped_column(default=False)  # risky work (L3 art. 17)
    same_sex_only: Mapped[bool] = mapped_column(default=False)  # e.g. bathing
    max_self_care_loss: Mapped[str] = mapped_column(String(16), default="full_loss")  # most a helper here copes with
    weight_permille: Mapped[int] = mapped_column(default=1000)  # 1.00 (domain.md B1 consequence 3)
    max_minutes: Mapped[int] = mapped_column(default=240)
    usual_minutes: Mapped[int] = mapped_column(default=60)
    sort: Mapped[int] = mapped_column(default=100)
    active: Mapped[bool] = mapped_column(default=True)
