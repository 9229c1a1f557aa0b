"""Drawings of the demo's goods, from a few shapes each."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

SIDE = 100  # the drawings' own units
SCALE = 10  # points of a unit while drawing; half of them stay, so that edges are smooth
PAPER, SHADE = "#eef3f1", "#dbe5e1"
WHITE, INK = "#ffffff", "#3a4a45"
# Form, colour, places: "box" (x0 y0 x1 y1 radius), "round" (x0 y0 x1 y1), "area" (x y …).
Shape = tuple[str, str, tuple[float, ...]]

_TRAY: list[Shape] = [
    ("round", "#d9a066" if (row + column) % 2 else "#e3b27c", (x, y, x + 13, y + 15))
    for row, y in enumerate((30, 43, 56))
    for column, x in enumerate((15, 29.5, 44, 58.5, 73))
]
_ROLLS: list[Shape] = [
    shape
    for x, y in ((14, 52), (38, 52), (62, 52), (26, 24), (50, 24))
    for shape in (
        ("box", WHITE, (x, y, x + 24, y + 28, 10)),
        ("round", "#c9b59b", (x + 9, y + 10, x + 15, y + 18)),
    )
]
_NOODLES: list[Shape] = [("box", "#f3dfa2", (x, 12, x + 3, 88, 1)) for x in range(32, 67, 4)]
DRAWINGS: dict[str, list[Shape]] = {
    "RICE5": [
        ("area", "#c8a97e", (24, 24, 76, 24, 82, 88, 18, 88)),
        ("area", "#b08d5f", (24, 24, 32, 12, 68, 12, 76, 24)),
        ("box", "#8a6a41", (28, 21, 72, 26, 2)),
        ("round", WHITE, (33, 40, 67, 74)),
        ("round", "#d9c7a3", (40, 50, 46, 62)),
        ("round", "#d9c7a3", (48, 46, 54, 58)),
        ("round", "#d9c7a3", (55, 54, 61, 66)),
    ],
    "OIL1": [
        ("box", "#2f7d4f", (42, 8, 58, 18, 3)),
        ("area", "#f4cf58", (42, 18, 58, 18, 72, 36, 72, 40, 28, 40, 28, 36)),
        ("box", "#f4cf58", (28, 36, 72, 92, 6)),
        ("box", WHITE, (28, 52, 72, 78, 0)),
        ("round", "#f0b429", (42, 57, 58, 73)),
        ("round", "#8a5a13", (46.5, 61.5, 53.5, 68.5)),
    ],
    "EGG30": [
        *_TRAY,
        ("area", "#9aa8a3", (8, 66, 92, 66, 86, 84, 14, 84)),
        ("area", "#86958f", (8, 62, 92, 62, 92, 68, 8, 68)),
    ],
    "NOODLE": [
        *_NOODLES,
        ("box", "#c0392b", (27, 34, 73, 66, 3)),
        ("box", WHITE, (32, 44, 68, 56, 2)),
    ],
    "MILK": [
        ("area", "#d7e9f7", (30, 28, 40, 12, 72, 12, 70, 28)),
        ("box", "#4a90c9", (30, 28, 70, 90, 2)),
        ("area", "#3b78aa", (70, 28, 72, 12, 82, 24, 82, 84, 70, 90)),
        ("round", WHITE, (36, 44, 64, 76)),
        ("area", "#4a90c9", (50, 49, 57, 63, 43, 63)),
        ("round", "#4a90c9", (43, 57, 57, 70)),
    ],
    "SOAP": [
        ("box", "#7fb8a4", (16, 44, 84, 78, 16)),
        ("box", "#9ccfbd", (16, 38, 84, 70, 16)),
        ("box", "#7fb8a4", (32, 46, 68, 62, 8)),
        ("round", WHITE, (66, 18, 80, 32)),
        ("round", WHITE, (52, 24, 61, 33)),
        ("round", WHITE, (78, 10, 86, 18)),
    ],
    "TISSUE": _ROLLS,
    "WASH": [
        ("box", "#2c5f9e", (36, 8, 56, 20, 3)),
        ("area", "#3d7cc9", (34, 20, 58, 20, 78, 40, 78, 92, 26, 92, 26, 34)),
        ("box", PAPER, (62, 44, 71, 68, 4)),
        ("round", WHITE, (32, 54, 58, 80)),
        ("round", "#3d7cc9", (38, 62, 46, 70)),
        ("round", "#3d7cc9", (46, 60, 52, 66)),
    ],
    "TOWEL": [
        ("box", INK, (12, 14, 88, 19, 2)),
        ("box", "#e59a8c", (24, 16, 76, 82, 2)),
        ("box", WHITE, (24, 58, 76, 63, 0)),
        ("box", WHITE, (24, 67, 76, 70, 0)),
        *(("box", "#d07f70", (x, 82, x + 2, 88, 0)) for x in range(25, 76, 6)),
    ],
    "SALT": [
        ("box", WHITE, (28, 18, 72, 88, 4)),
        ("box", "#4f7f9d", (28, 18, 72, 28, 3)),
        ("box", "#4f7f9d", (28, 72, 72, 88, 3)),
        ("area", "#9fc3d8", (50, 36, 62, 50, 50, 64, 38, 50)),
        ("area", "#c9e0ec", (50, 36, 62, 50, 50, 50, 38, 50)),
    ],
}


def drawing(sku: str) -> bytes:
    """The picture of an article of the demo as PNG, square.  Raises KeyError for another article."""
    side = SIDE * SCALE
    picture = Image.new("RGB", (side, side), PAPER)
    pen = ImageDraw.Draw(picture)
    _draw(pen, ("round", SHADE, (14, 84, 86, 96)))
    for shape in DRAWINGS[sku]:
        _draw(pen, shape)
    out = BytesIO()
    picture.resize((side // 2, side // 2), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()


def _draw(pen: ImageDraw.ImageDraw, shape: Shape) -> None:
    form, colour, places = shape
    points = [round(place * SCALE) for place in places]
    if form == "area":
        pen.polygon(list(zip(points[::2], points[1::2], strict=True)), fill=colour)
    elif form == "round":
        pen.ellipse(points, fill=colour)
    else:
        pen.rounded_rectangle(points[:4], points[4], fill=colour)
