"""Households, guardians and agents, consent."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from timebank.core import audit, clock, hooks
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.people.models import Agent, AgentKind, Consent, Household, HouseholdMember, Person
from timebank.people.queries import agents_of, ids_of, may_agree, resolve, wards_of
from timebank.people.rules.ages import is_adult, needs_guardian_consent
from timebank.people.rules.codes import COPIES, LegalBasis
from timebank.people.service.commands import Joining, NewAgent, NewConsent
from timebank.people.service.loading import loaded, named, writable


def _changeable(actor: Actor, person_id: int) -> Person:
    """Their own person, or one of the territory the actor writes for."""
    return loaded(person_id) if actor.is_self(person_id) else writable(actor, person_id)


@command
def set_household(actor: Actor, person_id: int, joining: Joining, *, key: str | None = None) -> int:
    """The person lives with another from a day on (or alone), and leaves where they lived.  Returns the household.

    Raises `Refused("with_oneself" | "household_already" | "left_before_joined")`.
    """
    row = _changeable(actor, person_id)
    day = joining.joined_on or clock.today()
    house = _house_of(joining.with_person_id, row, day, actor) if joining.with_person_id else None
    current = _membership(row.id)
    if current and house and current.household_id == house.id:
        raise Refused("household_already", field="with_person_id")
    if current:
        _leave(current, day)
    house = house or _new_house(row)
    db.session.add(
        HouseholdMember(
            household_id=house.id,
            person_id=row.id,
            relation=joining.relation.strip()[:32],
            is_dependant=joining.is_dependant,
            joined_on=day,
        )
    )
    audit.record(actor, "set.household", "person", row.id, row.territory_code, household=house.id)
    hooks.fire("household_changed", person_id=row.id, household_id=house.id)
    return house.id


def _house_of(other_id: int, row: Person, day: date, actor: Actor) -> Household:
    other = loaded(resolve(other_id))
    if other.id == row.id:
        raise Refused("with_oneself", field="with_person_id")
    if not actor.is_self(other.id):
        writable(actor, other.id)
    membership = _membership(other.id)
    if membership:
        return db.session.get_one(Household, membership.household_id)
    house = _new_house(other)
    db.session.add(HouseholdMember(household_id=house.id, person_id=other.id, relation="head", joined_on=day))
    return house


def _new_house(row: Person) -> Household:
    house = Household(territory_code=row.territory_code, address=row.address)
    db.session.add(house)
    db.session.flush()
    return house


def _membership(person_id: int) -> HouseholdMember | None:
    return db.session.scalar(
        select(HouseholdMember)
        .where(HouseholdMember.person_id.in_(ids_of(person_id)), HouseholdMember.left_on.is_(None))
        .order_by(HouseholdMember.id.desc())
    )


def _leave(membership: HouseholdMember, day: date) -> None:
    if day < membership.joined_on:
        raise Refused("left_before_joined", field="joined_on")
    membership.left_on = day


@command
def leave_household(actor: Actor, person_id: int, left_on: date | None = None, *, key: str | None = None) -> int:
    """The person lives there no longer.  Raises `Refused("no_household" | "left_before_joined")`."""
    row = _changeable(actor, person_id)
    membership = _membership(row.id)
    if membership is None:
        raise Refused("no_household")
    _leave(membership, left_on or clock.today())
    audit.record(actor, "leave.household", "person", row.id, row.territory_code, household=membership.household_id)
    return membership.household_id


@command
def add_agent(actor: Actor, new: NewAgent, *, key: str | None = None) -> int:
    """A guardian or chosen agent may act for a person.  Returns the number of the relation.

    Raises `Refused("with_oneself" | "guardian_minor" | "agent_circle" | "agent_twice" | "agent_ends_before_start")`.
    """
    person = writable(actor, new.person_id)
    other = named(actor, new.agent_person_id)
    day = new.valid_from or clock.today()
    if other.id == person.id:
        raise Refused("with_oneself", field="agent_person_id")
    if not is_adult(other.birth_date, clock.today()):
        raise Refused("guardian_minor", field="agent_person_id")
    if new.kind == AgentKind.GUARDIAN and other.id in wards_of(person.id):
        raise Refused("agent_circle", field="agent_person_id")
    if any(resolve(known.agent_person_id) == other.id for known in agents_of(person.id)):
        raise Refused("agent_twice", field="agent_person_id")
    if new.valid_to and new.valid_to < day:
        raise Refused("agent_ends_before_start", field="valid_to")
    row = Agent(
        person_id=person.id,
        agent_person_id=other.id,
        kind=new.kind,
        relation=new.relation.strip()[:32],
        valid_from=day,
        valid_to=new.valid_to,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "add.agent", "person", person.id, person.territory_code, agent=other.id, kind=new.kind)
    return row.id


@command
def end_agent(actor: Actor, agent_id: int, last_day: date | None = None, *, key: str | None = None) -> int:
    """The guardian or agent acts for the last time on the day (None: yesterday, so not any more).

    The person themself may end a chosen agent.  Raises `Refused("agent_ends_before_start")`.
    """
    row = db.session.get(Agent, agent_id)
    if row is None:
        raise NotFound("person")
    person_id = resolve(row.person_id)
    own = actor.person_id == person_id and row.kind == AgentKind.AGENT
    person = loaded(person_id) if own else writable(actor, person_id)
    last = last_day or date.fromordinal(clock.today().toordinal() - 1)
    if last_day and last < row.valid_from:
        raise Refused("agent_ends_before_start", field="last_day")
    row.valid_to = last
    row.valid_from = min(row.valid_from, last)
    audit.record(actor, "end.agent", "person", person.id, person.territory_code, agent=row.agent_person_id)
    return row.id


@command
def give_consent(actor: Actor, new: NewConsent, *, key: str | None = None) -> int:
    """Writes down a consent (or the law in its place).  For a child under 14 only a guardian can give it (C8.19).

    To copies for chosen agents only the person or a guardian agrees (PIPL art. 23), and no agent writes it down.
    Raises `Refused("consent_giver" | "copies_giver" | "purpose_missing")`.
    """
    person = _changeable(actor, new.person_id)
    if not new.purpose.strip():
        raise Refused("purpose_missing", field="purpose")
    giver = resolve(new.given_by_id) if new.given_by_id else person.id
    if not _may_give(person, giver, new.legal_basis):
        raise Refused("consent_giver", field="given_by_id")
    if new.purpose.strip() == COPIES and not (may_agree(giver, person.id) and _writes_copies(actor, person.id)):
        raise Refused("copies_giver", field="given_by_id")
    row = Consent(
        person_id=person.id,
        purpose=new.purpose.strip()[:64],
        legal_basis=new.legal_basis.value,
        given_by_person_id=giver,
        recorded_by=actor.account_id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "give.consent", "person", person.id, person.territory_code, purpose=row.purpose)
    return row.id


def _writes_copies(actor: Actor, person_id: int) -> bool:
    """Nobody gives themself the right to read another's messages."""
    if actor.person_id is None or may_agree(actor.person_id, person_id):
        return True
    return resolve(actor.person_id) not in {agent.agent_person_id for agent in agents_of(person_id)}


def _may_give(person: Person, giver: int, basis: LegalBasis) -> bool:
    agents = agents_of(person.id)
    if basis == LegalBasis.CONSENT and needs_guardian_consent(person.birth_date, clock.today()):
        agents = [agent for agent in agents if agent.kind == AgentKind.GUARDIAN]
        return giver in {resolve(agent.agent_person_id) for agent in agents}
    return giver == person.id or giver in {resolve(agent.agent_person_id) for agent in agents}


@command
def withdraw_consent(actor: Actor, consent_id: int, *, key: str | None = None) -> int:
    """Consent is taken back; what was done before stays lawful (PIPL art. 15).

    Raises `Refused("consent_withdrawn")`.
    """
    row = db.session.get(Consent, consent_id)
    if row is None:
        raise NotFound("person")
    person = _changeable(actor, resolve(row.person_id))
    if row.withdrawn_at:
        raise Refused("consent_withdrawn")
    row.withdrawn_at = clock.now()
    audit.record(actor, "withdraw.consent", "person", person.id, person.territory_code, purpose=row.purpose)
    return row.id
