"""A bad line between clients and the application: it delays, and it resets connections before or after the answer."""

from __future__ import annotations

import random
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no time: the connection is reset, not closed


class BadLine(socketserver.ThreadingTCPServer):
    """`with BadLine(where) as line:` clients go to `line.server_address`."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, where: Callable[[], tuple[str, int]], seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Caller)
        self.where = where
        self.chance = random.Random(seed)
        self.resets = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def server_close(self) -> None:
        self.shutdown()
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line that breaks is what this is for."""


class _Caller(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        server: Any = self.server
        with (
            socket.create_connection(server.where(), timeout=30) as onward,
            onward.makefile("rb") as answers,
            self.request.makefile("rb") as requests,
        ):
            for request in requests:
                fate = server.chance.random()
                if fate < 0.12:  # the request never arrives
                    return self._reset(server)
                onward.sendall(request)
                if fate < 0.35:  # the answer never does: the transfer may be posted or not
                    return self._reset(server)
                answer = answers.readline()
                if not answer:  # the application is gone
                    return self._reset(server)
                if fate < 0.5:
                    time.sleep(server.chance.uniform(0, 0.4))  # longer than some clients wait
                self.request.sendall(answer)
        return None

    def _reset(self, server: Any) -> None:
        server.resets += 1
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.request.close()
