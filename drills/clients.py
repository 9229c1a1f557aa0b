"""Clients that post all the time, remember what was acknowledged, and ask again with the same key when it was not."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

UNCLEAR = {"busy", "not_durable"}  # refusals after which the same request is sent again
ANSWER = 30.0  # seconds a client waits for an answer before it asks again


@dataclass
class Request:
    """What a client asked for, and the first clear answer."""

    debit: int
    credit: int
    amount: int
    id: str | None = None  # of the transfer, once it is acknowledged
    refused: str = ""

    @property
    def acknowledged(self) -> bool:
        """The application said that it is posted."""
        return self.id is not None

    @property
    def content(self) -> tuple[int, int, int]:
        """What must stand in the books."""
        return self.debit, self.credit, self.amount


@dataclass
class Journal:
    """What all clients know.  It lives in the drill's own process, which nobody kills."""

    _requests: dict[str, Request] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    errors: list[str] = field(default_factory=list)
    _told: int = 0

    def new(self, debit: int, credit: int, amount: int) -> str:
        """A key for a request nobody made before."""
        key = uuid.uuid4().hex
        with self._lock:
            self._requests[key] = Request(debit, credit, amount)
        return key

    def note(self, key: str, answer: dict[str, Any]) -> bool:
        """Writes an answer down; was it clear?"""
        request = self._requests[key]
        if "id" in answer:
            request.id = request.id or str(answer["id"])
        elif "refused" in answer and answer["refused"] not in UNCLEAR:
            request.refused = str(answer["refused"])
        else:
            self.errors.append(str(answer.get("error", answer)))
            return False
        return True

    def requests(self) -> dict[str, Request]:
        """A copy of all requests."""
        with self._lock:
            return dict(self._requests)

    def content(self, key: str) -> tuple[int, int, int]:
        """What was asked for with this key."""
        return self._requests[key].content

    def unanswered(self) -> int:
        """How many requests have no clear answer."""
        return sum(not one.acknowledged and not one.refused for one in self.requests().values())

    def fresh(self) -> int:
        """How many were acknowledged since the last time somebody asked this."""
        told, self._told = self._told, len(self.acknowledged())
        return self._told - told

    def acknowledged(self) -> set[str]:
        """The keys that were acknowledged so far."""
        return {key for key, one in self.requests().items() if one.acknowledged}


class Line:
    """A connection to the application: a JSON object a line, there and back."""

    def __init__(self, address: tuple[str, int], patience: float = ANSWER) -> None:
        self._socket = socket.create_connection(address, timeout=patience)
        self._file = self._socket.makefile("rb")

    def ask(self, **request: Any) -> dict[str, Any]:
        """Sends a request and waits for the answer.  Raises OSError when the connection or the patience ends."""
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        answer = self._file.readline()
        if not answer.endswith(b"\n"):
            raise ConnectionResetError("no answer")
        return dict(json.loads(answer))

    def close(self) -> None:
        self._file.close()
        self._socket.close()


class Load:
    """So many clients at once, until `stop`.  `where()` says where the application is just now."""

    def __init__(
        self,
        where: Callable[[], tuple[str, int]],
        accounts: list[int],
        clients: int = 8,
        journal: Journal | None = None,
    ) -> None:
        self.where = where
        self.accounts = accounts
        self.journal = journal or Journal()
        self._over = threading.Event()
        self._deadline = float("inf")
        self._threads = [threading.Thread(target=self._client, args=(n,), daemon=True) for n in range(clients)]
        for thread in self._threads:
            thread.start()

    def wait(self, more: int, patience: float = 30.0) -> None:
        """Until so many more requests were acknowledged.  Raises TimeoutError with what the clients heard."""
        goal = len(self.journal.acknowledged()) + more
        until = time.monotonic() + patience
        while len(self.journal.acknowledged()) < goal:
            if time.monotonic() > until:
                raise TimeoutError(f"the application acknowledges nothing: {self.journal.errors[-2:]}")
            time.sleep(0.01)

    def stop(self, settle: float = 20.0) -> Journal:
        """No new requests; those without an answer are asked again for at most `settle` seconds."""
        self._deadline = time.monotonic() + settle
        self._over.set()
        for thread in self._threads:
            thread.join(ANSWER + settle + 5)
        return self.journal

    def _client(self, number: int) -> None:
        chance = random.Random(number)
        line: Line | None = None
        while not self._over.is_set():
            debit, credit = chance.sample(self.accounts, 2)
            key = self.journal.new(debit, credit, chance.randint(1, 90))
            line = self._until_answered(line, key)
        if line:
            line.close()

    def _until_answered(self, line: Line | None, key: str) -> Line | None:
        while time.monotonic() < self._deadline:
            try:
                line = line or Line(self.where())
                if self.journal.note(key, _ask(line, key, self.journal)):
                    return line
            except OSError:
                if line:
                    line.close()
                line = None
            time.sleep(0.02)
        return line


def _ask(line: Line, key: str, journal: Journal) -> dict[str, Any]:
    debit, credit, amount = journal.content(key)
    return line.ask(key=key, debit=debit, credit=credit, amount=amount)


def settle(journal: Journal, address: tuple[str, int]) -> None:
    """Asks everything that has no clear answer again, as clients do when the application is back."""
    line = Line(address)
    for key, request in journal.requests().items():
        if not request.acknowledged and not request.refused:
            journal.note(key, _ask(line, key, journal))
    with suppress(OSError):
        line.close()
