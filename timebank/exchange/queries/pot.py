"""What was given from the community pot, and which key elders have nothing left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.exchange.models.giving import PotGift
from timebank.exchange.queries import grants, schemes
from timebank.exchange.queries.grants import Elder
from timebank.exchange.queries.schemes import SchemeInfo
from timebank.ledger import queries as ledger
from timebank.people import queries as people
from timebank.people.models import Person
from timebank.people.queries import PersonBrief


@dataclass(frozen=True, slots=True)
class PotGiftLine:
    """Minutes given from a pot; `passed_over`: key elders without hours who were not served first."""

    id: int
    person_id: int
    name: str
    minutes: int
    reason: str
    is_key_elder: bool
    passed_over: int
    given_at: datetime


def given(actor: Actor, scheme_id: int) -> list[PotGiftLine]:
    """The newest gifts of a pot to people in the actor's territories (`grants.read`), at most 50."""
    rows = db.session.execute(
        select(PotGift, Person.name)
        .join(Person, Person.id == PotGift.person_id)
        .where(PotGift.scheme_id == scheme_id, in_scope(PotGift.territory_code, actor.scopes("grants.read")))
        .order_by(PotGift.id.desc())
        .limit(50)
    )
    return [
        PotGiftLine(
            row.id, row.person_id, name, row.minutes, row.reason, row.is_key_elder, row.passed_over, row.given_at
        )
        for row, name in rows
    ]


@dataclass(frozen=True, slots=True)
class First:
    """Is the person a key elder, and how many (other) key elders of the time bank have nothing left?"""

    is_key_elder: bool
    without_hours: int


def without_hours(scheme: SchemeInfo) -> list[Elder]:
    """The key elders of a time bank who have neither hours of their own nor granted ones; five statements."""
    today = clock.today()
    elders = grants.key_elders(scheme.territory_code, today, schemes.parameters(scheme.id, today)["tb.key_elder_rule"])
    accounts = ledger.accounts_of([one.person_id for one in elders], ["member", "grant"])
    having = {one.owner_id for one in accounts if one.tenant == scheme.tenant and one.balance.available > 0}
    return [one for one in elders if one.person_id not in having]


def served_first(actor: Actor) -> list[PersonBrief]:
    """The key elders without hours in the actor's territories (`pot.give`)."""
    scopes = actor.scopes("pot.give")
    around = schemes.around(actor, "pot.give")
    found = without_hours(around[-1]) if around else []
    mine = [one.person_id for one in found if one.territory_code.startswith(scopes)]
    return list(people.briefs(mine).values())


def who_comes_first(scheme: SchemeInfo, person_id: int) -> First:
    """The facts for tb.donation_priority."""
    today = clock.today()
    rule = schemes.parameters(scheme.id, today)["tb.key_elder_rule"]
    key = {one.person_id for one in grants.key_elders(scheme.territory_code, today, rule)}
    return First(person_id in key, len([one for one in without_hours(scheme) if one.person_id != person_id]))
