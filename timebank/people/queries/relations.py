"""Who lives with whom, and who may act for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select, union_all
from sqlalchemy.orm import aliased

from timebank.core import clock
from timebank.core.db import db
from timebank.people.models import Agent, AgentKind, Consent, HouseholdMember, Person
from timebank.people.queries.briefs import numbers_of, resolve_all
from timebank.people.rules import masking
from timebank.people.rules.codes import COPIES


@dataclass(frozen=True, slots=True)
class AgentInfo:
    """Somebody who acts for a person, both under the numbers kept; the name is the agent's.

    Read the other way (`acts_for`), `name` and `phone_masked` are of the person acted for.
    """

    id: int
    person_id: int
    agent_person_id: int
    name: str
    kind: AgentKind
    relation: str
    phone_masked: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class HouseholdLine:
    """A member of a household now."""

    membership_id: int
    household_id: int
    person_id: int
    name: str
    birth_date: date | None
    relation: str
    is_dependant: bool
    joined_on: date


def _lives(day: date) -> ColumnElement[bool]:
    return and_(HouseholdMember.joined_on <= day, or_(HouseholdMember.left_on.is_(None), HouseholdMember.left_on > day))


def household_ids(person_ids: Iterable[int], on: date | None = None) -> dict[int, frozenset[int]]:
    """The people living with each on the day (today), under every number they have; oneself is not among them."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    kept = resolve_all(wanted)
    who = func.coalesce(Person.merged_into_id, Person.id)
    lives = _lives(on or clock.today())
    ids = set(kept.values())
    numbered = union_all(  # each part is found by an index; `who` would be looked for among everybody
        select(Person.id).where(Person.id.in_(ids), Person.merged_into_id.is_(None)),
        select(Person.id).where(Person.merged_into_id.in_(ids)),
    )
    mine = select(HouseholdMember.household_id).where(lives, HouseholdMember.person_id.in_(numbered))
    rows = db.session.execute(
        select(HouseholdMember.household_id, HouseholdMember.person_id, who.label("kept"))
        .join(Person, Person.id == HouseholdMember.person_id)
        .where(lives, HouseholdMember.household_id.in_(mine))
    ).all()
    houses: dict[int, set[int]] = defaultdict(set)
    numbers: dict[int, set[int]] = defaultdict(set)
    for house, person_id, kept_id in rows:
        houses[kept_id].add(house)
        numbers[house] |= {kept_id, person_id}
    return {asked: _others(asked, one, houses[one], numbers, rows) for asked, one in kept.items()}


def _others(
    asked: int, kept: int, houses: set[int], numbers: dict[int, set[int]], rows: Iterable[tuple[int, int, int]]
) -> frozenset[int]:
    own = {asked, kept} | {person_id for _, person_id, kept_id in rows if kept_id == kept}
    return frozenset(set().union(*(numbers[house] for house in houses)) - own)


def household_of(person_id: int, on: date | None = None) -> list[HouseholdLine]:
    """Everybody in the person's household on the day (today), the person included; empty when none is known."""
    day = on or clock.today()
    mine = select(HouseholdMember.household_id).where(HouseholdMember.person_id.in_(numbers_of(person_id)), _lives(day))
    kept = aliased(Person)
    rows = db.session.execute(
        select(HouseholdMember, kept.id, kept.name, kept.birth_date)
        .join(Person, Person.id == HouseholdMember.person_id)
        .join(kept, kept.id == func.coalesce(Person.merged_into_id, Person.id))
        .where(HouseholdMember.household_id.in_(mine), _lives(day))
        .order_by(HouseholdMember.joined_on, HouseholdMember.id)
    )
    return [
        HouseholdLine(m.id, m.household_id, kept_id, name, born, m.relation, m.is_dependant, m.joined_on)
        for m, kept_id, name, born in rows
    ]


def dependants_at_home(person_ids: Iterable[int], on: date | None = None) -> frozenset[int]:
    """Those of the people in whose household somebody else needs care (N13)."""
    with_others = household_ids(person_ids, on)
    everybody = frozenset().union(*with_others.values()) if with_others else frozenset()
    cared_for = set(
        db.session.scalars(
            select(HouseholdMember.person_id).where(
                HouseholdMember.person_id.in_(everybody),
                HouseholdMember.is_dependant.is_(True),
                _lives(on or clock.today()),
            )
        )
    )
    return frozenset(person_id for person_id, others in with_others.items() if others & cared_for)


def _valid(day: date) -> ColumnElement[bool]:
    return and_(Agent.valid_from <= day, or_(Agent.valid_to.is_(None), Agent.valid_to >= day))


def wards_of(person_id: int, on: date | None = None) -> frozenset[int]:
    """The people for whom this one may act on the day (today), under every number they have."""
    who = func.coalesce(Person.merged_into_id, Person.id)
    acted_for = (
        select(who)
        .join(Agent, Agent.person_id == Person.id)
        .where(Agent.agent_person_id.in_(numbers_of(person_id)), _valid(on or clock.today()))
    )
    rows = db.session.scalars(
        select(Person.id).where(or_(Person.id.in_(acted_for), Person.merged_into_id.in_(acted_for)))
    )
    return frozenset(rows)


