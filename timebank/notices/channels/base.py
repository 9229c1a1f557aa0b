"""What every channel is given, and what it raises."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice in words, on its way to one person."""

    notice_id: int
    person_id: int
    to: str  # e-mail address; empty on the console
    subject: str
    body: str
    link: str


class ChannelError(Exception):
    """The channel did not take the letter; it is tried again later."""
