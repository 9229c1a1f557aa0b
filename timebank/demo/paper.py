"""Paper and telephone: letters, a passbook printed twice, an alarm that was closed and one that waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import select, update

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.clock import pretend
from timebank.core.db import db
from timebank.demo import requests
from timebank.demo.places import YAOHUA
from timebank.demo.town import Resident, Town
from timebank.exchange.rules.alarms import CloseAlarm, Happened
from timebank.exchange.rules.passbooks import BookletReason, StartBooklet
from timebank.exchange.service import alarms, passbooks, visits
from timebank.exchange.service import requests as service
from timebank.notices.models import Notice
from timebank.notices.rules import LetterWay, WishForLetters
from timebank.notices.service import letters, wishes
from timebank.notices.texts import known_texts
from timebank.people.queries.briefs import contacts_of

CLOCK = Actor.system("clock")
BOOKLET, AGAIN, LATE = 30, 6, 3  # days ago: the passbook begins, is printed on; a helper comes late
FIRST_START, LAST_START, TWO_IN_THE_AFTERNOON = 450, 1260, 840  # minutes of the day
LENGTH = 45


def plan(town: Town, day: date) -> None:
    """Puts what happens on the day onto the agenda."""
    ago = (town.today - day).days
    if ago == BOOKLET:
        town.agenda.at(clock.at(day, 900), partial(_begin_booklet, town))
    if ago == AGAIN:
        town.agenda.at(clock.at(day, 900), partial(passbooks.print_lines, town.staff["desk"], town.cast["zhang"].id))
    if ago == LATE:
        _missed(town, clock.at(day, TWO_IN_THE_AFTERNOON), closed=True)
    begins = _lately(town.now)
    if clock.civil(begins).date() == day:
        _missed(town, begins, closed=False)


def _begin_booklet(town: Town) -> None:
    """Uncle Zhang has no phone: his hours stand in a booklet, and what he is told comes as a letter."""
    zhang, clerk = town.cast["zhang"].id, town.staff["desk"]
    passbooks.start_booklet(clerk, StartBooklet(zhang, BookletReason.FIRST))
    passbooks.print_lines(clerk, zhang)
    wishes.wish(town.staff["yaohua"], WishForLetters(zhang, LetterWay.LETTER, large=True))


def _lately(now: datetime) -> datetime:
    """A start half an hour ago, or the last one of a day at which somebody would have come."""
    civil = clock.civil(now - timedelta(minutes=35))
    minute = (civil.hour * 60 + civil.minute) // 5 * 5
    if minute < FIRST_START:
        return clock.at(civil.date() - timedelta(days=1), LAST_START)
    return clock.at(civil.date(), min(minute, LAST_START))


def _missed(town: Town, begins: datetime, *, closed: bool) -> None:
    """Asked for in the morning, promised, and nobody has begun a quarter of an hour after the start."""
    alone = [one for one in town.residents if one.kind == "elder" and one.alone and one.code.startswith(YAOHUA)]
    if alone:
        recipient = alone[0] if closed else alone[-1]
        town.agenda.at(begins - timedelta(hours=2), partial(_promise, town, recipient, begins, closed))


def _promise(town: Town, recipient: Resident, begins: datetime, closed: bool) -> None:
    day, minute = clock.civil(begins).date(), clock.civil(begins).hour * 60 + clock.civil(begins).minute
    ask = requests.Ask(day, recipient, "company", day, minute, minute, LENGTH)
    request_id = requests.submit(town, ask, "issued")
    service.approve_request(town.staff["yaohua"], request_id, "issued")
    (visit,) = requests.open_visits(request_id)
    near = sorted(town.helpers.values(), key=lambda helper: (helper.resident.code != recipient.code, helper.visits))
    for helper in near:
        if requests.ask_helper(town, visit, helper, begins, series=False, sure=True):
            town.agenda.at(begins + timedelta(minutes=20), partial(_raise, town, visit.id, begins, closed))
            return


def _raise(town: Town, visit_id: int, begins: datetime, closed: bool) -> None:
    alarm_id = alarms.raise_alarm(CLOCK, visit_id)
    db.session.flush()  # while this is the time
    if alarm_id and closed:
        town.agenda.at(begins + timedelta(minutes=32), partial(_found_out, town, visit_id, alarm_id, begins))


def _found_out(town: Town, visit_id: int, alarm_id: int, begins: datetime) -> None:
    """The coordinator calls both sides: the helper was there, her phone was empty."""
    coordinator = town.staff["yaohua"]
    words = "打通了老人家电话：志愿者 14 点就到了，手机没电 / called: she was there at two, her phone was empty"
    alarms.close_alarm(coordinator, CloseAlarm(alarm_id, Happened.FORGOT, words))
    visits.check_in(coordinator, visit_id, "phone", at=begins)
    town.agenda.at(begins + timedelta(minutes=LENGTH + 2), partial(visits.check_out, coordinator, visit_id))


def write_letters(town: Town) -> None:
    """To people without phone and e-mail: a pile that was posted, one that was printed, and letters that wait."""
    here = [one.id for one in town.residents if one.code.startswith(YAOHUA)]
    silent = [person_id for person_id, ways in contacts_of(here).items() if not any(ways)]
    coordinator = town.staff["yaohua"]
    with pretend(town.now - timedelta(days=5)):
        if _queue(silent, clock.now() - timedelta(days=5), clock.now()):
            letters.mark_posted(coordinator, letters.print_letters(coordinator, YAOHUA))
    with pretend(town.now - timedelta(days=2)):
        if _queue(silent, clock.now() - timedelta(days=3), clock.now()):
            letters.print_letters(coordinator, YAOHUA)
    with pretend(town.now - timedelta(hours=20)):
        _queue(silent, clock.now() - timedelta(days=2), clock.now())


def _queue(person_ids: Iterable[int], after: datetime, until: datetime) -> int:
    """What they were told in these days goes into the print queue instead of only onto their page."""
    told = select(Notice).where(Notice.person_id.in_(list(person_ids)), Notice.send_after > after)
    told = told.where(Notice.send_after <= until).order_by(Notice.id)
    texts = known_texts()
    numbers = [row.id for row in db.session.scalars(told) if row.kind in texts and texts[row.kind].paper]
    on_paper = {"channel": "letter", "state": "sent", "read_at": None}
    db.session.execute(update(Notice).where(Notice.id.in_(numbers)).values(on_paper))
    queued = sum(letters.queue(number) for number in numbers)
    db.session.flush()  # while this is the time
    return queued
