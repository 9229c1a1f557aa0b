"""Jobs, reports, first pages, and the books through the API."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.conftest import one_engine
from tests.factories import exchange_visits as make
from tests.factories import town
from tests.pages.api_walk import Facts, Step, Walk
from timebank.core.jobs import Job
from timebank.jobs import service as jobs
from timebank.ledger.service.sealing import seal

ONE = {"account_id": "account"}


def _keep_account(answer: Any, facts: Facts) -> bool:
    facts["account"] = answer["items"][0]["info"]["id"]
    return True


def _keep_transfer(answer: Any, facts: Facts) -> bool:
    facts["transfer_id"] = answer["items"][0]["transfer_id"]
    return True


LEDGER = [
    Step("list_accounts", "member", no={"neighbour": 404, "other": 404}, sees=_keep_account),
    Step("get_account", "broker", no={"neighbour": 404, "other": 404}, at=ONE),
    Step(
        "get_statement",
        "member",
        no={"neighbour": 404, "other": 404},
        at=ONE,
        sees=lambda answer, _: [line["amount"] for line in answer["items"]] == [600],
    ),
    Step(
        "list_holds",
        "member",
        no={"neighbour": 404, "other": 404},
        at=ONE,
        sees=lambda answer, _: len(answer["items"]) == 1,
    ),
    Step("export_statement", "member", no={"neighbour": 404, "other": 404}, at=ONE, sees=lambda text, _: "600" in text),
    Step(
        "list_tenants", "auditor", no={"member": 403, "broker": 403}, sees=lambda answer, _: answer["items"] == [3201]
    ),
    Step(
        "get_journal",
        "auditor",
        query=lambda facts: f"person_id={facts['person_id']}&purpose=opening",
        no={"broker": 403},
        sees=lambda answer, facts: (
            facts.update(transfer_id=answer["items"][0]["id"]) is None and len(answer["items"]) == 1
        ),
    ),
    Step("get_journal", "auditor", query="person_id=999", sees=lambda answer, _: answer["items"] == []),
    Step("export_journal", "auditor", no={"broker": 403, "tianjin": 404}, sees=lambda text, _: "600" in text),
    Step(
        "get_books",
        "auditor",
        no={"broker": 403, "tianjin": 404},
        sees=lambda answer, _: (answer["balanced"], answer["liability"], answer["promised"]) == (True, 600, 120),
    ),
    Step("get_transfer", "auditor", no={"member": 403, "tianjin": 404}),
]

SEALS = [
    LEDGER[0],
    Step("get_statement", "member", at=ONE, sees=_keep_transfer),
    Step(
        "list_seal_tenants", "neighbour", sees=lambda answer, _: (answer["tenants"], len(answer["keys"])) == ([3201], 1)
    ),
    Step("list_seals", "neighbour", sees=lambda answer, _: [seal["n"] for seal in answer["items"]] == [1]),
    Step(
        "get_seal",
        "neighbour",
        sees=lambda answer, _: (
            (answer["published"], answer["leaves"] > 0, answer["public_key"] != "") == (True, True, True)
        ),
    ),
    Step(
        "get_proof",
        "member",
        no={"neighbour": 404, "other": 404, "tianjin": 404},
        sees=lambda answer, _: answer["seal"]["n"] == 1 and answer["leaf"],
    ),
]
REPORTS = [
    Step(
        "get_time_bank_report",
        "broker",
        no={"member": 403},
        sees=lambda answer, _: {each["name"]: each["value"] for each in answer["figures"]}["Outstanding"] == 600,
    ),
    Step(
        "get_time_bank_report",
        "other",
        sees=lambda answer, _: {each["name"]: each["value"] for each in answer["figures"]}["Outstanding"] == 0,
    ),
    Step("export_time_bank_report", "broker", no={"member": 403}, sees=lambda text, _: "Outstanding" in text),
    Step("get_today", "broker", sees=lambda answer, _: answer["visits_in_all"] == 0 and answer["off_balance"] is None),
    Step("get_today", "auditor", sees=lambda answer, _: (answer["visits"], answer["off_balance"]) == (None, {})),
    Step(
        "get_overview",
        "member",
        no={"broker": 404},
        sees=lambda answer, _: (answer["available"], answer["held"]) == (480, 120),
    ),
]


@pytest.fixture
def walk(app: Flask) -> Iterator[Walk]:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        people = make.cast()
        make.published(people)
        actors = {
            "broker": people.broker,
            "other": town.outsider(),
            "auditor": town.auditor(),
            "tianjin": town.auditor(town.TIANJIN_CITY),
            "admin": town.admin(),
            "member": people.elder,
            "neighbour": people.helper,
        }
        yield Walk(app, actors, {"person_id": people.zhang, "tenant": 3201, "name": "greet"})


def test_the_books_are_read_through_the_api(walk: Walk) -> None:
    walk.through(LEDGER)


@one_engine
def test_seals_are_for_everybody_and_proofs_for_those_concerned(walk: Walk) -> None:
    seal(3201)
    walk.facts["n"] = 1
    walk.through(SEALS)
    seals = walk.apis["member"].client.get("/api/v1/ledger/3201/seals")
    assert seals.status_code == 200, "nobody needs to sign in to see what is published"


@one_engine
def test_a_statement_is_paper_too(walk: Walk) -> None:
    walk.through(LEDGER[:1])
    answer = walk.apis["member"].get(f"/ledger/3201/accounts/{walk.facts['account']}/statement/file?form=pdf")
    assert (answer.status_code, answer.mimetype, answer.data[:4]) == (200, "application/pdf", b"%PDF")


@one_engine
def test_figures_and_first_pages_are_read_through_the_api(walk: Walk) -> None:
    walk.through(REPORTS)


def test_a_job_is_started_once_for_a_key(app: Flask, walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "timebank_jobs", [Job("greet", lambda: "greeted", daily_at="23:59")])
    ran: list[str] = []

    def run_at_once(job: Job, *, force: bool = False) -> bool:
        ran.append(job.name)
        return True

    monkeypatch.setattr(jobs, "run", run_at_once)
    steps = [
        Step("list_jobs", "auditor", no={"broker": 403}, sees=lambda answer, _: answer["items"][0]["name"] == "greet"),
        Step("run_job", "admin", no={"auditor": 403, "broker": 403}),
        Step("get_job", "auditor", no={"broker": 403}, sees=lambda answer, _: answer["daily_at"] == "23:59"),
        Step("list_job_runs", "auditor", no={"broker": 403}, sees=lambda answer, _: answer["items"] == []),
    ]
    walk.through(steps)
    for thread in threading.enumerate():
        if thread.name == "job-greet":
            thread.join(10)
    assert ran == ["greet"]
    assert walk.apis["admin"].post("/jobs/nothing/run").status_code == 404
