"""Pages of seals and proofs: open to everybody without anybody's data, and proofs for those concerned."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine

from tests.conftest import new_client, one_engine
from tests.factories import ledger, town
from tests.services.test_ledger_verify import tamper
from timebank.access.rules.roles import Role
from timebank.core import clock
from timebank.core.db import db
from timebank.ledger import publishing
from timebank.ledger.rules import proofs
from timebank.ledger.service import sealing
from timebank.ledger.service.sealing import seal

T = ledger.TENANT


@pytest.fixture
def street(app):
    """Two members of Yaohua and a visit that is sealed, one that is not."""
    town.town()
    zhang, xu = town.person("张桂英", town.YAOXIN), town.person("徐梅", town.YAOXIN)
    accounts = {person: ledger.member(person, 600) for person in (zhang, xu)}
    visit = ledger.pay(accounts[zhang], accounts[xu], 90, purpose="visit", memo="secret words")
    db.session.commit()
    seal(T)
    new = ledger.pay(accounts[xu], accounts[zhang], 10)
    db.session.commit()
    return SimpleNamespace(zhang=zhang, xu=xu, accounts=accounts, visit=visit, new=new)


def text_of(response) -> str:
    assert response.status_code == 200, response.get_data(as_text=True)[:300]
    return response.get_data(as_text=True)


def root_of(n: int) -> str:
    return json.loads(publishing.seals_file(T).read_text().splitlines()[n - 1])["root"]


def in_blocks(digits: str) -> str:
    return " ".join(digits[start : start + 8] for start in range(0, len(digits), 8))


@one_engine
def test_everybody_sees_seals_and_nobodys_data(street, app):
    for client in (new_client(app), new_client(app, "zh")):
        pages = [
            text_of(client.get(path))
            for path in (
                *("/ledger/seals", f"/ledger/seals?tenant={T}", "/ledger/seals.json", f"/ledger/{T}/seals/1"),
                *(f"/ledger/{T}/seals/1.json", f"/ledger/{T}/seals.jsonl", "/ledger/seals/keys.jsonl"),
            )
        ]
        for page in pages:
            for private in ("张桂英", "徐梅", "secret", str(street.accounts[street.zhang]), street.visit.id.hex):
                assert private not in page
            assert str(street.visit.id) not in page
    assert in_blocks(root_of(1)) in pages[0]
    assert proofs.read_chain(pages[5].splitlines())[0].root.hex() == root_of(1)


@one_engine
def test_the_page_explains_itself_in_both_languages(street, client, zh_client):
    assert "anybody can check" in text_of(client.get("/ledger/seals"))
    assert "任何人都能核对" in text_of(zh_client.get("/ledger/seals"))


@one_engine
def test_without_seals_the_page_says_so(app, client):
    assert "no seals yet" in text_of(client.get("/ledger/seals"))
    assert client.get("/ledger/seals.json").get_json()["items"] == []


def test_seals_are_found_by_day_and_page_by_page(street, client, monkeypatch):
    monkeypatch.setattr(sealing, "AT_MOST", 1)
    for _ in range(29):
        ledger.pay(street.accounts[street.zhang], street.accounts[street.xu], 1)
    tomorrow = clock.at(clock.today() + timedelta(days=1), 60)
    with time_machine.travel(tomorrow, tick=False):
        ledger.pay(street.accounts[street.zhang], street.accounts[street.xu], 1)
        db.session.commit()
        assert seal(T) == 31
    first = client.get("/ledger/seals.json").get_json()
    second = client.get(f"/ledger/seals.json?before={first['next']}").get_json()
    numbers = [item["n"] for item in (*first["items"], *second["items"])]
    assert numbers == list(range(32, 0, -1))
    day = clock.civil(tomorrow).date()
    today = client.get(f"/ledger/seals.json?day={day - timedelta(days=1)}").get_json()
    assert [item["n"] for item in today["items"]] == [1]
    assert client.get(f"/ledger/seals.json?day={day}").get_json()["items"][0]["n"] == 32
    assert "No seal was made" in text_of(client.get("/ledger/seals?day=2001-01-01"))
    assert client.get("/ledger/seals?day=x").status_code == 422
    assert client.get("/ledger/seals?tenant=77").status_code == 404
    assert client.get(f"/ledger/{T}/seals/99").status_code == 404


def test_a_seal_that_was_altered_is_shown_as_such(street, client):
    assert "Stands like this" in text_of(client.get(f"/ledger/{T}/seals/1"))
    tamper("UPDATE seal SET leaves = 9")
    assert "Is not in the published file" in text_of(client.get(f"/ledger/{T}/seals/1"))


def test_a_member_finds_the_proof_at_the_line_of_the_statement(street, client, sign_in):
    sign_in(client, town.account_of(town.member(street.zhang)))
    page = text_of(client.get("/my/hours"))
    assert "will be sealed within a minute" in page
    assert f"seal 1, {root_of(1)[:8]}" in page
    where = f"/ledger/{T}/transfers/{street.visit.id}/proof"
    assert where in page
    shown = text_of(client.get(where))
    assert "The proof holds" in shown
    assert in_blocks(root_of(1)) in shown
    assert "<svg" in shown
    proof = proofs.read(client.get(f"{where}.json").get_json())
    proofs.check(proof, bytes.fromhex(root_of(1)))


@one_engine
def test_before_the_seal_the_page_asks_for_a_minute(street, client, sign_in):
    sign_in(client, town.account_of(town.member(street.xu)))
    where = f"/ledger/{T}/transfers/{street.new.id}/proof"
    assert "Open this page again in a minute" in text_of(client.get(where))
    assert client.get(f"{where}.json").status_code == 422


def test_an_altered_posting_is_shown_as_such(street, client, sign_in):
    sign_in(client, town.account_of(town.member(street.zhang)))
    tamper("UPDATE transfer SET memo = 'other' WHERE amount = 90")
    assert "The proof does not hold" in text_of(client.get(f"/ledger/{T}/transfers/{street.visit.id}/proof"))


@one_engine
def test_a_proof_against_a_lost_file_does_not_hold(street, client, sign_in):
    sign_in(client, town.account_of(town.member(street.zhang)))
    publishing.seals_file(T).unlink()
    assert "The proof does not hold" in text_of(client.get(f"/ledger/{T}/transfers/{street.visit.id}/proof"))


@one_engine
def test_the_page_of_a_transfer_names_its_seal(street, client, sign_in):
    sign_in(client, town.account_of(town.staff(Role.AUDITOR, town.NANJING)))
    assert f"seal 1, {root_of(1)[:8]}" in text_of(client.get(f"/ledger/{T}/transfers/{street.visit.id}"))
    page = text_of(client.get(f"/ledger/{T}/transfers/{street.new.id}"))
    assert "will be sealed within a minute" in page


@one_engine
def test_a_stranger_and_a_neighbour_see_no_proof(street, client, sign_in):
    where = f"/ledger/{T}/transfers/{street.visit.id}/proof"
    assert client.get(where).status_code == 302
    sign_in(client, town.account_of(town.member(town.person("新人"))))
    assert client.get(where).status_code == 404
    assert client.get(f"{where}.json").status_code == 404


@one_engine
def test_a_published_seal_is_found_among_many(street):
    with publishing.book(T) as book:
        assert book is not None
        last = book.last()
        assert last is not None
        import dataclasses

        book.append(dataclasses.replace(last, n=n) for n in range(2, 400))
    for n in (1, 2, 3, 199, 200, 398, 399):
        found = publishing.published_one(T, n)
        assert found is not None
        assert found.n == n
    assert publishing.published_one(T, 400) is None
    assert publishing.published_one(T, 0) is None
    assert publishing.published_one(99, 1) is None