def agents_of(person_id: int, on: date | None = None) -> list[AgentInfo]:
    """Guardians and agents of a person on the day (today)."""
    return _agents(Agent.person_id.in_(numbers_of(person_id)), on)


def acts_for(person_id: int, on: date | None = None) -> list[AgentInfo]:
    """The same, read from the agent's side: `name` and `phone_masked` are of the person acted for."""
    return _agents(Agent.agent_person_id.in_(numbers_of(person_id)), on, from_agent=True)


def may_agree(giver_id: int | None, person_id: int) -> bool:
    """May the giver agree in the person's name to copies for chosen agents?

    The person themself (PIPL art. 23), or a guardian, who acts in the person's place (Civil Code art. 34).
    """
    if giver_id is None:
        return False
    kept = resolve_all({giver_id, person_id})
    if kept[giver_id] == kept[person_id]:
        return True
    return kept[giver_id] in {one.agent_person_id for one in agents_of(person_id) if one.kind is AgentKind.GUARDIAN}


def copies_for(person_ids: Iterable[int], on: date | None = None) -> dict[int, list[AgentInfo]]:
    """Who gets a copy of what a person is sent or handed, by the person's number as asked; two or three statements.

    Guardians always (they act in the person's place, Civil Code art. 34); chosen agents where the person consented to
    copies and has not withdrawn (PIPL art. 23).  People without anybody are left out.
    """
    kept = resolve_all(set(person_ids))
    numbers = _numbers(set(kept.values()))
    if not numbers:
        return {}
    found: dict[int, list[AgentInfo]] = defaultdict(list)
    for agent in _agents(Agent.person_id.in_(numbers), on):
        found[agent.person_id].append(agent)
    chosen = {one for one, few in found.items() if any(agent.kind is AgentKind.AGENT for agent in few)}
    agreed = _agreed([number for number, one in numbers.items() if one in chosen]) if chosen else frozenset()
    with_copies = {numbers[number] for number in agreed}
    gets = {one: _once(each for each in few if _gets(each, one in with_copies)) for one, few in found.items()}
    return {asked: gets[one] for asked, one in kept.items() if gets.get(one)}


def _gets(agent: AgentInfo, agreed: bool) -> bool:
    return agreed or agent.kind is AgentKind.GUARDIAN


def _once(agents: Iterable[AgentInfo]) -> list[AgentInfo]:
    """Each agent once: as guardian, who is both."""
    known: dict[int, AgentInfo] = {}
    for agent in agents:
        if agent.kind is AgentKind.GUARDIAN or agent.agent_person_id not in known:
            known[agent.agent_person_id] = agent
    return list(known.values())


def _numbers(kept: set[int]) -> dict[int, int]:
    """Every number of these people, and the one it is kept under."""
    merged = db.session.execute(select(Person.id, Person.merged_into_id).where(Person.merged_into_id.in_(kept)))
    return {one: one for one in kept} | {row.id: row.merged_into_id for row in merged}


def _agreed(numbers: list[int]) -> frozenset[int]:
    """The numbers under which a consent to copies stands."""
    asked = select(Consent.person_id).where(
        Consent.person_id.in_(numbers), Consent.purpose == COPIES, Consent.withdrawn_at.is_(None)
    )
    return frozenset(db.session.scalars(asked))


def _agents(match: ColumnElement[bool], on: date | None, *, from_agent: bool = False) -> list[AgentInfo]:
    """Each pair once in each kind, under the numbers kept; nobody acts for themself, whatever was merged."""
    person, agent, other = aliased(Person), aliased(Person), aliased(Person)
    acted_for = func.coalesce(person.merged_into_id, person.id)
    acting = func.coalesce(agent.merged_into_id, agent.id)
    rows = db.session.execute(
        select(Agent, acted_for, acting, other)
        .join(person, person.id == Agent.person_id)
        .join(agent, agent.id == Agent.agent_person_id)
        .join(other, other.id == (acted_for if from_agent else acting))
        .where(match, _valid(on or clock.today()), acted_for != acting)
        .order_by(Agent.kind, Agent.id)
    )
    found: dict[tuple[int, int, AgentKind], AgentInfo] = {}
    for row, person_id, agent_id, named in rows:
        found.setdefault((person_id, agent_id, row.kind), _info(row, person_id, agent_id, named))
    return list(found.values())


def _info(row: Agent, person_id: int, agent_id: int, named: Person) -> AgentInfo:
    return AgentInfo(
        id=row.id,
        person_id=person_id,
        agent_person_id=agent_id,
        name=named.name,
        kind=row.kind,
        relation=row.relation,
        phone_masked=masking.phone(named.phone),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
