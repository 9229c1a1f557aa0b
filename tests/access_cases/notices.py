"""Who gets which page of notices."""

from typing import Any

from sqlalchemy import select

from tests.architecture.cases import Case, Facts
from timebank.core.db import db
from timebank.notices.models import Notice
from timebank.notices.service import tell


def _notice(facts: Facts) -> dict[str, Any]:
    tell(facts["person"], "grant_given", path="/my/account")
    return {"notice": db.session.scalar(select(Notice.id))}


def _notice_id(facts: Facts) -> dict[str, Any]:
    return {"notice_id": facts["notice"]}


READERS = dict.fromkeys(
    (
        "broker",
        "other_broker",
        "social_worker",
        "other_social_worker",
        "operator",
        "auditor",
        "admin",
        "street_admin",
        "other_admin",
    ),
    200,
)
AGAIN = {"broker": 303, "operator": 303, "admin": 303, "street_admin": 303, "other_broker": 404, "other_admin": 404}

ACCESS_CASES = [
    Case("notices.inbox", others=200, make=_notice),
    Case("notices.open_notice", _notice_id, {"owner": 303}, others=404, method="POST", make=_notice),
    Case("notices.outbox", statuses=READERS, make=_notice),
    Case("notices.send_again", _notice_id, AGAIN, method="POST", make=_notice),
]
