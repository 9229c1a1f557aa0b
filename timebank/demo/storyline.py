"""The article's story, half finished: Xu Mei has helped Uncle Zhang for weeks; next Tuesday still wants a helper."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from timebank.core import clock
from timebank.core.db import db
from timebank.demo import desk, requests
from timebank.demo.town import Town
from timebank.exchange.models import RequestState, ServiceRequest

WEEKS = 9
TUESDAY, THURSDAY = 1, 3
STORY = (("zhang", TUESDAY, "cleaning", 480, 90), ("wang", THURSDAY, "cooking", 840, 120))


def plan(town: Town, day: date) -> None:
    """Puts what happens in the story on the day onto the agenda."""
    begins = town.today - timedelta(days=7 * WEEKS)
    if day == begins:
        for who, weekday, code, start, minutes in STORY:
            ask = requests.story_ask(town, day, weekday, code, who, start, minutes)
            town.agenda.at(clock.at(day, 620), partial(_request, town, who, ask))
            town.agenda.at(clock.at(day, 660), partial(_approve, town, who, ask))
    if day > begins and day < town.today and day.weekday() in (TUESDAY - 1, THURSDAY - 1):
        town.agenda.at(clock.at(day, 600), partial(_ask_xumei, town, day))
    if day == town.today - timedelta(days=2):
        town.agenda.at(clock.at(day, 950), partial(desk.take, town, town.cast["xumei"], {"RICE5": 1}))
    if day == town.today - timedelta(days=1):
        town.agenda.at(clock.at(day, 1200), partial(_cooking, town, day))


def _request(town: Town, who: str, ask: requests.Ask) -> None:
    """Zhang Li asks for her father; the coordinator writes down what Mrs Wang says on the phone."""
    actor = town.members[town.cast["zhangli"].id] if who == "zhang" else None
    town.series[who] = requests.submit(town, ask, "own", actor)


def _approve(town: Town, who: str, ask: requests.Ask) -> None:
    requests.approve(town, ask, town.series[who])


def _ask_xumei(town: Town, day: date) -> None:
    """The day before, the coordinator asks Xu Mei for the next visit; the coming one is left to the reader."""
    who = "zhang" if day.weekday() == TUESDAY - 1 else "wang"
    if db.session.get_one(ServiceRequest, town.series[who]).state is not RequestState.PUBLISHED:
        return
    xumei = town.helpers[town.cast["xumei"].id]
    for visit in requests.open_visits(town.series[who]):
        if clock.civil(visit.earliest_start).date() == day + timedelta(days=1):
            requests.ask_helper(town, visit, xumei, visit.earliest_start, series=False, sure=True)


def _cooking(town: Town, day: date) -> None:
    """Zhang Li asks for cooking as well; the coordinator has not looked yet."""
    ask = requests.story_ask(town, day, THURSDAY, "cooking", "zhang", 960, 60)
    requests.submit(town, ask, "own", town.members[town.cast["zhangli"].id])
