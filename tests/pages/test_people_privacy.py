"""The helper side never learns that somebody is a client of assistance (domain.md C7), not from the history either."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import new_client, one_engine
from tests.factories.people import registered
from tests.factories.town import account_of, broker, member, social_worker, town
from tests.pages.client import CheckingClient
from timebank.core import audit
from timebank.core.authority import Actor
from timebank.core.db import transaction
from timebank.people import service
from timebank.people.models import PersonRole

SignIn = Callable[[CheckingClient, int], CheckingClient]


@transaction
def helped(worker: Actor, person: int) -> None:
    """What a case worker leaves behind in the records of a person."""
    audit.record(worker, "category.added", "person", person, "320113001007", kind="dibao")
    audit.saw(worker, person, ["case"], "plan of care")


@one_engine
@pytest.mark.parametrize(("who", "knows"), [(broker, False), (social_worker, True)])
def test_the_history_hides_assistance_from_the_helper_side(
    app: Flask, sign_in: SignIn, who: Callable[[], Actor], knows: bool
) -> None:
    town()
    person = registered("许梅")
    service.give_role(social_worker(), person, PersonRole.CLIENT)
    helped(social_worker(), person)
    browser = sign_in(new_client(app), account_of(who()))
    page = browser.get(f"/people/{person}/history").text
    assert ("plan of care" in page) is knows
    assert knows or "dibao" not in page
    assert ("client" in page.lower()) is knows
    assert browser.get(f"/people/{person}").status_code == 200


@one_engine
def test_a_person_reads_in_words_who_looked_at_the_own_file_and_why(app: Flask, sign_in: SignIn) -> None:
    town()
    person = registered("许梅")
    with app.test_request_context():
        transaction(audit.saw)(social_worker(), person, ["case"], "case_work")
    page = sign_in(new_client(app), account_of(member(person))).get("/my/details/seen").text
    assert "Assistance case" in page
    assert "Working on the case" in page
    assert "case_work" not in page
