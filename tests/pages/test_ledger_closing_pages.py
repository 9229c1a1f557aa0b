"""Pages around closed months: closing one, asking for a reversal and agreeing to it, limits of an account."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import time_machine

from tests.conftest import one_engine
from tests.factories import ledger, town
from tests.factories.ledger import key
from timebank.access.queries import actor_of
from timebank.core.authority import Actor
from timebank.ledger import queries, service
from timebank.ledger.queries import closings
from timebank.ledger.service.closing import close_month
from timebank.ledger.service.sealing import seal
from timebank.reports.tasks import tasks

T = ledger.TENANT
OCTOBER = datetime(2026, 10, 30, 2, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 7, 2, tzinfo=UTC)


@pytest.fixture
def books(app) -> Iterator[SimpleNamespace]:
    """90 minutes paid in October; it is November."""
    town.town()
    elder, helper = town.person("张桂英", town.YAOXIN), town.person("徐梅", town.YAOXIN)
    with time_machine.travel(OCTOBER, tick=True):
        accounts = ledger.member(elder, 600), ledger.member(helper)
        paid = ledger.pay(*accounts, 90, purpose="visit", memo="October")
    with time_machine.travel(NOVEMBER, tick=True):
        yield SimpleNamespace(elder=accounts[0], helper=accounts[1], paid=paid.id)


def text_of(response) -> str:
    assert response.status_code == 200, response.get_data(as_text=True)[:400]
    return response.get_data(as_text=True)


def test_the_operator_closes_the_month_and_prints_its_sheet(books, client, sign_in, statements):
    sign_in(client, town.account_of(town.operator()))
    assert "Close October 2026" in text_of(client.get("/ledger/months"))
    page = f"/ledger/{T}/months/2026-10/close"
    assert "cannot be taken back" in text_of(client.get(page))
    done = client.post(page, data={"note": "all counted", "key": "k1"})
    assert done.status_code == 303
    assert client.post(page, data={"note": "all counted", "key": "k1"}).status_code == 303  # a second click
    with statements(20):
        listed = text_of(client.get("/ledger/months"))
    assert "all counted" in listed
    assert "10 h" in listed  # owed to members
    assert client.get(f"/ledger/{T}/months/2026-10/sheet.pdf").get_data().startswith(b"%PDF")
    assert client.post(page, data={"key": "k2"}).status_code == 422
    assert client.get(f"/ledger/{T}/months/13/close").status_code in (404, 422)


@one_engine
def test_open_points_must_be_acknowledged(books, client, sign_in):
    with time_machine.travel(OCTOBER):
        ledger.promise(books.elder, books.helper, 30, hours=2)
    sign_in(client, town.account_of(town.operator()))
    page = f"/ledger/{T}/months/2026-10/close"
    assert "I have seen what is still open" in text_of(client.get(page))
    assert "Points still open: 1." in client.post(page, data={"key": "a"}).get_data(as_text=True)
    assert client.post(page, data={"acknowledged": "y", "key": "b"}).status_code == 303
    assert closings.closing(T, "2026-10").note.endswith(": 1")


@one_engine
def test_months_are_read_in_chinese(books, zh_client, sign_in):
    close_month(town.operator(), T, "2026-10")
    sign_in(zh_client, town.account_of(town.auditor()))
    page = text_of(zh_client.get("/ledger/months"))
    assert "2026年10月" in page
    assert "结账单" in page


@one_engine
def test_today_asks_for_the_closing_from_the_fifth_on(books, app, in_english):
    operator = town.operator()
    with app.test_request_context():
        with time_machine.travel(datetime(2026, 11, 4, 2, tzinfo=UTC)):
            assert not [task for task in tasks(operator) if "October" in task.text]
        with time_machine.travel(datetime(2026, 11, 4, 17, tzinfo=UTC)):  # the fifth in Nanjing
            assert [task.text for task in tasks(operator) if "October" in task.text] == [
                "October 2026 is not closed yet"
            ]
            assert not [task for task in tasks(town.auditor()) if "October" in task.text]
        close_month(operator, T, "2026-10")
        assert not [task for task in tasks(operator) if "closed" in task.text]


def test_one_asks_another_agrees(books, client, sign_in, statements):
    close_month(town.operator(), T, "2026-10")
    first, second = town.operator(), town.operator(name="second-operator")
    url = f"/ledger/{T}/transfers/{books.paid}"
    sign_in(client, town.account_of(first))
    assert "another person must agree" in text_of(client.get(url))
    asked = client.post(url, data={"reason": "wrong person", "key": "a"})
    assert asked.status_code == 303
    assert (
        client.post(url, data={"reason": "wrong person", "key": "a"}).headers["Location"] == asked.headers["Location"]
    )
    assert "waits for another person" in text_of(client.get(url))
    request = asked.headers["Location"]
    assert "Do you agree?" not in text_of(client.get(request))
    assert client.post(f"{request}/withdraw", data={"key": "w"}).status_code == 303
    assert "taken back" in text_of(client.get(request))
    assert "Take the request back" not in text_of(client.get(request))
    request = client.post(url, data={"reason": "wrong person", "key": "a2"}).headers["Location"]
    assert "Take the request back" in text_of(client.get(request))
    assert client.post(request, data={"decision": "agree", "key": "b"}).status_code == 422
    sign_in(client, town.account_of(second))
    assert "wrong person" in text_of(client.get("/ledger/reversals"))
    with statements(20):
        text_of(client.get("/ledger/reversals"))
    assert client.post(request, data={"decision": "decline", "note": " ", "key": "c"}).status_code == 422
    done = client.post(request, data={"decision": "agree", "key": "d"})
    assert done.status_code == 303
    assert "wrong person" in text_of(client.get(done.headers["Location"]))
    assert queries.balance(T, books.helper).posted == 0
    assert "second-operator" in text_of(client.get(request))


def test_today_and_a_notice_tell_of_a_waiting_reversal_and_its_decision(books, client, sign_in, app):
    close_month(town.operator(), T, "2026-10")
    first, second = (_known(name) for name in ("first-known", "second-known"))
    sign_in(client, town.account_of(first))
    client.post(f"/ledger/{T}/transfers/{books.paid}", data={"reason": "wrong person", "key": "a"})
    sign_in(client, town.account_of(second))
    assert "asks for a reversal" in text_of(client.get("/my/notices"))
    with app.test_request_context():
        assert [task.count for task in tasks(second) if task.url == "/ledger/reversals"] == [1]
        assert not [task for task in tasks(first) if task.url == "/ledger/reversals"]
    client.post("/ledger/reversals/1", data={"decision": "decline", "note": "it was right", "key": "b"})
    sign_in(client, town.account_of(first))
    assert "it was right" in text_of(client.get("/my/notices"))


def _known(name: str) -> Actor:
    """An operator who is a person of the registry, too."""
    from timebank.access.models import Account
    from timebank.core.db import db

    account = town.account_of(town.operator(name=name))
    db.session.get_one(Account, account).person_id = town.person(name, town.YAOXIN)
    db.session.commit()
    found = actor_of(account)
    assert found is not None
    return found


def test_limits_are_changed_with_a_reason_and_the_history_stays(books, client, sign_in):
    sign_in(client, town.account_of(town.operator()))
    account = f"/ledger/{T}/accounts/{books.helper}"
    assert f"{account}/limits" in text_of(client.get(account))
    assert 'value="0:00"' in text_of(client.get(f"{account}/limits"))
    given = {"floor": "-1:00", "ceiling": "1500:00", "state": "open", "reason": "new helper"}
    assert client.post(f"{account}/limits", data={**given, "floor": "much", "key": "a"}).status_code == 422
    assert client.post(f"{account}/limits", data={**given, "ceiling": "0:10", "key": "b"}).status_code == 422
    assert client.post(f"{account}/limits", data={**given, "key": "c"}).status_code == 303
    info = queries.account(T, books.helper)
    assert (info.floor, info.ceiling) == (-60, 90_000)
    page = text_of(client.get(f"{account}/limits"))
    assert "new helper" in page
    assert "−1 h" in page
    assert client.post(f"{account}/limits", data={**given, "state": "frozen", "key": "d"}).status_code == 303
    assert "frozen" in text_of(client.get(account))


def test_a_batched_account_has_only_a_state_and_lines_that_wait(books, client, sign_in):
    fund = ledger.fund()
    sign_in(client, town.account_of(town.operator()))
    page = f"/ledger/{T}/accounts/{fund}"
    assert "carried within a minute" in text_of(client.get(page))
    seal(T)
    assert "carried within a minute" not in text_of(client.get(page))
    assert "Lower limit" not in text_of(client.get(f"{page}/limits")).split("Changes so far")[0]
    done = client.post(f"{page}/limits", data={"state": "frozen", "reason": "audit", "key": "a"})
    assert done.status_code == 303
    assert queries.account(T, fund).state == "frozen"


@one_engine
def test_money_is_shown_as_yuan_everywhere(books, client, sign_in):
    source = service.ensure_account(T, "fund", 7, unit="fen")
    purse = service.ensure_account(T, "member", 7, unit="fen")
    paid = service.post(T, source, purse, 123_450, key=key(), purpose="opening", actor=ledger.CLOCK)
    sign_in(client, town.account_of(town.operator()))
    for page in (
        "/ledger/journal",
        f"/ledger/{T}/transfers/{paid.id}",
        "/ledger/books",
        f"/ledger/{T}/accounts/{purse}",
    ):
        assert "¥1,234.50" in text_of(client.get(page)), page
    rows = list(csv.DictReader(io.StringIO(client.get("/ledger/journal.csv").get_data().decode("utf-8-sig"))))
    assert [(row["amount"], row["unit"]) for row in rows if row["transfer"] == str(paid.id)] == [("1234.50", "yuan")]
    statement = client.get(f"/ledger/{T}/accounts/{purse}/statement.csv").get_data().decode("utf-8-sig")
    assert [row["balance"] for row in csv.DictReader(io.StringIO(statement))] == ["1234.50"]
