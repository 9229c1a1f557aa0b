"""What notices do by the clock."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.core.jobs import Job
from timebank.notices.sending import send_notices

JOBS = [
    Job("send_notices", send_notices, every_minutes=1, text=_l("Sends the messages that wait in the outbox")),
]
