"""How people want to be told: what they said, what that comes to, and who said what when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from timebank.access import queries as access
from timebank.core.audit import AuditEvent
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.notices.channels.email import is_set_up
from timebank.notices.models import LetterWish
from timebank.notices.queries.letters import PERMISSION
from timebank.notices.rules import LetterWay, channel, on_paper
from timebank.people import queries as people
from timebank.people.queries.briefs import contacts_of
from timebank.people.rules.codes import AgentKind

WISHED = "wish.letters"
SHOWN = 20


@dataclass(frozen=True, slots=True)
class WishChange:
    """Somebody said how a person is to be told; `own`: the person, or who acts for them; `who` by name and account."""

    at: datetime
    who: str
    account_id: int | None
    own: bool
    way: LetterWay | None
    large: bool
    reads: str
    copies: bool | None  # None: nothing was said about copies


@dataclass(frozen=True, slots=True)
class PersonLetters:
    """How somebody is told; `comes`: what that comes to ("letter", "email", "console": their own page).

    `changes`: the newest first, the newest one counts.

    `guardians`, `agents`: names of who acts for them; `copies`: do the agents get copies?
    """

    person_id: int
    name: str
    territory_code: str
    way: LetterWay | None
    large: bool
    reads: str
    reachable: bool
    has_email: bool
    by_letter: bool
    comes: str
    guardians: list[str]
    agents: list[str]
    copies: bool
    changes: list[WishChange]


def person_for(actor: Actor, person_id: int) -> people.PersonBrief:
    """Oneself, whom one acts for, or somebody of the actor's places; raises `NotFound("no_such_person")`."""
    person = people.brief(person_id)
    if person is None or not (actor.is_self(person.id) or actor.may(PERMISSION, person.territory_code)):
        raise NotFound("no_such_person")
    return person


def hears(person_id: int) -> bool:
    """Is there a page, a telephone or an address by which somebody learns of messages?"""
    if any(contacts_of([person_id]).get(person_id, ())):
        return True
    account = access.account_of_person(person_id)
    return account is not None and account.closed_at is None


def own_wish(actor: Actor, person_id: int | None) -> PersonLetters:
    """As `wish_of`, for oneself and those one acts for."""
    person = people.brief(person_id) if person_id else None
    if person is None or not actor.is_self(person.id):
        raise NotFound("no_such_person")
    return wish_of(actor, person.id)


def wish_of(actor: Actor, person_id: int) -> PersonLetters:
    """How a person is told; raises `NotFound("no_such_person")`."""
    person = person_for(actor, person_id)
    row = db.session.get(LetterWish, person.id)
    way = row.way if row else None
    phone, email = contacts_of([person.id]).get(person.id, (None, None))
    acting = people.agents_of(person.id)
    gets = people.copies_for([person.id]).get(person.id, [])
    return PersonLetters(
        person_id=person.id,
        name=person.name,
        territory_code=person.territory_code,
        way=way,
        large=bool(row and row.large),
        reads=person.reads,
        reachable=bool(phone or email),
        has_email=bool(email),
        by_letter=on_paper(way, reachable=bool(phone or email)),
        comes=channel(way, reachable=bool(phone or email), by_mail=bool(email) and is_set_up(), in_time=True),
        guardians=[one.name for one in acting if one.kind is AgentKind.GUARDIAN],
        agents=[one.name for one in acting if one.kind is AgentKind.AGENT],
        copies=any(one.kind is AgentKind.AGENT for one in gets),
        changes=_changes(person.id),
    )


def _changes(person_id: int) -> list[WishChange]:
    numbers = [str(one) for one in people.ids_of(person_id)]
    wanted = select(AuditEvent).where(
        AuditEvent.subject_type == "person", AuditEvent.subject_id.in_(numbers), AuditEvent.action == WISHED
    )
    return [_change(row) for row in db.session.scalars(wanted.order_by(AuditEvent.id.desc()).limit(SHOWN))]


def _change(row: AuditEvent) -> WishChange:
    said = row.detail
    way = LetterWay(said["way"]) if said.get("way") else None
    own, large = bool(said.get("own")), bool(said.get("large"))
    return WishChange(
        row.at, row.actor_name, row.account_id, own, way, large, said.get("reads", ""), said.get("copies")
    )


def ways_of(person_ids: Iterable[int]) -> dict[int, LetterWay | None]:
    """What each of the people said, by the number asked for; two statements."""
    kept = people.resolve_all(set(person_ids))
    rows = db.session.execute(
        select(LetterWish.person_id, LetterWish.way).where(LetterWish.person_id.in_(set(kept.values())))
    )
    ways = {row.person_id: row.way for row in rows}
    return {asked: ways.get(one) for asked, one in kept.items()}
