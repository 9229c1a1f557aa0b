"""Signatures on a screen: the strokes of the pad as SVG path data."""

from __future__ import annotations

import re

MOST = 60_000  # characters
STROKES = re.compile(r"[MLml0-9 ,.\-]{20,}")


def signed(path: str) -> bool:
    """Is this something that somebody drew, and nothing but strokes?"""
    return len(path) <= MOST and STROKES.fullmatch(path.strip()) is not None
