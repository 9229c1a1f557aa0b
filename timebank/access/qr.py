"""The picture on a card."""

from __future__ import annotations

import io

import segno


def svg(code: str) -> bytes:
    """The QR code of a card as an SVG picture."""
    out = io.BytesIO()
    segno.make(code, error="m", micro=False).save(out, kind="svg", scale=8, border=2, xmldecl=False)
    return out.getvalue()
