"""Emptying the outbox.

A sender first claims a few notices in a transaction of its own (the attempt is counted and the next one moved into the
future), then sends them without holding any lock, then writes down how each went.  Two senders never hold the same one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import current_app
from sqlalchemy import select

from timebank.core import clock
from timebank.core.db import db, transaction
from timebank.notices import rules
from timebank.notices.channels import console, email, paper
from timebank.notices.channels.base import ChannelError, Letter
from timebank.notices.models import Notice
from timebank.notices.queries import wishes
from timebank.notices.queries.dead import too_late_for
from timebank.notices.service import copies
from timebank.notices.texts import copied, known_texts, render
from timebank.people import queries as people
from timebank.people.queries.briefs import contacts_of

log = logging.getLogger("timebank.notices")
BATCH = 20


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notice that this sender, and nobody else, sends now."""

    id: int
    person_id: int
    about_id: int | None
    kind: str
    facts: dict[str, Any]
    path: str
    attempts: int


def send_notices() -> str:
    """Sends everything that is due and returns a sentence about it (the job `send_notices`)."""
    sent = failed = 0
    while claimed := _claim():
        for notice, letter, channel in _letters(_due(claimed)):
            error = _try(channel, notice.id, letter)
            _write_down(notice.id, notice.attempts, channel, error)
            sent, failed = (sent + 1, failed) if error is None else (sent, failed + 1)
    return f"{sent} sent, {failed} not sent"


@transaction
def _claim() -> list[Claimed]:
    now = clock.now()
    due = (
        select(Notice)
        .where(Notice.state == "waiting", Notice.send_after <= now, ~too_late_for())
        .order_by(Notice.send_after, Notice.id)
        .limit(BATCH)
        .with_for_update(of=Notice, skip_locked=True)
    )
    claimed = []
    for row in db.session.scalars(due):
        row.attempts += 1
        row.send_after = now + rules.CLAIM
        claimed.append(_claimed(row))
    return claimed


def _claimed(row: Notice) -> Claimed:
    return Claimed(row.id, row.person_id, row.about_id, row.kind, dict(row.facts), row.path, row.attempts)


def _due(claimed: list[Claimed]) -> list[Claimed]:
    """Without the copies whose reader may not have them any more; those are not sent at all."""
    gone = copies.ended((one.id, one.person_id, one.about_id) for one in claimed if one.about_id is not None)
    if gone:
        copies.drop_notices(gone)
    return [one for one in claimed if one.id not in gone]


def _letters(claimed: list[Claimed]) -> list[tuple[Claimed, Callable[[], Letter], str]]:
    """The words and the way for each; a few statements for the whole batch, no database held while sending."""
    readers = people.briefs(one for notice in claimed for one in (notice.person_id, notice.about_id))
    contacts = contacts_of(notice.person_id for notice in claimed)
    too_late = {kind for kind, text in known_texts().items() if not text.paper}
    ways = wishes.ways_of(notice.person_id for notice in claimed)
    db.session.rollback()
    made: list[tuple[Claimed, Callable[[], Letter], str]] = []
    for notice in claimed:
        contact = contacts.get(notice.person_id, (None, None))
        address = contact[1]
        way = rules.channel(
            ways[notice.person_id],
            reachable=any(contact),
            by_mail=bool(address) and email.is_set_up(),
            in_time=notice.kind not in too_late,
        )
        reads = readers[notice.person_id].reads if notice.person_id in readers else "zh"
        about = readers[notice.about_id].name if notice.about_id in readers else ""
        made.append((notice, partial(_letter, notice, reads, address if way == "email" else "", about), way))
    return made


def _letter(notice: Claimed, language: str, address: str | None, about: str) -> Letter:
    words = render(notice.kind, notice.facts, language)
    if about:
        words = copied(words, about, language)
    link = f"{current_app.config['TIMEBANK_BASE_URL'].rstrip('/')}{notice.path}" if notice.path else ""
    return Letter(notice.id, notice.person_id, address or "", words.subject, words.body, link)


def _try(channel: str, notice_id: int, letter: Callable[[], Letter]) -> str | None:
    """Why it was not sent, or None.  Whatever goes wrong with one notice is its own failed attempt: others go on."""
    ways: dict[str, Callable[[Letter], None]] = {
        "email": email.send,
        "console": console.send,
        "letter": paper.send,
    }
    try:
        ways[channel](letter())
    except ChannelError as error:
        log.warning("notice %s was not sent: %s", notice_id, error)
        return str(error)
    except Exception as error:
        db.session.rollback()
        log.exception("notice %s could not be sent", notice_id)
        return type(error).__name__
    return None


@transaction
def _write_down(notice_id: int, attempts: int, channel: str, error: str | None) -> None:
    row = db.session.get_one(Notice, notice_id, with_for_update=True)
    if row.attempts != attempts:  # this sender was so slow that another one has taken over
        return
    now = clock.now()
    row.channel = channel
    row.error = (error or "")[:200]
    if error is None:
        row.state, row.sent_at = "sent", now
        return
    wait = rules.wait_after(attempts)
    row.state = "waiting" if wait else "failed"
    row.send_after = now + wait if wait else now
