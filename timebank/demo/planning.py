"""A day that is full: many visits of two days ahead look for a helper, and the coordinator has a plan to look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from timebank.core.clock import pretend
from timebank.demo import requests
from timebank.demo.places import YAOHUA
from timebank.demo.town import Resident, Town
from timebank.exchange.service import requests as service
from timebank.matching.rules.plans import NewPlan
from timebank.matching.service.plans import start_plan
from timebank.matching.service.working import work_plans

AHEAD = timedelta(days=2)
WANTED = ["cleaning", "shopping", "company", "cooking", "meals"]
WANTED += ["reading", "laundry", "bathing", "haircut", "smartphone"]
STARTS = (480, 510, 540, 570, 600, 810, 840, 870, 900, 930)
BOTH_HANDS = (0, 7)  # a big cleaning and a bath: two helpers at once
SECONDS = 5


def leave_waiting(town: Town) -> None:
    """Visits of a neighbourhood day, free of charge, approved and open."""
    recipients = [one for one in town.residents if one.kind in ("elder", "couple") and one.code.startswith(YAOHUA)]
    chosen = town.rng.sample(recipients, min(len(recipients), town.many(32, 4)))
    with pretend(town.now - timedelta(minutes=30)):
        for number, recipient in enumerate(chosen):
            _ask(town, recipient, number)


def _ask(town: Town, recipient: Resident, number: int) -> None:
    code, start = WANTED[number % len(WANTED)], STARTS[number * 3 % len(STARTS)]
    minutes = requests.USUAL.get(code, 60)
    ask = requests.Ask(town.today, recipient, code, town.today + AHEAD, start, start + 120, minutes)
    ask = replace(ask, urgent=number % 8 == 0, helpers=2 if number in BOTH_HANDS else 1)
    request_id = requests.submit(town, ask, "issued")
    service.approve_request(town.broker(recipient.code), request_id)


def plan(town: Town) -> None:
    """The street's plan of that day, searched and waiting for the coordinator's word."""
    start_plan(town.staff["yaohua"], NewPlan(YAOHUA, town.today + AHEAD, seconds=SECONDS))
    work_plans()
