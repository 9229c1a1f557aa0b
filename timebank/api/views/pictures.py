"""Pictures of goods."""

from __future__ import annotations

from typing import Any

from flask import Response

from timebank.api.routing import read_file, write
from timebank.api.schemas.base import Done
from timebank.api.schemas.redemption import PictureBody, PictureQuery, PictureSet
from timebank.core.web import SIGNED_IN, actor, download
from timebank.redemption import service
from timebank.redemption.commands import NewPicture
from timebank.redemption.queries import goods, pictures

PICTURE = "/goods/<int:item_id>/picture"


@write(PICTURE, body=PictureBody, answer=PictureSet, permission="goods.manage", method="PUT")
def set_picture(item_id: int, body: PictureBody, key: str) -> dict[str, Any]:
    """The picture of an article; it is drawn anew in two sizes, without what the camera wrote into it."""
    goods.article(actor(), item_id)
    new = NewPicture(item_id, body.content, body.alt_zh, body.alt_en)
    return {"picture": service.set_picture(actor(), new, key=key)}


@write(PICTURE, answer=Done, permission="goods.manage", method="DELETE")
def remove_picture(item_id: int, key: str) -> dict[str, Any]:
    """The article has no picture any more."""
    service.remove_picture(actor(), goods.article(actor(), item_id).id, key=key)
    return {"done": True}


@read_file(f"{PICTURE}/<name>", "image/jpeg", permission=SIGNED_IN, query=PictureQuery)
def get_picture(item_id: int, name: str, query: PictureQuery) -> Response:
    """The picture of an article by its `picture`, for staff and for the members of its city."""
    return download(pictures.picture(actor(), item_id, name, query.small), f"{name}.jpg", "image/jpeg")
