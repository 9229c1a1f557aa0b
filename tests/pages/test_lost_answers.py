"""A lost answer and a retry: a real server process, a connection cut before the answer is read, the same again.

The write arrived, nobody heard so, and the sender asks once more with the same key: nothing is doubled, and the second
time the answer of the first is given.
"""

from __future__ import annotations

import json
import multiprocessing
import socket
import struct
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPResponse
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import new_app, new_client
from tests.factories import redemption as desk
from tests.factories import town
from timebank.access import service as access
from timebank.access.queries import session_values
from timebank.core.command import CommandRecord
from timebank.core.db import db
from timebank.ledger import queries as ledger
from timebank.ledger.models import Transfer
from timebank.redemption.models import Redemption

HOST = "timebank.test"
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing resets the connection, what was sent back is thrown away


def serve(url: str, pipe: Connection) -> None:
    """The server, in a process of its own, until it is ended."""
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, new_app(url), threaded=True)
    pipe.send(server.server_port)
    server.serve_forever()


@pytest.fixture
def port(app: Flask, database_url: str) -> Iterator[int]:
    town.town()
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=serve, args=(database_url, theirs))
    process.start()
    assert mine.poll(60), "the server did not start"
    yield int(mine.recv())
    process.terminate()
    process.join(30)


class Caller:
    """Sends one and the same POST: with the connection cut before the answer, or to the end."""

    def __init__(self, port: int, path: str, body: bytes, headers: dict[str, str]) -> None:
        self.port, self.path, self.body = port, path, body
        self.headers = {"Host": HOST, "Content-Length": str(len(body)), "Accept-Language": "en", **headers}

    def cut(self) -> None:
        """The whole request goes out, then the line is dead."""
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as line:
            line.sendall(f"POST {self.path} HTTP/1.1\r\n{head}\r\n".encode() + self.body)
            time.sleep(0.05)  # a reset must not overtake the request on its way
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    def send(self) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", self.path, self.body, self.headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content


def wait_for(happened: Callable[[], bool]) -> None:
    """The other process works on although nobody listens."""
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline, "the request whose answer was lost was never carried out"
        db.session.rollback()
        time.sleep(0.1)


def carried_out() -> bool:
    return bool(db.session.scalar(select(func.count()).select_from(CommandRecord)))


def cookie(app: Flask, account: int) -> str:
    """The session that signing in would have given."""
    client = new_client(app)
    with client.session_transaction() as session:
        session.update(session_values(account))
    found = client.get_cookie(app.config["SESSION_COOKIE_NAME"], domain=HOST)
    assert found is not None
    return f"{found.key}={found.value}"


def donation(person: int) -> tuple[int, int]:
    """How many donations stand in the books, and what the giver has left."""
    db.session.rollback()
    made = db.session.scalar(select(func.count()).select_from(Transfer).where(Transfer.purpose == "donation")) or 0
    return int(made), ledger.member_balance(desk.TENANT, [person])[person].available


def test_a_form_whose_answer_was_lost_is_sent_again_and_gives_once(app: Flask, port: int) -> None:
    giver = desk.saver(10)
    account = town.account_of(town.member(giver))
    db.session.query(CommandRecord).delete()
    db.session.commit()
    form = urlencode({"minutes": "2:00", "agreed": "y", "key": "donate-once"}).encode()
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie(app, account)}
    caller = Caller(port, "/donate", form, sent)
    caller.cut()
    wait_for(carried_out)
    assert donation(giver) == (1, 480)
    caller.cut()
    answer, _page = caller.send()
    assert answer.status == 303, "the retry is answered as the first would have been"
    assert donation(giver) == (1, 480)


def test_a_call_of_the_api_whose_answer_was_lost_redeems_once(app: Flask, port: int) -> None:
    shop, xu = desk.shop(), desk.saver(30)
    token = access.issue_token(town.account_of(town.clerk()), "test", 60)
    db.session.query(CommandRecord).delete()
    db.session.commit()
    basket: dict[str, Any] = {
        "person_id": xu,
        "desk_id": shop.desk,
        "lines": [[shop.rice, 1]],
        "pin": desk.PIN,
    }
    caller = Caller(
        port,
        "/api/v1/redemptions",
        json.dumps(basket).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {token}", "Idempotency-Key": "redeem-once"},
    )
    caller.cut()
    wait_for(carried_out)
    first, content = caller.send()
    again, same = caller.send()
    assert (first.status, again.status) == (201, 201), content
    assert content == same
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Redemption)) == 1
    assert ledger.member_balance(desk.TENANT, [xu])[xu].available == 1800 - desk.RICE_MINUTES


def test_retries_that_overtake_the_first_request_give_once_too(app: Flask, port: int) -> None:
    giver = desk.saver(10)
    account = town.account_of(town.member(giver))
    form = urlencode({"minutes": "1:00", "agreed": "y", "key": "hurry"}).encode()
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie(app, account)}
    caller = Caller(port, "/donate", form, sent)
    for _ in range(3):
        caller.cut()
    answer, _page = caller.send()
    assert answer.status == 303
    assert donation(giver) == (1, 540)
