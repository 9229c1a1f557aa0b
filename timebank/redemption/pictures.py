"""Pictures of goods: whatever was uploaded is drawn anew, smaller, and without anything the camera wrote into it."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from timebank.core.errors import Refused

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 50_000_000  # a phone's camera has 48 million; more is a trap
LARGE, SMALL = 960, 160  # pixels on the longer side
PAPER = (255, 255, 255)  # behind what is transparent


@dataclass(frozen=True, slots=True)
class Pictures:
    """One picture in two sizes, JPEG; `digest` names it for good."""

    large: bytes
    small: bytes
    digest: str


def drawn_anew(upload: bytes) -> Pictures:
    """Reads an upload (JPEG, PNG or WebP) and draws it in both sizes, upright, without metadata.

    Raises `Refused` on the field `file`: goods_picture_large, goods_picture_unreadable.
    """
    if len(upload) > MOST_BYTES:
        raise Refused("goods_picture_large", field="file", most=MOST_BYTES // 2**20)
    picture = _read(upload)
    large, small = _saved(picture, LARGE), _saved(picture, SMALL)
    return Pictures(large, small, hashlib.sha256(large).hexdigest()[:32])


def _read(upload: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(upload), formats=FORMATS)
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused("goods_picture_large", field="file", most=MOST_BYTES // 2**20)
            picture.draft("RGB", (LARGE, LARGE))  # a large JPEG is read at the size that is needed
            return _on_paper(ImageOps.exif_transpose(picture))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise Refused("goods_picture_unreadable", field="file") from error


def _on_paper(picture: Image.Image) -> Image.Image:
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    paper = Image.new("RGBA", picture.size, (*PAPER, 255))
    paper.alpha_composite(picture.convert("RGBA"))
    return paper.convert("RGB")


def _saved(picture: Image.Image, longest: int) -> bytes:
    """A new picture of its points alone: colour profiles, places and names of cameras stay behind."""
    copy = picture.copy()
    copy.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    plain = Image.new("RGB", copy.size, PAPER)
    plain.paste(copy)
    out = BytesIO()
    plain.save(out, "JPEG", quality=82, optimize=True, progressive=True)
    return out.getvalue()
