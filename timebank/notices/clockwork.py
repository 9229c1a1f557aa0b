"""What notices do by the clock."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.jobs import Job
from timebank.notices.sending import send_notices
from timebank.notices.service.copies import clear_queue

JOBS = [
    Job("send_notices", send_notices, every_minutes=1, text=_l("Sends the messages that wait in the outbox")),
    Job(
        "clear_copies",
        clear_queue,
        every_minutes=60,
        text=_l("Takes copies that are not due any more off the print queue"),
    ),
]
