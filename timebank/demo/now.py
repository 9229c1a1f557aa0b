"""What waits today for each role: helpers who were asked, new requests, hours to review, a doubt, a full basket."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from timebank.core import clock
from timebank.core.clock import pretend
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.demo import desk, requests
from timebank.demo.places import YAOHUA
from timebank.demo.town import Town
from timebank.exchange.models import Visit, VisitState
from timebank.exchange.rules.hours import LoggedVisit
from timebank.exchange.service import hours, offers, visits
from timebank.redemption.service import reckon_all


def leave_open(town: Town) -> None:
    """The state of things at the moment the town ends at."""
    with pretend(town.now - timedelta(minutes=40)):
        _new_requests(town)
        _waiting_answers(town)
        _by_hand(town)
        _doubt(town)
        desk.between_desks(town)
        reckon_all()
        desk.take(town, town.helpers[town.saver].resident, {"RICE5": 4, "OIL1": 3, "TISSUE": 2})


def _new_requests(town: Town) -> None:
    """Requests nobody has looked at yet, one of them urgent."""
    recipients = [one for one in town.residents if one.kind in ("elder", "couple") and one.code.startswith(YAOHUA)]
    for number, recipient in enumerate(town.rng.sample(recipients, min(len(recipients), town.many(4, 2)))):
        code = ("shopping", "company", "cleaning", "smartphone")[number % 4]
        first = town.today + timedelta(days=2 + number)
        ask = requests.Ask(town.today, recipient, code, first, 540, 660, requests.USUAL[code], urgent=number == 0)
        requests.submit(town, ask, "own")


def _waiting_answers(town: Town) -> None:
    """Helpers who were asked for visits of the next days and have not answered."""
    soon = clock.at(town.today + timedelta(days=1), 0)
    wanted = select(Visit).where(Visit.state == VisitState.OPEN, Visit.earliest_start >= soon)
    story = {town.cast["zhang"].id, town.cast["wang"].id}
    by_id = {one.id: one for one in town.residents}
    asked = 0
    for visit in db.session.scalars(wanted.order_by(Visit.earliest_start)).all():
        if visit.recipient_id in story or asked >= town.many(6, 2):
            continue
        day = clock.civil(visit.earliest_start).date()
        for helper, starts_at in requests.candidates(town, visit, by_id[visit.recipient_id], day):
            try:
                offers.offer_visit(town.broker(visit.territory_code), visit.id, helper.resident.id, starts_at)
            except Refused:  # a hard rule the quick look does not know: the next one is asked
                continue
            asked += 1
            break


def _by_hand(town: Town) -> None:
    """Xu Mei writes down that she dropped in on Mrs Wang the evening before; somebody else will look at it."""
    xumei, wang = town.cast["xumei"], town.cast["wang"]
    entry = LoggedVisit(
        xumei.id, wang.id, "cooking", town.today - timedelta(days=1), 1080, 1120, note="顺路送了晚饭 / brought supper"
    )
    hours.log_visit(town.members[xumei.id], entry)


def _doubt(town: Town) -> None:
    """The newest credited visit of the street is doubted by the family."""
    recent = select(Visit).where(
        Visit.state == VisitState.CREDITED,
        Visit.territory_code.startswith(YAOHUA),
        Visit.recipient_id.not_in([town.cast["zhang"].id, town.cast["wang"].id]),
        Visit.confirmed_at >= town.now - timedelta(days=6),
    )
    visit = db.session.scalar(recent.order_by(Visit.starts_at.desc()).limit(1))
    if visit is not None:
        why = "老人说志愿者提前走了 / the helper left early, says the elder"
        visits.dispute(town.staff["yaohua"], visit.id, why)
