"""Who may say how somebody is told: the consent to copies is the person's own, and nobody is left without a word."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from tests.factories import town
from timebank.core.authority import Actor, Grant
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.notices.queries import wishes as queries
from timebank.notices.rules import LetterWay, WishForLetters
from timebank.notices.service import wishes
from timebank.people.models import Agent, AgentKind, Person
from timebank.people.queries import agents_of, copies_for
from timebank.people.rules.codes import COPIES
from timebank.people.service import NewConsent, give_consent

ALL = frozenset({"people.write", "people.read"})


@pytest.fixture
def zhang(app: Flask) -> int:
    town.town()
    return town.person("张建国", phone="13912345678")


def acting(person_id: int, kind: AgentKind, name: str = "张丽") -> Actor:
    agent = town.person(name)
    db.session.add(Agent(person_id=person_id, agent_person_id=agent, kind=kind, valid_from=date(2020, 1, 1)))
    db.session.commit()
    return town.member(agent)


def asks(person_id: int, copies: bool) -> WishForLetters:
    return WishForLetters(person_id, None, copies=copies)


def test_an_agent_cannot_agree_in_the_persons_name_to_read_copies_but_may_take_it_back(zhang: int) -> None:
    agent, guardian = acting(zhang, AgentKind.AGENT), acting(zhang, AgentKind.GUARDIAN, "张伟")
    with pytest.raises(Refused, match="copies_by_themselves"):
        wishes.wish(agent, asks(zhang, True))
    assert [one.name for one in copies_for([zhang])[zhang]] == ["张伟"]
    for speaker in (town.member(zhang), guardian):
        wishes.wish(speaker, asks(zhang, True))
        assert len(copies_for([zhang])[zhang]) == 2
        wishes.wish(agent, asks(zhang, False))
        assert [one.name for one in copies_for([zhang])[zhang]] == ["张伟"]


def test_no_agent_writes_the_consent_down_for_themself_not_even_as_staff(zhang: int) -> None:
    agent = acting(zhang, AgentKind.AGENT)
    assert agent.person_id
    for who in (agent, Actor(agent.account_id, agent.person_id, "", (Grant("broker", town.YAOHUA, ALL),), agent.wards)):
        for giver in (None, zhang, agent.person_id):
            with pytest.raises(Refused, match="copies_giver"):
                give_consent(who, NewConsent(zhang, COPIES, given_by_id=giver))
    with pytest.raises(Refused, match="copies_giver"):
        give_consent(town.broker(), NewConsent(zhang, COPIES, given_by_id=agent.person_id))
    give_consent(town.broker(), NewConsent(zhang, COPIES, given_by_id=zhang))
    assert [one.agent_person_id for one in copies_for([zhang])[zhang]] == [agent.person_id]


def test_nobody_is_told_only_on_a_page_that_they_cannot_open(zhang: int) -> None:
    silent = town.person("李秀兰")
    agent = acting(silent, AgentKind.AGENT)
    for who in (agent, town.broker()):
        with pytest.raises(Refused, match="no_page_for_messages") as refused:
            wishes.wish(who, WishForLetters(silent, LetterWay.MESSAGE))
        assert refused.value.field == "way"
    wishes.wish(town.broker(), WishForLetters(zhang, LetterWay.MESSAGE))
    town.member(silent)
    wishes.wish(agent, WishForLetters(silent, LetterWay.MESSAGE))
    assert queries.wish_of(agent, silent).comes == "console"


def test_only_the_time_bank_stops_letters_and_who_has_that_keeps_it(zhang: int) -> None:
    never = WishForLetters(zhang, LetterWay.NEVER)
    with pytest.raises(Refused, match="never_by_staff"):
        wishes.wish(town.member(zhang), never)
    wishes.wish(town.broker(), never)
    wishes.wish(town.member(zhang), WishForLetters(zhang, LetterWay.NEVER, large=True))
    assert queries.wish_of(town.broker(), zhang).large


def test_the_lists_name_somebody_twice_in_the_registry_once(zhang: int) -> None:
    first, again = acting(zhang, AgentKind.GUARDIAN).person_id, acting(zhang, AgentKind.GUARDIAN).person_id
    assert len(agents_of(zhang)) == 2
    db.session.get_one(Person, again).merged_into_id = first
    db.session.commit()
    assert [one.agent_person_id for one in agents_of(zhang)] == [first]
    assert queries.wish_of(town.broker(), zhang).guardians == ["张丽"]
