"""The print queue: a notice becomes a letter for whom it is, and a copy for who acts for them.

A coordinator prints the street's letters and says when they are posted (`service.letters`).
"""

from __future__ import annotations

from timebank.notices.channels.base import Letter
from timebank.notices.service.letters import queue


def send(letter: Letter) -> None:
    """Puts the letter and its copies into the queue, once."""
    queue(letter.notice_id)
