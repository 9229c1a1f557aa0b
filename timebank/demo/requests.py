"""Requests for help: weekly ones and single ones, who pays, and which helper is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.core.geo import metres
from timebank.demo import places
from timebank.demo.town import Helper, Resident, Town
from timebank.exchange.models import Visit, VisitState
from timebank.exchange.rules.requests import NewRequest
from timebank.exchange.service import offers
from timebank.exchange.service import requests as service

USUAL = {"cleaning": 90, "cooking": 60, "meals": 45, "shopping": 60, "company": 60, "reading": 60, "laundry": 60}
USUAL |= {"haircut": 45, "smartphone": 45, "small_repairs": 60}
NOTES = ("", "", "", "请带上鞋套", "需要帮忙提重物", "老人喜欢聊天", "最好会说南京话")
STREET_DETOUR = 1.3


@dataclass(frozen=True, slots=True)
class Ask:
    """A request somebody will make on a day.  Minutes of the day and of the visit."""

    on: date
    recipient: Resident
    service: str
    first_day: date
    earliest: int
    latest: int
    minutes: int
    weekdays: str = ""
    urgent: bool = False
    helpers: int = 1


def plans(town: Town) -> dict[date, list[Ask]]:
    """All requests of the three months by the day they are made."""
    found: dict[date, list[Ask]] = {}
    recipients = [one for one in town.residents if one.kind in ("elder", "couple") and one.in_nanjing]
    town.rng.shuffle(recipients)
    for ask in (*_weekly(town, recipients), *_single(town, recipients)):
        found.setdefault(ask.on, []).append(ask)
    return found


def _weekly(town: Town, recipients: list[Resident]) -> Iterator[Ask]:
    """Series begin in the first weeks; each is fitted to a helper who could do it."""
    helpers = others(town)
    for recipient in recipients[: town.many(24, 5)]:
        found = _fitting(town, recipient, helpers)
        if found is None:
            continue
        helper, code, weekday, start = found
        made = town.first + timedelta(days=town.rng.randint(1, 20))
        first = made + timedelta(days=(weekday - made.weekday() - 1) % 7 + 1)
        yield Ask(made, recipient, code, first, max(420, start - 30), start + 60, USUAL[code], str(weekday))
        helper.visits += 1  # spread the series over the helpers


def _fitting(town: Town, recipient: Resident, helpers: list[Helper]) -> tuple[Helper, str, int, int] | None:
    near = sorted((h for h in helpers if reaches(h, recipient)), key=lambda h: (h.visits, _way(h, recipient)))
    for helper in near:
        for code in sorted(helper.skills & USUAL.keys()):
            for weekday, (start, end) in helper.free.items():
                if end - start >= USUAL[code] and helper.visits < 2:
                    return helper, code, weekday, start
    return None


def _single(town: Town, recipients: list[Resident]) -> Iterator[Ask]:
    """One visit each, over all the weeks and a few days ahead; most at a time when some helper near by is free."""
    rng, helpers = town.rng, others(town)
    for _ in range(town.many(54, 6)):
        made = town.first + timedelta(days=rng.randint(4, (town.today - town.first).days))
        recipient = rng.choice(recipients)
        near = [one for one in helpers if reaches(one, recipient) and one.skills & USUAL.keys()]
        if near and rng.random() < 0.85:
            helper = rng.choice(near)
            code, weekday = rng.choice(sorted(helper.skills & USUAL.keys())), rng.choice(sorted(helper.free))
            start = helper.free[weekday][0] + 30
            first = made + timedelta(days=(weekday - made.weekday() - 1) % 7 + 1)
        else:
            code, start = rng.choice(sorted(USUAL)), rng.choice((510, 540, 600, 840, 900))
            first = made + timedelta(days=rng.randint(1, 4))
        urgent = rng.random() < 0.1
        yield Ask(made, recipient, code, first, max(420, start - 30), start + 60, USUAL[code], urgent=urgent)


def others(town: Town) -> list[Helper]:
    """Everybody but Xu Mei, whose Tuesdays belong to the story."""
    return [one for one in town.helpers.values() if one.resident.kind != "story"]


def _way(helper: Helper, recipient: Resident) -> float:
    home = helper.resident
    return metres(home.lat, home.lon, recipient.lat, recipient.lon) * STREET_DETOUR


def reaches(helper: Helper, recipient: Resident) -> bool:
    """Near enough, and neither the same person nor of the same household."""
    stranger = recipient.id not in helper.resident.household and recipient.id != helper.resident.id
    return stranger and _way(helper, recipient) <= helper.reach


def submit(town: Town, ask: Ask, funding: str, actor: Actor | None = None) -> int:
    """Writes the request down: the coordinator for the neighbour, or the agent herself."""
    wanted = NewRequest(
        recipient_id=ask.recipient.id,
        service_code=ask.service,
        first_day=ask.first_day,
        earliest_minute=ask.earliest,
        latest_minute=ask.latest,
        minutes=ask.minutes,
        weekdays=ask.weekdays,
        funding=funding,
        urgent=ask.urgent,
        helpers_needed=ask.helpers,
        note=town.rng.choice(NOTES),
    )
    return service.submit_request(actor or town.broker(ask.recipient.code), wanted)


def approve(town: Town, ask: Ask, request_id: int) -> bool:
    """Approves it with the first payer who can: own hours, the grant of the month, the community pot."""
    coordinator = town.broker(ask.recipient.code)
    for funding in ("own", "grant", "pot"):
        try:
            service.approve_request(coordinator, request_id, funding)
        except Refused as refused:
            if refused.code == "not_enough_hours":
                continue
            raise
        return True
    service.refuse_request(coordinator, request_id, "时间不足，请先与社区联系 / not enough hours for now")
    return False


def open_visits(request_id: int) -> list[Visit]:
    """Visits of a request that nobody has taken, in their order."""
    wanted = select(Visit).where(Visit.request_id == request_id, Visit.state == VisitState.OPEN)
    return list(db.session.scalars(wanted.order_by(Visit.earliest_start)))


def arrange(town: Town, request_id: int, recipient: Resident, *, series: bool) -> None:
    """Finds a helper for the first open visit, asks, and is answered; some say no first."""
    visits = open_visits(request_id)
    if not visits:
        return
    day = clock.civil(visits[0].earliest_start).date()
    for helper, starts_at in candidates(town, visits[0], recipient, day):
        if ask_helper(town, visits[0], helper, starts_at, series=series):
            return


def candidates(town: Town, visit: Visit, recipient: Resident, day: date) -> Iterator[tuple[Helper, datetime]]:
    """Helpers who could do the visit, the nearest first, with the start that suits them; at most three."""
    found = []
    for helper in others(town):
        window = helper.free.get(day.weekday())
        if window and visit.service_code in helper.skills and reaches(helper, recipient):
            start = _start(visit, helper, window, day)
            if start is not None:
                found.append((_way(helper, recipient) + 40 * helper.visits, helper, start))
    for _, helper, start in sorted(found, key=lambda one: one[0])[:3]:
        yield helper, clock.at(day, start)


def _start(visit: Visit, helper: Helper, window: tuple[int, int], day: date) -> int | None:
    earliest, latest = _minute(visit.earliest_start), _minute(visit.latest_start)
    for start in range(max(window[0], earliest), latest + 1, 15):
        end = start + visit.minutes_planned
        if end <= window[1] and all(
            end + 10 <= begun or start >= over + 10 for begun, over in helper.busy.get(day, [])
        ):
            return start
    return None


def _minute(moment: datetime) -> int:
    civil = clock.civil(moment)
    return civil.hour * 60 + civil.minute


def ask_helper(
    town: Town, visit: Visit, helper: Helper, starts_at: datetime, *, series: bool, sure: bool = False
) -> bool:
    """Offers the visit and answers for the helper: mostly yes.  False when a rule or the helper says no."""
    coordinator = town.broker(visit.territory_code)
    try:
        offer_id = offers.offer_visit(coordinator, visit.id, helper.resident.id, starts_at, series=series)
    except Refused:  # a hard rule that the quick look above does not know, such as the care level
        return False
    accepts = sure or town.rng.random() < 0.88
    offers.answer_offer(helper.actor, offer_id, accepts, "" if accepts else "那天家里有事 / something at home")
    if accepts:
        start = _minute(starts_at)
        day = clock.civil(starts_at).date()
        weeks = range(30) if series else range(1)
        for week in weeks:
            helper.busy.setdefault(day + timedelta(days=7 * week), []).append((start, start + visit.minutes_planned))
        helper.visits += 1
    return accepts


def story_ask(town: Town, on: date, weekday: int, code: str, who: str, start: int, minutes: int) -> Ask:
    """A weekly request of the story, beginning after `on`."""
    first = on + timedelta(days=(weekday - on.weekday() - 1) % 7 + 1)
    assert places.YAOXIN in town.cast[who].code
    return Ask(on, town.cast[who], code, first, start, start + 60, minutes, str(weekday))
