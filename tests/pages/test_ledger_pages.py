"""Pages of the ledger: one's own hours, statements, the journal, a transfer, the books."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from types import SimpleNamespace

import pytest

from tests.conftest import one_engine
from tests.factories import ledger, town
from timebank.access.rules.roles import Role
from timebank.core import clock
from timebank.core.pdf import Document
from timebank.ledger import queries

T = ledger.TENANT


@pytest.fixture
def street(app):
    """Two members of Yaohua, one of Qinhuai, and what they did."""
    town.town()
    zhang = town.person("张桂英", town.YAOXIN)
    xu = town.person("徐梅", town.YAOXIN)
    far = town.person("王芳", town.WULAOCUN_COMMUNITY)
    accounts = {person: ledger.member(person, 600) for person in (zhang, xu, far)}
    visit = ledger.pay(accounts[zhang], accounts[xu], 90, purpose="visit", memo="97 min -> 90 min")
    hold = ledger.promise(accounts[zhang], accounts[xu], 60, memo="Tuesday")
    return SimpleNamespace(zhang=zhang, xu=xu, far=far, accounts=accounts, visit=visit, hold=hold)


def text_of(response) -> str:
    assert response.status_code == 200, response.get_data(as_text=True)[:300]
    return response.get_data(as_text=True)


def test_a_member_sees_available_hours_holds_and_what_each_line_is(street, client, sign_in):
    sign_in(client, town.account_of(town.member(street.zhang)))
    page = text_of(client.get("/my/hours"))
    assert "7 h 30 min" in page  # 600 - 90 - 60
    assert "Tuesday" in page
    assert "97 min -&gt; 90 min" in page
    assert "Help given or received" in page


@one_engine
def test_a_member_reads_the_statement_in_chinese(street, zh_client, sign_in):
    sign_in(zh_client, town.account_of(town.member(street.zhang)))
    page = text_of(zh_client.get("/my/hours"))
    assert "7小时30分" in page


@one_engine
def test_a_member_without_hours_is_told_so(street, client, sign_in):
    nobody = town.person("新人")
    sign_in(client, town.account_of(town.member(nobody)))
    assert "after the first visit" in text_of(client.get("/my/hours"))


@one_engine
def test_a_member_cannot_read_somebody_elses_hours(street, client, sign_in):
    sign_in(client, town.account_of(town.member(street.xu)))
    assert client.get(f"/my/hours?person={street.zhang}").status_code == 404
    assert client.get(f"/people/{street.zhang}/hours").status_code == 403
    account = street.accounts[street.zhang]
    assert client.get(f"/ledger/{T}/accounts/{account}/statement.csv").status_code == 404


@one_engine
def test_a_coordinator_reads_statements_of_the_own_street_only(street, client, sign_in):
    sign_in(client, town.account_of(town.staff(Role.BROKER, town.YAOHUA)))
    assert "张桂英" in text_of(client.get(f"/people/{street.zhang}/hours"))
    assert client.get(f"/people/{street.far}/hours").status_code == 404
    assert client.get(f"/ledger/{T}/accounts/{street.accounts[street.far]}").status_code == 404
    assert client.get("/ledger/journal").status_code == 403


def test_the_statement_comes_as_csv_and_pdf(street, client, sign_in):
    sign_in(client, town.account_of(town.member(street.zhang)))
    where = f"/ledger/{T}/accounts/{street.accounts[street.zhang]}/statement"
    rows = list(csv.DictReader(io.StringIO(client.get(f"{where}.csv").get_data().decode("utf-8-sig"))))
    assert [(row["amount"], row["balance"]) for row in rows] == [("600", "600"), ("-90", "510")]
    assert client.get(f"{where}.pdf").get_data().startswith(b"%PDF")
    assert client.get(f"{where}.csv?from_day=yesterday").status_code == 422
    later = client.get(f"{where}.csv?from_day=2999-01-01").get_data().decode("utf-8-sig")
    assert len(later.splitlines()) == 1


def test_the_auditor_finds_who_did_it_and_why(street, client, sign_in):
    sign_in(client, town.account_of(town.staff(Role.AUDITOR, town.NANJING)))
    page = text_of(client.get("/ledger/journal"))
    assert "王芳" in page
    assert "97 min -&gt; 90 min" in page
    found = text_of(client.get("/ledger/journal?purpose=visit&kind=post"))
    assert "徐梅" in found
    assert "王芳" not in found
    assert "No posting fits" in text_of(client.get("/ledger/journal?to_day=2001-01-01"))
    assert client.get("/ledger/journal?from_day=x").status_code == 200
    assert client.get("/ledger/journal?form=x&tenant=9&after=z&group=q&account=z").status_code == 404
    assert client.get("/ledger/journal?form=x&after=z&group=q&account=z").status_code == 200
    assert client.get("/ledger/journal.csv?purpose=visit").get_data().count(b"\n") == 3
    assert client.get("/ledger/journal.pdf").get_data().startswith(b"%PDF")


def test_an_auditor_of_a_street_sees_what_concerns_its_people(street, client, sign_in):
    sign_in(client, town.account_of(town.staff(Role.AUDITOR, town.YAOHUA)))
    page = text_of(client.get("/ledger/journal"))
    assert "张桂英" in page
    assert "王芳" not in page


def test_the_journal_pages_by_key(street, client, sign_in):
    for _ in range(30):
        ledger.pay(street.accounts[street.far], street.accounts[street.xu], 1)
    auditor = town.staff(Role.AUDITOR, town.NANJING)
    first = queries.journal(auditor, queries.JournalFilter(T))
    second = queries.journal(auditor, queries.JournalFilter(T), after=first.next)
    seen = [line.id for line in (*first.items, *second.items)]
    assert len(seen) == len(set(seen)) == 30 + 3 + 2
    assert seen == sorted(seen, reverse=True)


def test_the_journal_needs_few_statements(street, client, sign_in, statements):
    for _ in range(30):
        ledger.pay(street.accounts[street.far], street.accounts[street.xu], 1)
    sign_in(client, town.account_of(town.staff(Role.AUDITOR, town.NANJING)))
    with statements(20):
        text_of(client.get("/ledger/journal"))
    with statements(20):
        text_of(client.get(f"/ledger/{T}/transfers/{street.visit.id}"))
    with statements(20):
        text_of(client.get("/ledger/books"))
    with statements(20):
        text_of(client.get(f"/people/{street.xu}/hours"))


@one_engine
def test_an_operator_reverses_with_a_reason_and_both_entries_stay(street, client, sign_in):
    sign_in(client, town.account_of(town.staff(Role.PLATFORM_OPERATOR, town.YAOHUA)))
    url = f"/ledger/{T}/transfers/{street.visit.id}"
    assert "Reverse" in text_of(client.get(url))
    assert client.post(url, data={"reason": " ", "key": "a"}).status_code == 422
    done = client.post(url, data={"reason": "wrong person", "key": "b"})
    assert done.status_code == 303
    again = client.post(url, data={"reason": "wrong person", "key": "b"})
    assert again.headers["Location"] == done.headers["Location"]
    assert client.post(url, data={"reason": "twice", "key": "c"}).status_code == 422
    page = text_of(client.get(done.headers["Location"]))
    assert "wrong person" in page
    assert "Step by step" in page
    assert queries.balance(T, street.accounts[street.xu]).posted == 600


@one_engine
def test_who_may_read_but_not_reverse_gets_no_form(street, client, sign_in):
    sign_in(client, town.account_of(town.staff(Role.AUDITOR, town.NANJING)))
    url = f"/ledger/{T}/transfers/{street.visit.id}"
    assert "adds the opposite entry" not in text_of(client.get(url))
    assert client.post(url, data={"reason": "no", "key": "d"}).status_code == 403


@one_engine
def test_the_books_page_shows_that_they_sum_to_zero(street, client, sign_in):
    sign_in(client, town.account_of(town.staff(Role.AUDITOR, town.NANJING)))
    page = text_of(client.get("/ledger/books"))
    assert "The books sum to zero" in page
    assert "30 h" in page  # three members, 600 minutes each


@one_engine
def test_a_line_booked_later_says_both_days_on_the_page_and_in_the_files(street, client, sign_in, monkeypatch):
    happened = clock.now() - timedelta(days=9)
    ledger.pay(street.accounts[street.zhang], street.accounts[street.xu], 5, event_at=happened)
    sign_in(client, town.account_of(town.member(street.zhang)))
    page = text_of(client.get("/my/hours"))
    assert page.count("booked on") == 1
    assert f"booked on {clock.today()}" in page
    where = f"/ledger/{T}/accounts/{street.accounts[street.zhang]}/statement"
    row = list(csv.DictReader(io.StringIO(client.get(f"{where}.csv").get_data().decode("utf-8-sig"))))[-1]
    assert row["happened"][:10] == clock.civil(happened).date().isoformat()
    assert row["recorded"][:10] == clock.today().isoformat()
    rows = []
    monkeypatch.setattr(Document, "table_of", lambda _self, _heads, lines, *_more, **_named: rows.extend(lines))
    client.get(f"{where}.pdf")
    assert [day for _no, day, *_rest in rows if "booked on" in day] == [
        f"{clock.civil(happened).date()}\nbooked on {clock.today()}"
    ]


@one_engine
def test_a_member_finds_the_way_to_give_hours_away_beside_them(street, client, sign_in):
    sign_in(client, town.account_of(town.member(street.zhang)))
    assert 'href="/donate"' in text_of(client.get("/my/hours"))


@one_engine
def test_a_reversal_says_what_it_is_and_is_undone_only_when_asked(street, client, sign_in):
    sign_in(client, town.account_of(town.staff(Role.PLATFORM_OPERATOR, town.NANJING)))
    url = f"/ledger/{T}/transfers/{street.visit.id}"
    made = client.post(url, data={"reason": "wrong person", "key": "b"}).headers["Location"]
    page = text_of(client.get(made))
    assert "This is a reversal" in page
    assert 'name="reason"' not in page
    assert 'name="reason"' in text_of(client.get(f"{made}?undo=1"))
    assert client.post(f"{made}?undo=1", data={"reason": "it was right", "key": "c"}).status_code == 303
    assert queries.balance(T, street.accounts[street.xu]).posted == 690


@one_engine
def test_a_transfer_leads_back_to_the_journal(street, client, sign_in):
    sign_in(client, town.account_of(town.staff(Role.AUDITOR, town.NANJING)))
    assert f'href="/ledger/journal?tenant={T}"' in text_of(client.get(f"/ledger/{T}/transfers/{street.visit.id}"))
