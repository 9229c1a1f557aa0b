"""Signatures on a screen: the strokes of the pad as SVG path data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

MOST = 60_000  # characters
STROKES = re.compile(r"[MLml0-9 ,.\-]{20,}")


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a desk keeps of how a member agreed to a request: `how` "pad" or "companion", who signed or came.

    `says`: the same as a sentence in the reader's language; `signature`: strokes as SVG path data, or "".
    """

    at: datetime
    how: str
    name: str
    says: str
    signature: str


def signed(path: str) -> bool:
    """Is this something that somebody drew, and nothing but strokes?"""
    return len(path) <= MOST and STROKES.fullmatch(path.strip()) is not None
