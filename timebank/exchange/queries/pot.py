"""What was given from the community pot, and which key elders have nothing left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from sqlalchemy import ColumnElement, exists, select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.exchange.models.giving import PotGift
from timebank.exchange.queries import grants, schemes
from timebank.exchange.queries.grants import Elder
from timebank.exchange.queries.schemes import SchemeInfo
from timebank.ledger.models import LedgerAccount
from timebank.ledger.rules.kinds import MINUTES
from timebank.people import queries as people
from timebank.people.models import Person
from timebank.people.queries import PersonBrief

BATCH = 200  # rows read at once
SHOWN = 20  # of those who come first


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


def without_hours(scheme: SchemeInfo, scopes: tuple[str, ...] = ("",)) -> Iterator[Elder]:
    """The key elders of a time bank, in these territories, who have neither hours of their own nor granted ones.

    Read as far as they are asked for: two statements for each 200 who may be key elders.
    """
    today = clock.today()
    rule = schemes.parameters(scheme.id, today)["tb.key_elder_rule"]
    youngest = min(int(rule["alone_from_age"]), int(rule["poor_from_age"]))
    listed = grants.listed_on(scheme.territory_code, today)
    of_age = (Person.birth_date <= date(today.year - youngest, 12, 31)) | Person.id.in_(listed)
    wanted = grants.candidates(scheme.territory_code, listed).where(
        of_age, in_scope(Person.territory_code, scopes), ~_has_hours(scheme.tenant)
    )
    after, more = 0, True
    while more:
        rows = db.session.execute(wanted.where(Person.id > after).limit(BATCH)).all()
        yield from grants.judged(rows, listed, today, rule)
        more = len(rows) == BATCH
        after = rows[-1].id if rows else after


def _has_hours(tenant: int) -> ColumnElement[bool]:
    return exists().where(
        LedgerAccount.tenant_id == tenant,
        LedgerAccount.owner_id == Person.id,
        LedgerAccount.kind.in_(("member", "grant")),
        LedgerAccount.unit == MINUTES,
        LedgerAccount.posted > LedgerAccount.held,
    )


def served_first(actor: Actor) -> list[PersonBrief]:
    """Key elders without hours in the actor's territories (`pot.give`), at most 21: one more than are shown."""
    scopes, found = actor.scopes("pot.give"), list[Elder]()
    for scheme in schemes.covering(actor, "pot.give"):
        found += islice(without_hours(scheme, scopes), SHOWN + 1 - len(found))
        if len(found) > SHOWN:
            break
    return list(people.briefs(one.person_id for one in found).values())


def who_comes_first(scheme: SchemeInfo, person_id: int) -> First:
    """The facts for tb.donation_priority."""
    today = clock.today()
    rule = schemes.parameters(scheme.id, today)["tb.key_elder_rule"]
    key = {one.person_id for one in grants.key_elders(scheme.territory_code, today, rule)}
    return First(person_id in key, sum(one.person_id != person_id for one in without_hours(scheme)))
