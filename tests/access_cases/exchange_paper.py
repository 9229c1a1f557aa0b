"""Who gets which page of alarms and of what is printed for people without a phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.architecture.cases import Case, Facts
from tests.factories import exchange_visits as factory
from tests.factories import town
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models import Scheme, Visit
from timebank.exchange.models.alarms import AlarmLevel, VisitAlarm
from timebank.exchange.rules.passbooks import BookletReason, StartBooklet
from timebank.exchange.service import offers, passbooks, requests


def _alarm(facts: Facts) -> dict[str, Any]:
    """A visit of next year whose start an alarm says was missed today."""
    scheme = db.session.query(Scheme.id).filter_by(code="yaohua").scalar()
    helper = factory.helper("徐梅", scheme)
    factory.give_hours(facts["person"], 600)
    day = clock.today().replace(year=clock.today().year + 1, month=1, day=12)
    request = requests.submit_request(town.broker(), factory.cleaning(facts["person"], first_day=day))
    requests.approve_request(town.broker(), request)
    visit = factory.visits_of(request)[0]
    offer = offers.offer_visit(town.broker(), visit, helper, clock.at(day, 540))
    offers.answer_offer(Actor.system("test"), offer, True)
    row = db.session.get_one(Visit, visit)
    alarm = VisitAlarm(
        visit_id=visit,
        missed_at=row.starts_at,
        territory_code=row.territory_code,
        level=AlarmLevel.NOBODY,
        raised_at=clock.now() - timedelta(minutes=1),
    )
    db.session.add(alarm)
    db.session.commit()
    return {"alarm": alarm.id}


def _alarm_id(facts: Facts) -> dict[str, Any]:
    return {"alarm_id": facts["alarm"]}


def _print(facts: Facts) -> dict[str, Any]:
    factory.give_hours(facts["person"], 60)
    passbooks.start_booklet(town.clerk(), StartBooklet(facts["person"], BookletReason.FIRST))
    return {"print": passbooks.print_lines(town.clerk(), facts["person"])}


def _print_id(facts: Facts) -> dict[str, Any]:
    return {"print_id": facts["print"]}


def _person(facts: Facts) -> dict[str, Any]:
    return {"person_id": facts["person"]}


def _who(status: int, *names: str) -> dict[str, int]:
    return dict.fromkeys(names, status)


HERE = ("broker", "social_worker", "operator")
DESKS = _who(200, "broker", "clerk", "operator") | _who(404, "other_broker", "other_clerk")
ELSEWHERE = ("other_broker", "other_social_worker")

ACCESS_CASES = [
    Case("exchange.alarm_list", statuses=_who(200, *HERE, *ELSEWHERE, "auditor")),
    Case("exchange.alarm_page", _alarm_id, _who(200, *HERE, "auditor"), others=404, make=_alarm),
    Case("exchange.alarm_phones", _alarm_id, _who(200, *HERE), others=404, method="POST", make=_alarm),
    Case("exchange.poster", statuses=_who(200, *HERE, *ELSEWHERE, "auditor")),
    Case(
        "exchange.poster_file",
        lambda _: {"place": town.YAOXIN, "paper": "a4", "language": "both"},
        _who(200, *HERE, "auditor") | _who(404, *ELSEWHERE),
    ),
    Case("exchange.passbook", _person, DESKS, make=_print),
    Case("exchange.new_booklet", _person, DESKS, make=_print),
    Case("exchange.print_passbook_again", _person, DESKS, make=_print),
    Case("exchange.passbook_print", _print_id, DESKS, make=_print),
    Case("exchange.passbook_css", _print_id, DESKS, make=_print),
]
