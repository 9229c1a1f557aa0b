"""The log of the process: for installations without e-mail; the person reads the notice on their own page."""

from __future__ import annotations

import logging

from timebank.notices.channels.base import Letter

log = logging.getLogger("timebank.notices")


def send(letter: Letter) -> None:
    """Writes one line; the body stays on the person's page."""
    log.info("notice %s to person %s: %s", letter.notice_id, letter.person_id, letter.subject)
