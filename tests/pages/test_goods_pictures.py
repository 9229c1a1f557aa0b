"""Pictures of goods: drawn anew, shown to whom the goods are shown, kept by browsers."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from tests.conftest import new_client
from tests.factories import redemption as desk
from tests.factories import town
from tests.pages.api_walk import Step, Walk
from tests.pages.client import CheckingClient
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.redemption import pictures
from timebank.redemption.models import GoodsItem, GoodsPicture

SignIn = Callable[[CheckingClient, int], CheckingClient]
CAMERA = "SECRET CAMERA"


def upload(size: tuple[int, int] = (1200, 600), kind: str = "JPEG", mode: str = "RGB") -> bytes:
    """A picture as a phone makes it: lying on its side, with the camera and the place in it."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[0x010F] = CAMERA
    exif.get_ifd(0x8825)[2] = (32.0, 6.0, 0.0)  # GPS latitude
    out = BytesIO()
    Image.new(mode, size, (200, 30, 30, 0)[: len(mode)]).save(out, kind, exif=exif)
    return out.getvalue()


def test_a_picture_is_drawn_anew_upright_small_and_without_what_the_camera_wrote() -> None:
    given = upload()
    assert CAMERA.encode() in given
    made = pictures.drawn_anew(given)
    large, small = (Image.open(BytesIO(one)) for one in (made.large, made.small))
    assert (large.format, large.size, small.size) == ("JPEG", (480, 960), (80, 160))
    assert not large.getexif()
    assert not small.getexif()
    assert CAMERA.encode() not in made.large + made.small
    clear = Image.open(BytesIO(pictures.drawn_anew(upload(kind="PNG", mode="RGBA")).large))
    assert clear.getpixel((5, 5)) == (255, 255, 255), "what is transparent is paper"
    assert pictures.drawn_anew(upload(kind="WEBP")).digest != made.digest


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unreadable"),
        (upload()[:900], "unreadable"),
        (b"GIF89a" + bytes(40), "unreadable"),
        (b"x" * (pictures.MOST_BYTES + 1), "large"),
    ],
)
def test_what_is_no_picture_or_too_large_is_refused_on_its_field(content: bytes, code: str) -> None:
    with pytest.raises(Refused, match=f"goods_picture_{code}") as refused:
        pictures.drawn_anew(content)
    assert refused.value.field == "file"


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 100)
    with pytest.raises(Refused, match="goods_picture_large"):
        pictures.drawn_anew(upload((20, 20)))


def test_from_the_upload_to_every_page_that_shows_goods(app: Flask, client: CheckingClient, sign_in: SignIn) -> None:
    town.town()
    shop, person = desk.shop(), desk.saver(30)
    clerk = sign_in(client, town.account_of(town.clerk()))
    page = f"/goods/{shop.rice}/picture"
    assert "goods.svg" in clerk.get(page).text
    bad = {"key": "picture-0", "upload": (BytesIO(b"not a picture"), "rice.jpg"), "alt_zh": "红色袋子", "alt_en": ""}
    refused = clerk.post(page, data=bad, content_type="multipart/form-data")
    assert refused.status_code == 422
    assert 'id="upload-error"' in refused.text
    assert "红色袋子" in refused.text
    good = {**bad, "key": "picture-1", "upload": (BytesIO(upload()), "rice.jpg"), "alt_en": "A red bag"}
    assert clerk.post(page, data=good, content_type="multipart/form-data").status_code == 303
    digest = db.session.get_one(GoodsItem, shop.rice).picture
    address = f"/goods/{shop.rice}/picture/{digest}.jpg"
    clerk.post(f"/desk/{shop.desk}/member/{person}/basket", data={"code": "RICE5"})
    for path in ("/goods", f"/goods/{shop.rice}", f"/desk/{shop.desk}/stock", f"/desk/{shop.desk}/member/{person}"):
        shown = clerk.get(path).text
        assert address in shown, path
        assert 'alt="A red bag"' in shown, path
    member = sign_in(new_client(app), town.account_of(town.member(person)))
    assert address in member.get("/my/goods").text
    for who in (clerk, member):
        answer = who.get(f"{address}?size=small")
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert "immutable" in answer.headers["Cache-Control"]
        assert "private" in answer.headers["Cache-Control"]
        again = who.get(f"{address}?size=small", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
    assert len(clerk.get(address).data) > len(answer.data)
    assert member.get(address.replace(digest, "0" * 32)).status_code == 404
    far = town.person("远方", territory=town.SHUANGGANG)
    stranger = sign_in(new_client(app), town.account_of(town.member(far)))
    assert stranger.get(address).status_code == 404
    assert new_client(app).get(address).status_code == 302
    assert re.search(r'action="[^"]*/picture/remove"', clerk.get(page).text)
    assert clerk.post(f"{page}/remove", data={"key": "picture-2"}).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(GoodsPicture)) == 0
    assert member.get(address).status_code == 404


PICTURES = [
    Step(
        "set_picture",
        "clerk",
        lambda _: {"content": base64.b64encode(upload((8, 8))).decode(), "alt_en": "A red bag"},
        no={"other": 404, "broker": 403, "member": 403},
    ),
    Step("get_article", "clerk", sees=lambda answer, facts: facts.setdefault("name", answer["article"]["picture"])),
    Step("get_picture", "member", query="small=true", no={"other": 404}, sees=lambda answer, _: len(answer) > 100),
    Step("remove_picture", "clerk", no={"other": 404, "broker": 403, "member": 403}),
]


def test_a_picture_is_set_and_removed_through_the_api(app: Flask) -> None:
    town.town()
    person, shop = desk.saver(30), desk.shop()
    actors = {
        "clerk": town.clerk(),
        "other": town.clerk(town.WULAOCUN),
        "broker": town.broker(),
        "member": town.member(person),
    }
    Walk(app, actors, {"item_id": shop.rice}).through(PICTURES)
