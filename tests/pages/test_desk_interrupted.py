"""The line drops or the power fails at the desk: afterwards the clerk sees what is done, and the same again is once.

The server is a process of its own that is killed: before it has committed, and between the commit and the answer.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import re
import signal
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import DATABASES, new_app
from tests.factories import redemption as desk
from tests.factories import town
from tests.pages.client import CheckingClient
from tests.pages.test_lost_answers import HOST, cookie
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.ledger import queries as ledger
from timebank.redemption import service
from timebank.redemption.commands import ReturnCommand
from timebank.redemption.models import Redemption
from timebank.redemption.queries import operations, receipts
from timebank.redemption.queries.desks import desk as desk_info

SignIn = Callable[[CheckingClient, int], CheckingClient]


BEFORE, AFTER = "before the commit", "before the answer"


def _die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def serve(url: str, pipe: Connection) -> None:
    """For each word on the pipe a server that dies in its first request; tells the port, and then the end."""
    app = new_app(url)
    while True:
        when = pipe.recv()
        listener = socket.create_server(("127.0.0.1", 0))
        pid = os.fork()
        if not pid:
            _answer_once(app, listener, when)
        pipe.send(listener.getsockname()[1])
        listener.close()
        pipe.send(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _answer_once(app: Flask, listener: socket.socket, when: str) -> None:
    from werkzeug.serving import make_server

    if when == BEFORE:  # hours and pieces are posted by then, the receipt is written, nothing is committed
        importlib.import_module("timebank.redemption.service.redeem")._write_down = _die  # type: ignore[attr-defined]

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        list(app(environ, start_response))
        _die()

    make_server("127.0.0.1", 0, answer, fd=listener.fileno()).handle_request()
    os._exit(1)


@pytest.fixture(params=DATABASES[:1])
def database_url(request: pytest.FixtureRequest, databases: Callable[[str], Any]) -> Iterator[str]:
    """One engine: what a kill leaves behind on both is shown by the drill `two_desks`."""
    with databases(request.param).fresh() as url:
        yield url


@pytest.fixture
def killed(app: Flask, database_url: str) -> Iterator[Callable[[str, str, dict[str, str], str], None]]:
    """`killed(when, path, form, cookie)`: posts the form to a server that dies with it."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=serve, args=(database_url, theirs))
    process.start()

    def post(when: str, path: str, form: dict[str, str], session: str) -> None:
        db.session.rollback()
        mine.send(when)
        assert mine.poll(60), "the server did not start"
        connection = HTTPConnection("127.0.0.1", mine.recv(), timeout=60)
        headers = {"Host": HOST, "Cookie": session, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, urlencode(form), headers)
        with pytest.raises((HTTPException, OSError)):
            connection.getresponse()
        assert mine.poll(60), "the server did not end"
        assert mine.recv() == -signal.SIGKILL

    yield post
    process.terminate()
    process.join(30)


def hidden(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form with this action."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert form, f"no form to {action}"
    return dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form[0]))


def receipts_made() -> int:
    db.session.rollback()
    return int(db.session.scalar(select(func.count()).select_from(Redemption)) or 0)


def test_after_a_power_cut_the_clerk_sees_what_is_done_and_the_same_scan_again_is_once(
    app: Flask, client: CheckingClient, sign_in: SignIn, killed: Callable[..., None]
) -> None:
    town.town()
    shop, xu_mei, account = desk.shop(), desk.saver(30), town.account_of(town.clerk())
    at_desk, session = sign_in(client, account), cookie(app, account)
    counter, url = f"/desk/{shop.desk}", f"/desk/{shop.desk}/member/{xu_mei}"
    at_desk.post(f"{url}/basket", data={"code": "RICE5"})
    form = {**hidden(at_desk.get(url).text, f"{url}/redeem"), "pin": desk.PIN, "how": "pin"}

    killed(BEFORE, f"{url}/redeem", form, session)
    assert receipts_made() == 0
    page = at_desk.get(counter).text
    assert "Not done: nothing was booked" in page
    assert url in page, "the basket is there to be finished"

    killed(AFTER, f"{url}/redeem", form, session)
    assert receipts_made() == 1
    page = at_desk.get(counter).text
    assert "Not done" not in page
    number = db.session.scalars(select(Redemption.receipt_no)).one()
    assert number in page

    again = at_desk.post(f"{url}/redeem", data=form)
    assert again.status_code == 303, "the browser's own repetition leads to the receipt"
    at_desk.post(f"{url}/basket", data={"code": "RICE5"})  # a clerk who starts from the beginning
    page = at_desk.get(url).text
    assert f"The same was handed out to this member already: receipt {number}" in page
    fresh = {**hidden(page, f"{url}/redeem"), "pin": desk.PIN, "how": "pin"}
    refused = at_desk.post(f"{url}/redeem", data=fresh)
    assert refused.status_code == 422
    assert number in refused.text
    assert 'id="again-error"' in refused.text
    assert receipts_made() == 1
    assert ledger.member_balance(desk.TENANT, [xu_mei])[xu_mei].available == 1800 - desk.RICE_MINUTES

    meant = at_desk.post(f"{url}/redeem", data={**fresh, "again": "y"})
    assert meant.status_code == 303
    assert receipts_made() == 2


def test_two_clerks_with_the_same_scan_at_once_make_one_receipt(app: Flask, at_once: Callable[..., list[Any]]) -> None:
    town.town()
    shop, xu_mei = desk.shop(), desk.saver(50)
    wanted = desk.takes(shop, xu_mei, rice=1, again=False)
    clerks = (town.clerk(), town.clerk(name="second"))
    answers = at_once(*(lambda who=who: service.redeem(who, wanted) for who in clerks))  # type: ignore[misc]
    refused = [one for one in answers if isinstance(one, Refused)]
    assert [one.code for one in refused] == ["redeem_same_again"]
    assert receipts_made() == 1


def test_the_same_basket_is_a_new_wish_after_a_while_and_when_the_first_came_back(app: Flask) -> None:
    town.town()
    shop, xu_mei, clerk = desk.shop(), desk.saver(100), town.clerk()
    wanted = desk.takes(shop, xu_mei, rice=1, again=False)
    morning = (datetime.now(UTC) + timedelta(days=1)).replace(hour=1, minute=0)
    with time_machine.travel(morning, tick=False):
        first = service.redeem(clerk, wanted)
    with time_machine.travel(morning + timedelta(minutes=14), tick=False):
        with pytest.raises(Refused, match="redeem_same_again"):
            service.redeem(clerk, wanted)
        line = receipts.receipt(clerk, first).lines[0].id
        service.take_back(clerk, ReturnCommand(first, ((line, 1),), "wrong bag"))
        second = service.redeem(clerk, wanted)
    with time_machine.travel(morning + timedelta(minutes=30), tick=False):
        assert service.redeem(clerk, wanted) > second
        told = operations.last(clerk, desk_info(shop.desk))
    assert [(one.kind, one.state) for one in told] == [
        ("handed", "done"),
        ("handed", "done"),
        ("returned", "done"),
        ("handed", "done"),
    ]
