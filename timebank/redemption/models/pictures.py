"""Pictures of goods, kept beside the rest: a backup has them, and no folder has to be shared between servers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import Moment


class GoodsPicture(Model):
    """The picture of an article in two sizes (JPEG); which one it is says `GoodsItem.picture`."""

    __tablename__ = "goods_picture"

    item_id: Mapped[int] = mapped_column(ForeignKey("goods_item.id"), primary_key=True)
    large: Mapped[bytes] = mapped_column(LargeBinary)
    small: Mapped[bytes] = mapped_column(LargeBinary)
    set_by: Mapped[int | None]
    set_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
