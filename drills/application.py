"""The application that is maltreated: a process with a thread for each client, which posts by the real service.

A request is a line of JSON (key, debit, credit, amount), and so is the answer: the transfer's id, a refusal, or an
error after which nobody knows.  It can be started weak on purpose.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import os
import queue
import socketserver
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Pool, event

from drills.books import ACTOR, TENANT, app_for
from drills.place import PATIENCE, Place, alive, kill, wait_for
from timebank.core.db import engines
from timebank.core.errors import DiskFull, TimebankError
from timebank.ledger import service

FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(["drills.application"])
NOWHERE = ("127.0.0.1", 9)  # nobody answers there
ROOT = Path(__file__).resolve().parent.parent
Answer = dict[str, Any]
_made_up = itertools.count()


def post(request: Answer) -> Answer:
    """As shipped."""
    receipt = service.post(
        TENANT,
        request["debit"],
        request["credit"],
        request["amount"],
        key=request["key"],
        purpose="transfer",
        memo=str(request.get("memo") or request["key"]),
        actor=ACTOR,
    )
    return {"id": receipt.id.hex, "replayed": receipt.replayed}


def post_without_key(request: Answer) -> Answer:
    """Weak: each request is a new one."""
    return post({**request, "key": f"{uuid.uuid4().hex}:{next(_made_up)}", "memo": request["key"]})


def post_deaf(request: Answer) -> Answer:
    """Weak: takes whatever happens for a success."""
    try:
        return post(request)
    except Exception:  # the weakness itself
        return {"id": "perhaps", "replayed": False}


def post_later(waiting: queue.SimpleQueue[Answer]) -> Callable[[Answer], Answer]:
    """Weak: says yes and posts afterwards."""

    def promise(request: Answer) -> Answer:
        waiting.put(request)
        return {"id": "later", "replayed": False}

    return promise


class Server(socketserver.ThreadingTCPServer):
    """A thread for each connection."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, app: Flask, act: Callable[[Answer], Answer]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.app = app
        self.act = act


class Handler(socketserver.StreamRequestHandler):
    """Answers the lines of one client."""

    def handle(self) -> None:
        try:
            for line in self.rfile:
                answer = answered(self.server, json.loads(line))  # type: ignore[arg-type]
                self.wfile.write(json.dumps(answer).encode() + b"\n")
        except OSError:  # the client is gone
            return


def answered(server: Server, request: Answer) -> Answer:
    """The answer to one request; in a context of its own, as gunicorn's threads have."""
    try:
        with server.app.app_context():
            return server.act(request)
    except DiskFull as full:
        return {"error": f"{full.code}: {full.__cause__}"[:300]}
    except TimebankError as refused:
        return {"refused": refused.code}
    except Exception as error:  # what the web answers with 500: the client knows nothing
        return {"error": f"{type(error).__name__}: {error}"[:300]}


def serve(url: str, weak: str, told: Callable[[int], None]) -> None:
    """Serves until it is killed; `told` hears the port."""
    app = app_for(url)
    waiting: queue.SimpleQueue[Answer] = queue.SimpleQueue()
    if weak == "synchronous_off":
        event.listen(Pool, "checkout", _forgetful)  # after what the application itself sets
    if weak == "asynchronous":
        engines.DURABLE = "'off'"
    ways = {
        "": post,
        "synchronous_off": post,
        "asynchronous": post,
        "no_keys": post_without_key,
        "deaf": post_deaf,
        "acknowledges_first": post_later(waiting),
    }
    server = Server(app, ways[weak])
    if weak == "acknowledges_first":
        threading.Thread(target=_post_waiting, args=(server, waiting), daemon=True).start()
    told(server.server_address[1])
    server.serve_forever()


def _forgetful(connection: Any, *_rest: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def _post_waiting(server: Server, waiting: queue.SimpleQueue[Answer]) -> None:
    plain = Server(server.app, post)
    while True:
        answered(plain, waiting.get())


def _forked(pipe: Any, url: str, weak: str) -> None:
    serve(url, weak, pipe.send)


class Application:
    """The application as a process of ours: forked from one that has the libraries loaded, or (with `env`) anew."""

    forked: Callable[[Any, str, str], None] = staticmethod(_forked)

    def __init__(self, place: Place, url: str, weak: str = "", env: dict[str, str] | None = None) -> None:
        self.place = place
        self.url = url
        self.weak = weak
        self.env = env
        self.address = NOWHERE
        self.pid = 0

    def start(self) -> None:
        """Starts it; returns when it answers.  Raises RuntimeError when it does not."""
        port = self._fork() if self.env is None else self._execute(self.env)
        self.address = ("127.0.0.1", port)
        self.place.later(partial(_end, self.pid))

    def _fork(self) -> int:
        mine, theirs = FORK.Pipe(duplex=False)
        process = FORK.Process(target=self.forked, args=(theirs, self.url, self.weak), daemon=True)
        process.start()
        theirs.close()
        self.pid = process.pid or 0
        if not mine.poll(PATIENCE):
            raise RuntimeError("the application did not start")
        return int(mine.recv())

    def _execute(self, env: dict[str, str]) -> int:
        said = self.place.folder / "application.log"
        command = [sys.executable, "-m", "drills.application", self.url, "--weak", self.weak]
        with said.open("ab") as log:
            process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, "PYTHONPATH": str(ROOT), **env},
                cwd=ROOT,
            )
        self.place.process(process)
        self.pid = process.pid
        assert process.stdout is not None
        with process.stdout as first:
            port = first.readline()
        if not port:
            raise RuntimeError(f"the application did not start: {said.read_text(errors='replace')[-800:]}")
        return int(port)

    def where(self) -> tuple[str, int]:
        """Its address just now."""
        return self.address

    def kill(self) -> None:
        """kill -9."""
        self.address = NOWHERE
        if self.pid:
            kill(self.pid)
            wait_for("the application's end", lambda: not alive(self.pid), PATIENCE)
            self.pid = 0

    def restart(self) -> None:
        """A new one takes its place."""
        self.kill()
        self.start()


def _end(pid: int) -> None:
    if alive(pid):
        kill(pid)


def main() -> None:
    """`python -m drills.application URL [--weak WAY]`: tells its port on the first line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--weak", default="")
    given = parser.parse_args()
    serve(given.url, given.weak, lambda port: print(port, flush=True))


if __name__ == "__main__":
    main()
