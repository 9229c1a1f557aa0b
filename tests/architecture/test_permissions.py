"""What a page declares holds: own, same area, other area, no area (`test_routes` proves that each page declares)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, url_for

from tests.architecture.cases import VISITORS, Case, all_cases
from tests.conftest import new_client
from tests.factories.replay import Replay
from tests.factories.town import account_of, person, town
from timebank.access.queries import session_values
from timebank.core.db import db


def test_no_endpoint_changes_anything_by_get(app: Flask) -> None:
    """A view that only takes POST must not be reachable by a link."""
    risky = ("delete", "withdraw", "approve", "sign_out", "run_now", "reopen", "read_all")
    for rule in app.url_map.iter_rules():
        if rule.endpoint.rpartition(".")[2].startswith(risky):
            forms = {"GET", "POST"} <= (rule.methods or set())
            assert forms or "GET" not in (rule.methods or set()), rule.endpoint


CASES = all_cases()


def test_every_case_names_a_page_and_known_visitors(app: Flask) -> None:
    for case in CASES:
        assert case.endpoint in app.view_functions, case.endpoint
        assert set(case.statuses) <= set(VISITORS), case.endpoint


Sessions = dict[str, dict[str, Any]]


def _session(visitor: str, facts: dict[str, Any]) -> dict[str, Any]:
    """What the session of a visitor holds; empty: nobody has signed in."""
    who = VISITORS[visitor](facts)
    return session_values(account_of(who)) if who else {}


def _people_and_sessions() -> tuple[dict[str, Any], Sessions]:
    """The two people that every case begins with, and the accounts of all visitors."""
    town()
    facts = {"person": person("张桂英"), "neighbour": person("李秀兰")}
    return facts, {visitor: _session(visitor, facts) for visitor in VISITORS}


people_and_sessions = Replay(_people_and_sessions)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_visitor_gets_what_the_case_says(app: Flask, case: Case) -> None:
    known, sessions = people_and_sessions()
    facts = known | case.make(dict(known))
    if (facts["person"], facts["neighbour"]) != (known["person"], known["neighbour"]):  # the case brings its own
        sessions = sessions | {visitor: _session(visitor, facts) for visitor in ("owner", "neighbour")}
    got = {}
    for visitor in VISITORS:
        client = new_client(app)
        with client.session_transaction() as session:
            session.update(sessions[visitor])
        with app.test_request_context():
            path = url_for(case.endpoint, **case.values(facts), _external=False)
        got[visitor] = client.open(path, method=case.method, data=case.form(facts)).status_code
        db.session.rollback()
    assert got == {visitor: case.expected(visitor) for visitor in VISITORS}
