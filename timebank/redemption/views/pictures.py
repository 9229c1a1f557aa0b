"""Pictures of goods: uploading one, and showing it."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from timebank.core.web import actor, commanded, permit, press, pressed_key, signed_in, submit
from timebank.redemption import service
from timebank.redemption.forms_stock import PictureForm
from timebank.redemption.queries import goods, pictures
from timebank.redemption.views.blueprint import bp

FOR_GOOD = "private, max-age=31536000, immutable"  # another picture has another address


@bp.get("/goods/<int:item_id>/picture/<digest>.jpg")
@signed_in
def picture(item_id: int, digest: str) -> Response:
    """The picture of an article (`?size=small`), for staff and for the members of its city."""
    small = request.args.get("size") == "small"
    answer = Response(pictures.picture(actor(), item_id, digest, small), mimetype="image/jpeg")
    answer.headers["Cache-Control"] = FOR_GOOD
    answer.set_etag(f"{digest}-{'small' if small else 'large'}")
    answer.make_conditional(request)
    return answer


@bp.route("/goods/<int:item_id>/picture", methods=["GET", "POST"])
@permit("goods.manage")
def new_picture(item_id: int) -> BaseResponse:
    """A picture and what it shows, in words."""
    article = goods.article(actor(), item_id)
    form = PictureForm(alt_zh=article.picture_alt_zh, alt_en=article.picture_alt_en)
    return submit(
        form,
        commanded(form, service.set_picture, item_id),
        done=url_for("redemption.article", item_id=item_id),
        said=_("The picture is set."),
        template="redemption/new_picture.html",
        article=article,
    )


@bp.post("/goods/<int:item_id>/picture/remove")
@permit("goods.manage")
def remove_picture(item_id: int) -> BaseResponse:
    """Without a picture again."""
    article = goods.article(actor(), item_id)
    return press(
        lambda: service.remove_picture(actor(), article.id, key=pressed_key()),
        done=url_for("redemption.article", item_id=item_id),
        said=_("The picture is removed."),
    )
