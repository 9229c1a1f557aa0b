"""Pages of cases about untrue hours: opened, heard, decided, appealed; the API beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from tests.conftest import one_engine
from tests.factories import exchange_visits as make
from tests.factories import town
from tests.factories.hearings import DAYS, approver, visited
from tests.pages.api_walk import Step, Walk
from timebank.exchange.clockwork_annulments import JOBS
from timebank.exchange.queries import annulments as queries
from timebank.exchange.rules.annulments import Source
from timebank.exchange.service import annulments as service
from timebank.exchange.service.annulments import Decision, Suspicion
from timebank.exchange.service.grants import Donation, donate


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield


def test_from_a_suspicion_to_an_appeal_that_succeeds(
    app: Flask, client, zh_client, sign_in, statements, monkeypatch
) -> None:
    made = visited(town.town().yaohua)
    sign_in(client, town.account_of(town.operator()))
    asking = f"/volunteers/{made.xu}/annulment"
    assert "for 张建国, 1 h 37 min" in client.get(asking).text
    monkeypatch.setattr(queries, "MOST_VISITS", 2)
    assert client.get(asking).text.count("for 张建国") == 2
    older = re.search(r'href="([^"]*until=2026-11-18[^"]*)"[^>]*>Older visits', client.get(asking).text)
    assert older
    assert client.get(older[1]).text.count("for 张建国") == 2
    oldest = client.get(f"{asking}?until=2026-11-17").text
    assert oldest.count("for 张建国") == 1
    assert "Newest visits" in oldest
    assert "Older visits" not in oldest
    assert client.get(f"{asking}?until=9999-12-31").status_code == 200
    asking += "?until=2026-11-18"
    nothing = client.post(asking, data={"source": "complaint", "reason": "Two neighbours say nobody came"})
    assert nothing.status_code == 422
    assert "Choose at least one visit" in nothing.text
    chosen = {"visits": [str(made.visits[0])], "source": "complaint", "reason": "Two neighbours say nobody came"}
    assert client.post(asking, data=chosen).status_code == 303
    assert "Decide</a>" not in client.get("/annulments/1").text
    assert "徐梅" in client.get("/annulments").text

    sign_in(client, town.account_of(town.member(made.xu)))
    page = client.get("/my/hearings/1").text
    assert "Two neighbours say nobody came" in page
    assert "operator" not in page
    assert "1 h 37 min" in client.get("/my/hearings").text
    sign_in(zh_client, town.account_of(town.member(made.xu)))
    assert "请说明情况" in zh_client.get("/my/hearings/1/answer").text
    assert client.post("/my/hearings/1/answer", data={"text": "I was there from nine on"}).status_code == 303

    sign_in(client, town.account_of(approver()))
    assert "Case of hours in question waits" in client.get("/").text
    with statements(20):
        assert "I was there from nine on" in client.get("/annulments/1").text
    assert client.post("/annulments/1/decide", data={"upheld": "yes", "finding": ""}).status_code == 422
    assert client.post("/annulments/1/decide", data={"upheld": "yes", "finding": "No door code"}).status_code == 303
    page = client.get("/annulments/1").text
    assert "hours annulled" in page
    assert "taken back" in page

    sign_in(client, town.account_of(town.member(made.xu)))
    assert "No door code" in client.get("/my/hearings/1").text
    assert "Taken back. It had been reckoned" in client.get("/my/hours").text
    assert "已追回" in zh_client.get("/my/hearings/1").text
    assert "申诉理由" in zh_client.get("/my/hearings/1/appeal").text
    assert client.post("/my/hearings/1/appeal", data={"text": "Ask upstairs"}).status_code == 303

    sign_in(client, town.account_of(approver("third")))
    assert "Appeal waits" in client.get("/").text
    assert client.post("/annulments/1/re-examine", data={"confirmed": "no", "finding": "She was"}).status_code == 303
    page = client.get("/annulments/1").text
    assert "overturned, hours given back" in page
    assert client.get("/annulments").text.count("/annulments/1") == 0
    assert "/annulments/1" in client.get("/annulments?all=1").text
    assert JOBS[0].function() == "0 annulled minutes were taken back."


def test_the_pages_say_how_much_is_on_hold_until_when_why_and_what_to_do(
    app: Flask, client, zh_client, sign_in
) -> None:
    """Two visits of 97 minutes; 150 of the 194 are given away before the decision, so that 44 are left."""
    made = visited(town.town().yaohua, DAYS[:2], saved=0)
    member = town.account_of(town.member(made.xu))
    case = service.suspect(town.operator(), Suspicion(made.xu, made.visits[:1], Source.RULE, "Three on a day"))
    sign_in(client, member)
    page = client.get(f"/my/hearings/{case}").text
    assert "1 h 37 min are on hold until 2027-02-20" in page
    assert "tell us how it was" in page
    service.answer(town.member(made.xu), case, "I was there")
    service.decide(approver(), Decision(case, False, "All right"))
    assert "on hold until" not in client.get(f"/my/hearings/{case}").text

    donate(town.member(made.xu), Donation(made.xu, 150))
    case = service.suspect(town.operator(), Suspicion(made.xu, made.visits, Source.RULE, "Three on a day"))
    service.answer(town.member(made.xu), case, "I was there")
    service.decide(approver(), Decision(case, True, "No code"))
    page = client.get(f"/my/hearings/{case}").text
    for words in (
        "3 h 14 min of the annulled hours were spent",
        "44 min are on hold for that",
        "appeal until 2026-12-07",
    ):
        assert words in page, words
    assert "尚待追回" in sign_in(zh_client, member).get(f"/my/hearings/{case}").text
    assert "annulled, still to be taken back" in page
    assert "Annulled; waits to be taken back" in client.get("/my/hours").text
    assert "<dt>Visits</dt><dd>0</dd>" in client.get("/my/honours/proof").text
    assert "44 min wait on hold" in client.get("/my/notices").text
    sign_in(client, town.account_of(approver()))
    page = client.get(f"/annulments/{case}").text
    assert "44 min are on hold for that" in page
    assert "If an appeal succeeds" in page


HEARING = [
    Step(
        "list_credited_visits",
        "operator",
        query="until=2026-11-17",
        sees=lambda answer, _: len(answer["items"]) == 1,
    ),
    Step("list_credited_visits", "operator", no={"member": 403}, sees=lambda answer, _: len(answer["items"]) == 3),
    Step(
        "suspect_hours",
        "operator",
        lambda facts: {
            "volunteer_id": facts["person_id"],
            "visit_ids": facts["visits"],
            "source": "rule",
            "reason": "Three on a day",
        },
        no={"member": 403, "third": 403},
        keep="case_id",
    ),
    Step("list_annulments", "third", no={"member": 403}, sees=lambda answer, _: answer["items"][0]["minutes"] == 97),
    Step("list_annulments", "elsewhere", sees=lambda answer, _: answer["items"] == []),
    Step("get_annulment", "third", no={"member": 403, "elsewhere": 404}),
    Step("list_my_hearings", "member", sees=lambda answer, _: len(answer["items"]) == 1),
    Step("get_my_hearing", "member", no={"third": 404}, sees=lambda answer, _: answer["held_minutes"] == 97),
    Step("answer_hearing", "member", {"text": "I was there"}, no={"third": 404}),
    Step(
        "decide_annulment",
        "approver",
        {"upheld": True, "finding": "No code"},
        no={"operator": 403, "elsewhere": 403, "member": 403},
    ),
    Step("appeal_hearing", "member", {"text": "Ask upstairs"}, no={"third": 404}),
    Step(
        "re_examine_annulment",
        "third",
        {"confirmed": True, "finding": "Upstairs nobody lives"},
        no={"approver": 422, "operator": 403, "elsewhere": 403},
    ),
]


@one_engine
def test_a_program_hears_and_decides_as_the_pages_do(app: Flask) -> None:
    made = visited(town.town().yaohua)
    actors = {
        "operator": town.operator(),
        "approver": approver(),
        "third": approver("third"),
        "elsewhere": approver("elsewhere", town.QINHUAI),
        "member": town.member(made.xu),
    }
    Walk(app, actors, {"person_id": made.xu, "visits": made.visits[:1]}).through(HEARING)
