"""One screen while the telephone is in the hand: known and new callers, duplicates, drafts, helpers at once."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import func, select

from tests.conftest import new_client, one_engine
from tests.factories import exchange_visits as make
from tests.factories import matching, town
from tests.factories.exchange_visits import TUESDAY
from timebank.access import service as access
from timebank.core.db import db
from timebank.exchange.models import ServiceRequest
from timebank.exchange.rules.requests import RequestState
from timebank.matching.clockwork import JOBS, forget
from timebank.matching.models import ParkedCall
from timebank.matching.service import calls
from timebank.matching.service.calls import forget_drafts
from timebank.people import queries as people_queries
from timebank.people.models import Person

WANTED = {
    "service_code": "cleaning",
    "kind": "once",
    "first_day": "2026-11-24",
    "earliest_minute": "09:00",
    "latest_minute": "10:00",
    "minutes": "1:00",
    "helper_sex": "F",
    "language": "",
    "funding": "own",
    "urgent": "y",
    "note": "the kitchen",
    "approve": "y",
}
NEW = {
    "caller": "王秀英",
    "person": "0",
    "new_name": "王秀英",
    "new_phone": "025-85551234",
    "new_territory": town.YAOXIN,
    "new_address": "3-201",
    "new_birth_date": "1950-05-01",
    "new_sex": "F",
}


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_known_caller_gets_helpers_at_once(app: Flask, sign_in: Any, statements: Any) -> None:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        people = make.cast()
        matching.volunteer("陈静", hours=(8, 12), scheme=people.scheme)
        daughter = town.person("张丽", birth_date=TUESDAY.replace(year=1980))
        card = access.issue_card(people.broker, people.zhang)
        desk = sign_in(new_client(app), people.broker.account_id)
        with statements(20):
            assert "Take a call" in desk.get("/calls/new").text
        for typed in ("zjg", "张建国", card):
            with statements(12):
                hits = desk.get(f"/calls/people?caller={typed}", headers={"HX-Request": "true"}).text
            assert f'value="{people.zhang}" checked' in hits
        assert "Nobody found" in desk.get("/calls/people?caller=qqq", headers={"HX-Request": "true"}).text
        without_script = desk.get(desk.get("/calls/people?caller=zjg").headers["Location"]).text
        assert f'value="{people.zhang}"' in without_script
        nobody = desk.post("/calls/new", data={**WANTED, "caller": "zjg"})
        assert nobody.status_code == 422
        assert "Choose who needs help" in nobody.text
        assert "the kitchen</textarea>" in nobody.text
        member = people_queries.brief(daughter)
        assert member
        typed_call = {
            **WANTED,
            "caller": "zjg",
            "person": str(people.zhang),
            "contact": member.member_no,
            "key": "call-1",
        }
        answer = desk.post("/calls/new", data={**typed_call, "relation": "child", "copies": "y"})
        assert answer.status_code == 303
        again = desk.post("/calls/new", data={**typed_call, "relation": "child", "copies": "y"})
        assert again.headers["Location"] == answer.headers["Location"]
        assert count(ServiceRequest) == 1
        with statements(30):
            page = desk.get(answer.headers["Location"]).text
        assert "Offer to 陈静" in page
        assert [agent.relation for agent in people_queries.agents_of(people.zhang)] == ["child"]
        copies = people_queries.copies_for([people.zhang])
        assert [agent.agent_person_id for agent in copies[people.zhang]] == [daughter]
        short = desk.post("/calls/new", data={**WANTED, "person": str(daughter), "funding": "own"})
        assert short.status_code == 422
        assert "Choose another payer" in short.text
        waits = desk.post("/calls/new", data={**WANTED, "person": str(daughter), "approve": ""})
        assert "waits for approval" in desk.get(waits.headers["Location"]).text
        row = db.session.scalar(select(ServiceRequest).order_by(ServiceRequest.id.desc()).limit(1))
        assert row
        assert row.state is RequestState.UNDER_REVIEW


def test_a_new_caller_is_registered_once_and_duplicates_are_told(app: Flask, sign_in: Any) -> None:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        people = make.cast()
        pot = {**WANTED, "funding": "issued"}
        desk = sign_in(new_client(app), people.broker.account_id)
        before = count(Person)
        assert desk.post("/calls/new", data={**pot, **NEW}).status_code == 303
        assert count(Person) == before + 1
        twice = desk.post("/calls/new", data={**pot, **NEW})
        assert twice.status_code == 422
        assert "Perhaps registered already" in twice.text
        assert count(Person) == before + 1
        assert desk.post("/calls/new", data={**pot, **NEW, "new_reason": "her sister-in-law"}).status_code == 303
        assert count(Person) == before + 2
        both = desk.post("/calls/new", data={**pot, **NEW, "person": str(people.zhang)})
        assert "Somebody is chosen above already" in both.text
        late = desk.post("/calls/new", data={**pot, **NEW, "new_reason": "x", "first_day": "2026-11-01"})
        assert late.status_code == 422
        assert count(Person) == before + 2  # a refused request registers nobody


@one_engine
def test_a_child_is_written_down_with_the_guardian_who_calls(app: Flask, sign_in: Any) -> None:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        people = make.cast()
        mother = people_queries.brief(town.person("王芳", birth_date=TUESDAY.replace(year=1985)))
        assert mother
        desk = sign_in(new_client(app), people.broker.account_id)
        child = {**WANTED, **NEW, "funding": "issued", "new_birth_date": "2018-05-01"}
        alone = desk.post("/calls/new", data=child)
        assert alone.status_code == 422
        assert 'href="#contact"' in alone.text
        guarded = {**child, "contact": mother.member_no, "contact_kind": "guardian", "relation": "parent"}
        answer = desk.post("/calls/new", data=guarded)
        assert answer.status_code == 303
        request = db.session.get_one(ServiceRequest, int(answer.headers["Location"].rpartition("/")[2]))
        (guardian,) = people_queries.agents_of(request.recipient_id)
        assert (guardian.agent_person_id, guardian.kind.value, guardian.relation) == (mother.id, "guardian", "parent")


def test_what_was_on_its_way_while_the_call_was_written_down_does_not_stay_parked(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.town()
    broker = town.broker()
    answers = iter((False, True))  # written down between the first look and the second
    monkeypatch.setattr(calls, "done_before", lambda *_: next(answers))
    assert not calls.keep_draft(broker, {"caller": ["zjg"]}, "k-1")
    assert count(ParkedCall) == 0


def test_several_calls_are_parked_each_seen_by_its_author_alone_and_gone_when_written_down(
    app: Flask, sign_in: Any, statements: Any
) -> None:
    with time_machine.travel(make.SUNDAY_NOON, tick=False) as clock:
        people = make.cast()
        desk = sign_in(new_client(app), people.broker.account_id)
        first = {**WANTED, "caller": "zjg", "person": str(people.zhang), "key": "k-1"}
        assert desk.post("/calls/draft", data={**first, "caller": "张大"}).status_code == 204
        assert desk.post("/calls/draft", data=first).status_code == 204
        assert count(ParkedCall) == 1, "one a form"
        raw = db.session.connection().exec_driver_sql("SELECT typed FROM parked_call").scalar()
        assert b"zjg" not in bytes(raw or b"zjg")
        rings = desk.post("/calls/draft", data={**WANTED, **NEW, "key": "k-2", "park": "1"})
        empty = desk.get(rings.headers["Location"]).text
        assert "Here is an empty page for the next call." in empty
        assert "the kitchen" not in empty
        anew = sign_in(new_client(app), people.broker.account_id)
        with statements(20):
            page = anew.get("/calls/new").text
        assert "2 calls are parked" in page
        assert page.index("王秀英") < page.index("张建国"), "who and when, the newest first"
        two, one = (int(part.split('"')[0]) for part in page.split("/calls/new?draft=")[1:])
        assert page.count('data-confirm="What was written down of this call is erased.') == 2, "never at one tap"
        colleague = sign_in(new_client(app), town.broker(name="second").account_id)
        assert "parked" not in colleague.get("/calls/new").text
        assert colleague.get(f"/calls/new?draft={one}").status_code == 404
        assert colleague.post(f"/calls/drafts/{one}/drop").status_code == 404
        assert count(ParkedCall) == 2, "nobody else's to discard"
        again = anew.get(f"/calls/new?draft={one}").text
        assert again.count('data-confirm="What was written down of this call is erased.') == 2, (
            "this one, the other one"
        )
        for shown in ('value="zjg"', "the kitchen</textarea>", "is here again", 'value="k-1"', "1 call is parked"):
            assert shown in again
        answer = anew.post("/calls/new", data=first)
        assert answer.status_code == 303
        assert count(ParkedCall) == 1, "written down: nothing of it stays parked, the other one does"
        assert anew.post("/calls/draft", data=first).status_code == 204, "on its way when it was sent"
        assert anew.post("/calls/draft", data={**first, "park": "1"}).status_code == 303
        assert "written down already" in anew.get("/calls/new").text
        assert count(ParkedCall) == 1
        assert anew.post(f"/calls/drafts/{two}/drop").status_code == 303
        assert count(ParkedCall) == 0
        anew.post("/calls/draft", data={**WANTED, "key": "k-3"})
        clock.shift(2 * 24 * 3600 - 60)
        later = sign_in(new_client(app), people.broker.account_id)
        assert "nobody named yet" in later.get("/calls/new").text
        clock.shift(60)
        assert "parked" not in later.get("/calls/new").text, "its time (tb.call_draft_days) is over"
        assert forget_drafts() == 1
        [job] = [one for one in JOBS if one.function is forget]
        said = {}
        for language in ("en", "zh"):
            with app.test_request_context(), force_locale(language):
                said[language] = str(job.text)
        assert "parked calls" in said["en"], "the words of the job that erases them say so"
        assert "暂存来电" in said["zh"]
