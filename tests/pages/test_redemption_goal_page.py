"""The member's page of a place in a care home, in plain words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import time_machine
from flask import Flask

from tests.conftest import one_engine
from tests.factories import redemption as desk
from tests.factories import town
from tests.pages.client import CheckingClient
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.parameters import Parameter
from timebank.ledger import service as ledger

SignIn = Callable[[CheckingClient, int], CheckingClient]


@one_engine
def test_the_goal_is_told_with_what_is_saved_and_when(
    app: Flask, client: CheckingClient, zh_client: CheckingClient, sign_in: SignIn
) -> None:
    town.town()
    person = desk.saver(30)
    sign_in(client, town.account_of(town.member(person)))
    sign_in(zh_client, town.account_of(town.member(person)))
    page = client.get("/my/goal").text
    assert "10000 hours" in page
    assert "30 h" in page
    assert "still young" in page
    assert "不到百分之一" in zh_client.get("/my/goal").text
    account = ledger.ensure_account(desk.TENANT, "member", person)
    issued = ledger.ensure_account(desk.TENANT, "issued", 1, floor=None)
    with time_machine.travel(clock.now() - timedelta(days=100), tick=False):
        ledger.post(desk.TENANT, issued, account, 590_000, key="much", purpose="visit", actor=Actor.system("tests"))
    db.session.add(Parameter(key="tb.care_home_credits", scope="", valid_from=clock.today(), value=20_000))
    db.session.commit()
    page = client.get("/my/goal").text
    assert "49 %" in page
    assert "At this pace you are there in" in page
    assert "按这个速度" in zh_client.get("/my/goal").text
    db.session.add(Parameter(key="tb.care_home_credits", scope="scheme:1", valid_from=clock.today(), value=0))
    db.session.commit()
    assert "gives no places" in client.get("/my/goal").text
