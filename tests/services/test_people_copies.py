"""Guardians get copies, chosen agents only by consent; notices, sheets and receipts follow the same rule."""

from __future__ import annotations

from datetime import date
from typing import Any

import time_machine
from flask import Flask

from tests.conftest import new_client
from tests.factories import exchange_visits as make
from tests.factories import redemption as goods
from tests.factories import town
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models import Visit
from timebank.exchange.service import steps
from timebank.notices.models import Notice
from timebank.people.models import Consent, Person
from timebank.people.queries import copies_for
from timebank.people.rules.codes import COPIES, AgentKind
from timebank.people.service import NewAgent, NewConsent, add_agent, end_agent, give_consent, withdraw_consent
from timebank.redemption import service as desk

GROWN = date(1975, 1, 1)


def told(person_id: int) -> int:
    return db.session.query(Notice).filter_by(person_id=person_id).count()


def test_a_guardian_always_and_an_agent_only_by_consent(app: Flask) -> None:
    people = make.cast()
    guardian, agent = town.person("张强", birth_date=GROWN), town.person("张丽", birth_date=GROWN)
    assert copies_for([people.zhang]) == {}
    add_agent(people.broker, NewAgent(people.zhang, guardian, AgentKind.GUARDIAN, "child"))
    relation = add_agent(people.broker, NewAgent(people.zhang, agent, AgentKind.AGENT, "child"))
    assert [one.agent_person_id for one in copies_for([people.zhang, people.xu])[people.zhang]] == [guardian]
    consent = give_consent(people.broker, NewConsent(people.zhang, COPIES))
    assert {one.agent_person_id for one in copies_for([people.zhang])[people.zhang]} == {guardian, agent}
    withdraw_consent(people.broker, consent)
    assert [one.agent_person_id for one in copies_for([people.zhang])[people.zhang]] == [guardian]
    give_consent(people.broker, NewConsent(people.zhang, COPIES))
    end_agent(people.broker, relation)
    assert [one.agent_person_id for one in copies_for([people.zhang])[people.zhang]] == [guardian]


def test_a_merged_person_keeps_who_gets_copies(app: Flask) -> None:
    people = make.cast()
    twin, agent = town.person("张建国"), town.person("张丽", birth_date=GROWN)
    add_agent(people.broker, NewAgent(twin, agent, AgentKind.AGENT, "child"))
    db.session.add(Consent(person_id=twin, purpose=COPIES, given_by_person_id=twin))
    db.session.get_one(Person, twin).merged_into_id = people.zhang
    db.session.commit()
    for asked in (people.zhang, twin):
        assert [one.agent_person_id for one in copies_for([asked])[asked]] == [agent]


def test_notices_are_copied_by_the_same_rule(app: Flask) -> None:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        people = make.cast()
        agent = town.person("张丽", birth_date=GROWN)
        add_agent(people.broker, NewAgent(people.zhang, agent, AgentKind.AGENT, "child"))
        visit_id = make.scheduled(people)
        assert told(people.zhang)
        assert not told(agent)
        give_consent(people.broker, NewConsent(people.zhang, COPIES))
        for _ in range(2):
            steps.remind(db.session.get_one(Visit, visit_id))
            db.session.commit()
        assert told(agent) == 1
        make.scheduled(people, 900, earliest_minute=900, latest_minute=900)
        assert told(agent) > 1


def test_a_receipt_prints_a_copy_only_for_who_may_have_one(app: Flask, sign_in: Any) -> None:
    town.town()
    shop = goods.shop()
    member = goods.saver(500)
    agent = town.person("张丽", birth_date=GROWN)
    clerk = town.clerk()
    system = Actor.system("tests")
    add_agent(system, NewAgent(member, agent, AgentKind.AGENT, "child"))
    receipt = desk.redeem(clerk, goods.takes(shop, member, rice=1))
    page = f"/redemptions/{receipt}?copy={agent}"
    counter = sign_in(new_client(app), town.account_of(clerk))
    assert "张丽" not in counter.get(page).text
    give_consent(system, NewConsent(member, COPIES))
    shown = counter.get(page).text
    assert "<strong>Copy for 张丽</strong>" in shown
    assert "<strong>Copy for" not in counter.get(f"/redemptions/{receipt}").text


def test_a_daughter_with_two_records_that_were_joined_hears_of_each_visit_once(app: Flask) -> None:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        people = make.cast()
        daughter, again = town.person("张丽", birth_date=GROWN), town.person("张丽", birth_date=GROWN)
        for number in (daughter, again):
            add_agent(people.broker, NewAgent(people.zhang, number, AgentKind.GUARDIAN, "child"))
        db.session.get_one(Person, again).merged_into_id = daughter
        db.session.commit()
        assert steps.with_copies(people.zhang) == [(people.zhang, None), (daughter, people.zhang)]
        visit_id = make.scheduled(people)
        before = told(daughter)
        steps.remind(db.session.get_one(Visit, visit_id))
        db.session.commit()
        assert (told(daughter), told(again)) == (before + 1, 0)


def test_nobody_gets_copies_of_their_own_messages_when_an_agents_record_was_theirs(app: Flask) -> None:
    people = make.cast()
    twin = town.person("张建国", birth_date=GROWN)
    add_agent(people.broker, NewAgent(people.zhang, twin, AgentKind.GUARDIAN, "child"))
    db.session.get_one(Person, twin).merged_into_id = people.zhang
    db.session.commit()
    assert copies_for([people.zhang]) == {}
