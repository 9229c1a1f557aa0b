"""What a page declares holds: own, same area, other area, no area (`test_routes` proves that each page declares)."""

from __future__ import annotations

import pytest
from flask import Flask, url_for

from tests.architecture.cases import VISITORS, Case, all_cases
from tests.conftest import new_client
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


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_visitor_gets_what_the_case_says(app: Flask, case: Case) -> None:
    town()
    facts = {"person": person("张桂英"), "neighbour": person("李秀兰")}
    facts |= case.make(facts)
    got = {}
    for visitor in VISITORS:
        who = VISITORS[visitor](facts)
        client = new_client(app)
        if who is not None:
            values = session_values(account_of(who))
            with client.session_transaction() as session:
                session.update(values)
        with app.test_request_context():
            path = url_for(case.endpoint, **case.values(facts), _external=False)
        got[visitor] = client.open(path, method=case.method, data=case.form(facts)).status_code
        db.session.rollback()
    assert got == {visitor: case.expected(visitor) for visitor in VISITORS}
