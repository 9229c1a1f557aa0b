"""Partner organisations: one bathes an elder every week and is settled by month, another has just begun."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from timebank.core import clock
from timebank.core.db import db
from timebank.demo import places, requests
from timebank.demo.town import NANJING, Resident, Town
from timebank.exchange.models import RequestState, ServiceRequest, Visit, VisitState
from timebank.exchange.queries import partners as queries
from timebank.exchange.rules.partners import GivenCare, Invoice, PartnerFacts, SettlementState
from timebank.exchange.service import offers
from timebank.exchange.service import partners as service
from timebank.exchange.service import partners_settling as settling
from timebank.ledger import queries as ledger

SETTLED_ON = 9  # of the month: the books of the month before the last are closed by then
ANKANG = ("安康居家护理服务中心", "Ankang Home Care", "52320113MJ5740021A", "王芳", "025-8556 0101", places.YAOHUA)
FUSHOU = ("福寿为老服务社", "Fushou Elder Services", "52320104MJ5740388C", "丁磊", "025-8441 0202", places.WULAOCUN)
PARTNERS = {"ankang": ANKANG, "fushou": FUSHOU}
SERVICES = ("bathing", "cleaning", "haircut")


def add(town: Town) -> None:
    """The operator writes both down, before the first day."""
    for name, known in PARTNERS.items():
        facts = PartnerFacts(*known, SERVICES, clock.today())
        town.partners[name] = service.add_partner(town.staff["operator"], facts)


def plan(town: Town, day: date) -> None:
    """Puts what happens with partners on the day onto the agenda."""
    if day == town.first + timedelta(days=2):
        _begin(town, "ankang", day, "0")
    if day == town.today - timedelta(days=6):
        _begin(town, "fushou", day, "")
    town.agenda.at(clock.at(day, 630), partial(_give, town))
    town.agenda.at(clock.at(day, 990), partial(_sheets, town))
    if day.day == SETTLED_ON:
        town.agenda.at(clock.at(day, 660), partial(_settle, town, "ankang"))
    if day == town.today - timedelta(days=1):
        town.agenda.at(clock.at(day, 700), partial(_another_time, town))


def savers(town: Town, code: str) -> list[Resident]:
    """Elders of a place with many hours who have no part in the story, the richest first."""
    known = [one for one in town.residents if one.kind in ("elder", "couple") and one.code.startswith(code)]
    own = ledger.member_balance(NANJING, [one.id for one in known])
    return sorted(known, key=lambda one: (-own[one.id].available, one.id))


def _begin(town: Town, name: str, day: date, weekdays: str) -> None:
    recipient = savers(town, PARTNERS[name][-1])[0]
    first = day + timedelta(days=7 - day.weekday()) if weekdays else day + timedelta(days=2)
    ask = requests.Ask(day, recipient, "bathing", first, 540, 570, 60, weekdays)
    town.agenda.at(clock.at(day, 600), partial(_ask, town, name, ask))


def _ask(town: Town, name: str, ask: requests.Ask) -> None:
    request_id = requests.submit(town, ask, "own")
    if requests.approve(town, ask, request_id):
        town.given[request_id] = name


def _give(town: Town) -> None:
    """Visits of the next week are given to the partner as soon as they are there."""
    until = clock.now() + timedelta(days=8)
    for request_id, name in town.given.items():
        if db.session.get_one(ServiceRequest, request_id).state is not RequestState.PUBLISHED:
            continue
        for visit in requests.open_visits(request_id):
            if clock.now() < visit.earliest_start < until:
                service.give_visit(town.broker(visit.territory_code), visit.id, town.partners[name])


def _sheets(town: Town) -> None:
    """In the afternoon the partner's signed sheets of the day come in."""
    for name in sorted(set(town.given.values())):
        for visit in queries.open_visits(town.partners[name]):
            if visit.starts_at + timedelta(minutes=visit.minutes_planned) < clock.now():
                _sheet(town, visit)


def _sheet(town: Town, visit: Visit) -> None:
    signed = next(one.name for one in town.residents if one.id == visit.recipient_id)
    late = visit.id % 3 * 5
    care = GivenCare(visit.starts_at + timedelta(minutes=late), visit.minutes_planned - late, signed)
    service.note_care(town.broker(visit.territory_code), visit.id, care)


def _settle(town: Town, name: str) -> None:
    """The invoice of a closed month; above the limit of the desk a colleague agrees."""
    clerk, second = town.staff["desk"], town.staff["desk2"]
    known = queries.readable(clerk, town.partners[name], settling.SETTLE)
    for month, _minutes in queries.to_settle(known):
        number = settling.settle_month(clerk, known.id, Invoice(month, f"AK-{month}-01"))
        if queries.settlement(second, number)[1].state is SettlementState.WAITING:
            settling.agree_settlement(second, number)


def _another_time(town: Town) -> None:
    """The recipient sees the doctor: the next visit begins later, and the partner was called."""
    coming = [one for one in queries.open_visits(town.partners["ankang"]) if one.state is VisitState.WITH_PARTNER]
    for visit in coming[:1]:
        later, why = visit.starts_at + timedelta(minutes=90), "上午看医生 / at the doctor's"
        offers.move_visit(town.broker(visit.territory_code), visit.id, later, why, "王芳")
