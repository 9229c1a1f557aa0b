"""Helpers, recipients, hours on accounts and visits in any state, made through the services wherever there is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.factories import town as places
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models import Volunteer, VolunteerSkill, VolunteerState
from timebank.exchange.rules.requests import NewRequest
from timebank.exchange.service import offers, requests
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.people.models import Household, HouseholdMember, NameKey
from timebank.people.rules.name_keys import keys_of

TENANT = 3201
SYSTEM = Actor.system("test")
TUESDAY = date(2026, 11, 24)
SUNDAY_NOON = datetime(2026, 11, 22, 4, 0, tzinfo=clock.at(TUESDAY, 0).tzinfo)  # 12:00 in Nanjing


@dataclass(frozen=True, slots=True)
class Cast:
    """The story's people and who works with them."""

    broker: Actor
    zhang: int
    xu: int
    helper: Actor
    elder: Actor
    scheme: int


def cast(minutes: int = 600) -> Cast:
    """Town, coordinator, Uncle Zhang with some hours, Xu Mei who is an active helper next door."""
    made = places.town()
    zhang = places.person("张建国", birth_date=date(1944, 3, 5), sex="M", lat=32.1160, lon=118.8870)
    xu = helper("徐梅", made.yaohua)
    for person_id, name in ((zhang, "张建国"), (xu, "徐梅")):
        db.session.add_all(NameKey(person_id=person_id, key=key) for key in keys_of(name))
    db.session.commit()
    give_hours(zhang, minutes)
    return Cast(places.broker(), zhang, xu, places.member(xu), places.member(zhang), made.yaohua)


def helper(name: str, scheme_id: int, **facts: object) -> int:
    """An active, insured volunteer who lives 80 m away and offers cleaning; returns the person's id."""
    person_id = places.person(
        name, birth_date=date(1983, 6, 1), sex="F", lat=32.1165, lon=118.8875, is_recipient=False, is_volunteer=True
    )
    given: dict[str, object] = {
        "scheme_id": scheme_id,
        "territory_code": places.YAOXIN,
        "state": VolunteerState.ACTIVE,
        "insured_until": date(2030, 1, 1),
        "active_since": date(2026, 5, 15),
        **facts,
    }
    db.session.add(Volunteer(person_id=person_id, **given))
    db.session.flush()
    db.session.add(VolunteerSkill(volunteer_id=person_id, service_code="cleaning"))
    db.session.commit()
    return person_id


def give_hours(person_id: int, minutes: int, kind: str = "member") -> int:
    """Opening hours on a person's account; returns the account."""
    account = ledger.ensure_account(TENANT, kind, person_id)
    if minutes:
        issued = ledger.ensure_account(TENANT, "issued", 1, floor=None)
        key = f"opening:{kind}:{person_id}:{minutes}"
        ledger.post(TENANT, issued, account, minutes, key=key, purpose="opening", actor=SYSTEM)
    return account


def balance(person_id: int, kind: str = "member") -> books.Balance:
    """Posted, held and available minutes."""
    return books.balance(TENANT, ledger.ensure_account(TENANT, kind, person_id))


def live_together(*person_ids: int) -> None:
    """Puts people into one household."""
    household = Household(territory_code=places.YAOXIN)
    db.session.add(household)
    db.session.flush()
    for person_id in person_ids:
        db.session.add(HouseholdMember(household_id=household.id, person_id=person_id, joined_on=date(2020, 1, 1)))
    db.session.commit()


def cleaning(recipient_id: int, **facts: object) -> NewRequest:
    """Cleaning for 120 minutes on Tuesday 24 November 2026, any time between 9:00 and 10:00."""
    given: dict[str, object] = {
        "recipient_id": recipient_id,
        "service_code": "cleaning",
        "first_day": TUESDAY,
        "earliest_minute": 540,
        "latest_minute": 600,
        "minutes": 120,
        **facts,
    }
    return NewRequest(**given)  # type: ignore[arg-type]


def published(people: Cast, **facts: object) -> int:
    """An approved request; returns its id."""
    request_id = requests.submit_request(people.broker, cleaning(people.zhang, **facts))
    return requests.approve_request(people.broker, request_id)


def visits_of(request_id: int) -> list[int]:
    """The visits of a request, the earliest first."""
    from sqlalchemy import select

    from timebank.exchange.models import Visit

    wanted = select(Visit.id).where(Visit.request_id == request_id).order_by(Visit.earliest_start)
    return list(db.session.scalars(wanted))


def scheduled(people: Cast, minute: int = 540, **facts: object) -> int:
    """A visit Xu Mei accepted, beginning at 9:00; returns its id."""
    visit_id = visits_of(published(people, **facts))[0]
    offer_id = offers.offer_visit(people.broker, visit_id, people.xu, clock.at(TUESDAY, minute))
    return offers.answer_offer(people.helper, offer_id, True)


def at(minute: int, day: date = TUESDAY) -> datetime:
    """A moment of that civil day."""
    return clock.at(day, 0) + timedelta(minutes=minute)
