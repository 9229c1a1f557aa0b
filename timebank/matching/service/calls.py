"""Taking a call: person, contact, request and approval in one transaction; and what is typed of several, parked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.exc import IntegrityError

from timebank.core import clock, hooks, parameters
from timebank.core.authority import Actor
from timebank.core.command import command, done_before
from timebank.core.db import db, transaction
from timebank.core.errors import NotAllowed, NotFound
from timebank.exchange.rules.requests import NewRequest
from timebank.exchange.service import requests
from timebank.matching.models import ParkedCall
from timebank.people import queries as people
from timebank.people import service as registry
from timebank.people.rules.codes import COPIES, AgentKind
from timebank.people.service import NewAgent, NewConsent, NewPerson

DAYS = "tb.call_draft_days"
KEY = 64  # characters of the key of a form
MOST = 20_000  # characters of a draft


@dataclass(frozen=True, slots=True)
class Contact:
    """A registered person who speaks for the one who needs help; `copies`: who needs help agrees to copies for them."""

    person_id: int
    kind: AgentKind = AgentKind.AGENT
    relation: str = ""
    copies: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """What one call says: somebody registered (`wanted.recipient_id`) or `new`; what is `wanted`.

    `approve`: put the hours on hold at once, so that helpers can be asked while the telephone is in the hand.
    """

    wanted: NewRequest
    new: NewPerson | None = None
    contact: Contact | None = None
    approve: bool = True


@command
def take_call(actor: Actor, call: Call, *, key: str | None = None) -> int:
    """Everything a call asks for, or nothing; answers with the request's id, and forgets what was parked of it.

    "requests.write" for the person, "people.write" for somebody new or a new contact, "requests.approve" to approve.
    Raises `Refused` beside the field as `register_person`, `add_agent`, `submit_request`, `approve_request` do.
    """
    wanted = call.wanted
    if call.new is not None:
        wanted = replace(wanted, recipient_id=registry.register_person(actor, _guarded(call.new, call.contact)))
    if call.contact is not None:
        _speaks_for(actor, wanted.recipient_id, call.contact)
    request_id = requests.submit_request(actor, wanted)
    if call.approve:
        requests.approve_request(actor, request_id)
    _forget(actor, key or "")
    return request_id


def _guarded(new: NewPerson, contact: Contact | None) -> NewPerson:
    """A guardian is written down with the child, whose data need the guardian's consent (domain.md C8.19)."""
    if contact is None or contact.kind is not AgentKind.GUARDIAN:
        return new
    return replace(new, guardian_id=contact.person_id, guardian_relation=contact.relation)


def _speaks_for(actor: Actor, person_id: int, contact: Contact) -> None:
    """Notes who may act for the person (whoever does so already stays as they are), and the consent to copies."""
    known = {people.resolve(agent.agent_person_id) for agent in people.agents_of(person_id)}
    if people.resolve(contact.person_id) not in known:
        registry.add_agent(actor, NewAgent(person_id, contact.person_id, contact.kind, contact.relation))
    gets = {agent.agent_person_id for agent in people.copies_for([person_id]).get(person_id, [])}
    if contact.copies and contact.person_id not in gets:
        registry.give_consent(actor, NewConsent(person_id, COPIES))


def keep_draft(actor: Actor, typed: Mapping[str, list[str]], key: str) -> bool:
    """Keeps what is typed into the form of this key, beside the actor's other calls, for tb.call_draft_days.

    False when the call was written down meanwhile, or it is too long.
    """
    if actor.account_id is None:
        raise NotAllowed("requests.approve")
    text = json.dumps(typed, ensure_ascii=False)
    if len(text) > MOST or len(key) > KEY or done_before(take_call, actor, key):
        return False
    _keep(actor, key, text)
    if not done_before(take_call, actor, key):
        return True
    _forget(actor, key)  # it was on its way while the call was written down
    return False


@transaction
def _keep(actor: Actor, key: str, text: str) -> None:
    now = clock.now()
    until = now + timedelta(days=_days(actor))
    mine = select(ParkedCall).where(*_own(actor), ParkedCall.form_key == key).with_for_update()
    row = db.session.scalar(mine)
    if row is None:
        try:
            with db.session.begin_nested():
                db.session.add(
                    ParkedCall(account_id=actor.account_id, form_key=key, typed=text, kept_at=now, expires_at=until)
                )
            return
        except IntegrityError:  # two fields left at the same moment: the other one made the row
            row = db.session.scalars(mine).one()
    row.typed, row.kept_at, row.expires_at = text, now, until


def _days(actor: Actor) -> int:
    """Asked by `hooks.ask("parameter_scopes", territory_code=…)`: the rule of the place the actor works for."""
    place = next(iter(actor.scopes("requests.approve")), "")
    return parameters.values(hooks.ask("parameter_scopes", territory_code=place), clock.today()).number(DAYS)


@command
def drop_draft(actor: Actor, draft_id: int, *, key: str | None = None) -> None:
    """The caller hung up: nothing of it stays.  Raises `NotFound("no_such_draft")`, also for a colleague's."""
    gone = db.session.execute(delete(ParkedCall).where(*_own(actor), ParkedCall.id == draft_id))
    if not getattr(gone, "rowcount", 0):
        raise NotFound("no_such_draft")


@transaction
def _forget(actor: Actor, key: str) -> None:
    db.session.execute(delete(ParkedCall).where(*_own(actor), ParkedCall.form_key == key))


def _own(actor: Actor) -> list[ColumnElement[bool]]:
    return [ParkedCall.account_id == (actor.account_id or 0)]


@transaction
def forget_drafts() -> int:
    """Erases drafts nobody came back to in time; returns how many."""
    gone = db.session.execute(delete(ParkedCall).where(ParkedCall.expires_at <= clock.now()))
    return int(getattr(gone, "rowcount", 0) or 0)
