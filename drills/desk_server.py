"""The application behind two desks: clerks hand goods out by the real service.  It can be weak on purpose."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import text

from drills import application
from drills.application import Answer, Application, Server, answered
from drills.desk_books import CLERKS, SKUS, desk_app
from timebank.access import queries as access
from timebank.app import modules
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.redemption import service
from timebank.redemption.commands import Confirmation, RedeemCommand

ROOMS = ("models", "listeners")
LOADED = [module for room in ROOMS for module in modules(room)]  # before anybody is forked from here
application.FORK.set_forkserver_preload(["drills.application", "drills.desk_server"])


class Counter:
    """Who serves where, with what."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            self.clerks = [_clerk(number) for number in range(CLERKS)]
            self.desks = [_id("desk", "code", code) for code in ("YH1", "YH2")]
            self.items = [_id("goods_item", "sku", sku) for sku in SKUS]

    def redeem(self, request: Answer, *, key: str | None) -> Answer:
        """One piece of an article; the key is written on the receipt, too."""
        number, article = divmod(request["credit"], 10)
        wanted = RedeemCommand(
            request["debit"],
            self.desks[number % 2],
            ((self.items[article], request["amount"]),),
            Confirmation("signature", note=request["key"]),
            again=True,
        )
        return {"id": str(service.redeem(self.clerks[number], wanted, key=key))}


def _clerk(number: int) -> Actor:
    found = access.actor_of(_id("account", "sign_in_name", f"clerk {number}"))
    assert found is not None
    return found


def _id(table: str, column: str, value: str) -> int:
    statement = text(f"SELECT id FROM {table} WHERE {column} = :value")
    return int(db.session.execute(statement, {"value": value}).scalar_one())


def redeem_with_key(counter: Counter, request: Answer) -> Answer:
    """As shipped."""
    return counter.redeem(request, key=request["key"])


def redeem_without_key(counter: Counter, request: Answer) -> Answer:
    """Weak: each request is a new one."""
    return counter.redeem(request, key=None)


def serve(url: str, weak: str, told: Callable[[int], None]) -> None:
    """Serves until it is killed; `told` hears the port."""
    app = desk_app(url)
    counter = Counter(app)
    waiting: queue.SimpleQueue[Answer] = queue.SimpleQueue()
    ways: dict[str, Callable[[Answer], Answer]] = {
        "": partial(redeem_with_key, counter),
        "no_keys": partial(redeem_without_key, counter),
        "acknowledges_first": application.post_later(waiting),
    }
    server = Server(app, ways[weak])
    if weak == "acknowledges_first":
        plain = Server(app, ways[""])
        threading.Thread(target=_do_waiting, args=(plain, waiting), daemon=True).start()
    told(server.server_address[1])
    server.serve_forever()


def _do_waiting(plain: Server, waiting: queue.SimpleQueue[Answer]) -> None:
    while True:
        answered(plain, waiting.get())


def _forked(pipe: Any, url: str, weak: str) -> None:
    serve(url, weak, pipe.send)


class Desks(Application):
    """The desks' application as a process of ours."""

    forked = staticmethod(_forked)
