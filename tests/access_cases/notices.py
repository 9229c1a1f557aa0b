"""Who gets which page of notices."""

from typing import Any

from sqlalchemy import select

from tests.architecture.cases import Case, Facts
from tests.factories import town
from timebank.core.db import db
from timebank.notices.models import Notice, PaperLetter
from timebank.notices.service import tell
from timebank.notices.service.letters import print_letters, queue


def _notice(facts: Facts) -> dict[str, Any]:
    tell(facts["person"], "grant_given", path="/my/account")
    return {"notice": db.session.scalar(select(Notice.id))}


def _notice_id(facts: Facts) -> dict[str, Any]:
    return {"notice_id": facts["notice"]}


def _letter(facts: Facts) -> dict[str, Any]:
    tell(facts["person"], "grant_given", path="/my/account")
    queue(db.session.scalar(select(Notice.id)) or 0)
    return {"letter": db.session.scalar(select(PaperLetter.id))}


def _pile(facts: Facts) -> dict[str, Any]:
    return {**_letter(facts), "pile": print_letters(town.broker(), town.YAOHUA)}


def _letter_id(facts: Facts) -> dict[str, Any]:
    return {"letter_id": facts["letter"]}


def _run_id(facts: Facts) -> dict[str, Any]:
    return {"run_id": facts["pile"]}


def _person_id(facts: Facts) -> dict[str, Any]:
    return {"person_id": facts["person"]}


PRINTERS = dict.fromkeys(("broker", "social_worker", "operator"), 200)
ELSEWHERE = ("other_broker", "other_social_worker")
PRINTS_ITS_OWN = PRINTERS | dict.fromkeys(ELSEWHERE, 404)
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
    Case("notices.letter_queue", statuses=PRINTERS | dict.fromkeys(ELSEWHERE, 200), make=_letter),
    Case("notices.letter_piles", statuses=PRINTERS | dict.fromkeys(ELSEWHERE, 200), make=_pile),
    Case("notices.letter_file", _run_id, PRINTS_ITS_OWN, make=_pile),
    Case("notices.letters_again", _run_id, PRINTS_ITS_OWN, make=_pile),
    Case("notices.drop_letter", _letter_id, PRINTS_ITS_OWN, make=_letter),
    Case("notices.my_wish", lambda facts: {"for": facts["person"]}, {"owner": 200}, others=404),
    Case("notices.letter_wish", _person_id, PRINTS_ITS_OWN),
]
