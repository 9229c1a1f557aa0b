"""Three months, day by day: what the clock does, what is asked, who comes, what is confirmed, doubted or forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, transaction
from timebank.core.errors import Refused
from timebank.demo import desk, packages, paper, partners, requests, settling, storyline
from timebank.demo.places import YAOHUA
from timebank.demo.town import NANJING, SYSTEM, Helper, Town
from timebank.exchange.models import Visit, VisitState
from timebank.exchange.rules.hours import LoggedVisit
from timebank.exchange.service import grants, hours, offers, payment, visits
from timebank.exchange.service import requests as request_service
from timebank.ledger import queries as ledger

COMMENTS = ("很细心", "准时，态度好", "打扫得很干净", "陪我聊了很久", "", "", "", "辛苦了")
SIGNATURE = "M12 40 L18 22 L30 38 L44 20 L52 41 L70 30 L88 36"
NIGHT, MORNING, AFTERNOON = 300, 540, 930  # minutes of the day
KEPT = 300  # minutes a giver keeps


def days(town: Town) -> Iterator[date]:
    """Every day from the first to today."""
    for number in range((town.today - town.first).days + 1):
        yield town.first + timedelta(days=number)


@transaction
def live(town: Town, day: date, asks: list[requests.Ask]) -> None:
    """One day, as one transaction; on the last day only what has happened by now."""
    agenda = town.agenda
    agenda.at(clock.at(day, NIGHT), partial(_by_the_clock, day, day == town.first))
    agenda.at(clock.at(day, NIGHT + 5), partial(_plan_visits, town, day))
    for ask in asks:
        agenda.at(clock.at(day, MORNING), partial(_asked, town, day, ask))
    for story in (storyline, paper, partners, packages, settling):
        story.plan(town, day)
    if day.weekday() in (2, 4):
        agenda.at(clock.at(day, AFTERNOON), partial(_at_the_desk, town, day))
    agenda.run(min(clock.at(day, 1440), town.now))


def _by_the_clock(day: date, first: bool) -> None:
    """What the jobs do each night."""
    if day.day == 1 or first:
        grants.run_month(SYSTEM, day)
    offers.expire_offers(SYSTEM)
    request_service.expire_visits(SYSTEM)
    for visit_id in visits.to_confirm():
        visits.confirm(SYSTEM, visit_id, "auto")
    for request_id in request_service.unfinished():
        request_service.close_request(SYSTEM, request_id)
    if day.weekday() == 0 and day.isocalendar().week % 2:
        for request_id in request_service.to_roll():
            request_service.roll_request(SYSTEM, request_id)


def _asked(town: Town, day: date, ask: requests.Ask) -> None:
    request_id = requests.submit(town, ask, "own")
    lately = (town.today - day).days
    if lately < 1 or (lately < 3 and town.rng.random() < 0.5):
        return  # still under review
    if requests.approve(town, ask, request_id) and (lately >= 3 or town.rng.random() < 0.3):
        requests.arrange(town, request_id, ask.recipient, series=bool(ask.weekdays))


def _plan_visits(town: Town, day: date) -> None:
    """How each visit of the day will go: usually well."""
    for visit in _scheduled(day):
        chance, coordinator = town.rng.random(), town.broker(visit.territory_code)
        if chance < 0.03:
            why = "老人去医院复查 / at the hospital that day"
            moment = max(visit.starts_at - timedelta(hours=2), clock.at(day, NIGHT + 10))
            town.agenda.at(moment, partial(request_service.cancel_visit, coordinator, visit.id, why))
        elif chance < 0.045:
            absent = partial(visits.mark_no_show, coordinator, visit.id, "volunteer", "没有来，也没有打电话")
            town.agenda.at(visit.starts_at + timedelta(minutes=130), absent)
        else:
            begins = visit.starts_at + timedelta(minutes=town.rng.randint(-4, 6))
            town.agenda.at(begins, partial(_come, town, visit.id, begins, chance))


def _scheduled(day: date) -> list[Visit]:
    wanted = select(Visit).where(
        Visit.state == VisitState.SCHEDULED,
        Visit.starts_at >= clock.at(day, 0),
        Visit.starts_at < clock.at(day, 1440),
    )
    return list(db.session.scalars(wanted.order_by(Visit.starts_at, Visit.id)))


def _come(town: Town, visit_id: int, begins: datetime, chance: float) -> None:
    visit = db.session.get_one(Visit, visit_id)
    helper = town.helpers[visit.volunteer_id or 0]
    if helper.visits % 2:
        visits.check_in(helper.actor, visit.id, "button")
    else:
        visits.begin(helper.actor, visit.id, "code", visit.code)
    ends = begins + timedelta(minutes=visit.minutes_planned + town.rng.randint(-9, 4), seconds=30)
    town.agenda.at(ends, partial(_leave, town, visit_id, helper, ends, chance))


def _leave(town: Town, visit_id: int, helper: Helper, ends: datetime, chance: float) -> None:
    visits.check_out(helper.actor, visit_id)
    coordinator = town.broker(db.session.get_one(Visit, visit_id).territory_code)
    later = ends + timedelta(hours=town.rng.randint(1, 5))
    if chance < 0.06:
        why = "老人说只待了半个小时 / only half an hour, says the elder"
        town.agenda.at(later, partial(visits.dispute, coordinator, visit_id, why))
        reason = "电话核实双方，按 30 分钟计 / both called: 30 minutes"
        town.agenda.at(later + timedelta(days=4), partial(_settle, coordinator, visit_id, 30, reason))
    elif chance > 0.93:
        return  # nobody answers: the clock confirms after some days
    elif chance > 0.915:
        _regret(town, visit_id, later)
    elif chance < 0.4:
        town.agenda.at(ends + timedelta(minutes=2), partial(_confirm, town, visit_id, helper, "signature"))
    else:
        town.agenda.at(later, partial(_confirm, town, visit_id, helper, "call"))


def _confirm(town: Town, visit_id: int, helper: Helper, how: str) -> None:
    rating = town.rng.choices((5, 4, 3), (70, 25, 5))[0] if town.rng.random() < 0.6 else None
    note = town.rng.choice(COMMENTS) if rating else ""
    signed = how == "signature"
    by = helper.actor if signed else town.broker(db.session.get_one(Visit, visit_id).territory_code)
    visits.confirm(by, visit_id, how, rating, note, signature=SIGNATURE if signed else None)


def _regret(town: Town, visit_id: int, later: datetime) -> None:
    """Confirmed, and the day after it turns out otherwise: the credit is reversed by opposite entries."""
    coordinator = town.broker(db.session.get_one(Visit, visit_id).territory_code)
    why = "家属来电：其实没有打扫完 / the family calls: it was not finished"
    agreed = "双方同意按 40 分钟计 / both agree on 40 minutes"
    town.agenda.at(later, partial(visits.confirm, coordinator, visit_id, "call", 3))
    town.agenda.at(later + timedelta(days=1), partial(visits.dispute, coordinator, visit_id, why))
    town.agenda.at(later + timedelta(days=2), partial(_settle, coordinator, visit_id, 40, agreed))


def _settle(coordinator: Actor, visit_id: int, minutes: int, reason: str) -> None:
    """A helper who has spent the hours by now cannot give them back: then the dispute waits."""
    try:
        with db.session.begin_nested():
            visits.settle_dispute(coordinator, visit_id, minutes, reason)
    except Refused as refused:
        if refused.code not in ("insufficient_time", "credit_in_closed_month"):
            raise


def _at_the_desk(town: Town, day: date) -> None:
    left_alone = {town.saver, town.cast["xumei"].id}
    others = [one for one in town.helpers.values() if one.resident.id not in left_alone]
    for helper in town.rng.sample(others, min(len(others), town.many(6, 2))):
        receipt = desk.serve(town, helper)
        if receipt and town.rng.random() < 0.05 and helper.resident.code.startswith(YAOHUA):
            town.agenda.at(clock.at(day, 1010), partial(desk.bring_back, town, receipt))
    if town.today - timedelta(days=8) < day < town.today:
        town.agenda.at(clock.at(day, 1070), partial(desk.end_day, town, day))
    if day.day <= 7 and day.weekday() == 2:
        for code in town.desks:
            desk.deliver(town, code, 8)
    _donate(town.rng.choice(others), town.rng.choice((30, 60, 120)))
    _by_hand(town, day)


def _donate(giver: Helper, minutes: int) -> None:
    own = ledger.member_balance(NANJING, [giver.resident.id])[giver.resident.id]
    if own.available >= minutes + KEPT:
        note = "捐给社区独居老人 / for elders who live alone"
        grants.donate(giver.actor, grants.Donation(giver.resident.id, minutes, note))


def _by_hand(town: Town, day: date) -> None:
    """Hours written down afterwards: reviewed by another coordinator, those of the last days not yet."""
    helper = town.rng.choice([one for one in town.helpers.values() if one.resident.code.startswith(YAOHUA)])
    known = hours.known_recipients(helper.resident.id)
    when = day - timedelta(days=2)
    if not known or when < town.first or helper.busy.get(when):
        return
    start = 1080 + 15 * town.rng.randint(0, 4)
    helper.busy.setdefault(when, []).append((start, start + 45))
    code = "company" if "company" in helper.skills else min(helper.skills)
    note = "散步时顺路看望"
    entry = LoggedVisit(helper.resident.id, min(known), code, when, start, start + 45, note=note, funding="pot")
    visit_id = hours.log_visit(helper.actor, entry)
    if (town.today - day).days > 6:
        approve = town.rng.random() < 0.9
        town.agenda.at(clock.at(day + timedelta(days=1), 600), partial(_review, town, visit_id, approve))


def _review(town: Town, visit_id: int, approve: bool) -> None:
    """The community pot pays; in a small town it may be empty by now, then the time bank issues the hours (F3)."""
    visit = db.session.get_one(Visit, visit_id)
    pot = payment.available(payment.payer(visit.scheme_id, visit.recipient_id, "pot"))
    funding = "pot" if pot >= visit.minutes_planned else "issued"
    reason = "" if approve else "时间与记录不符"
    hours.review_entry(town.staff["reviewer"], visit_id, approve, reason, funding)
