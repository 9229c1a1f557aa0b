"""The API as a program calls it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import new_client

FRESH = "a fresh key"


class Api:
    """`Api(app, token).post("/people", {...})`; every write gets a key of its own unless the test gives one."""

    def __init__(self, app: Flask, token: str = "") -> None:
        self.client = new_client(app)
        self.token = token

    def get(self, path: str, **more: Any) -> TestResponse:
        return self._call("GET", path, None, None, **more)

    def post(self, path: str, body: Any = None, *, key: str | None = FRESH) -> TestResponse:
        return self._call("POST", path, body or {}, key)

    def put(self, path: str, body: Any = None, *, key: str | None = FRESH) -> TestResponse:
        return self._call("PUT", path, body or {}, key)

    def patch(self, path: str, body: Any = None, *, key: str | None = FRESH) -> TestResponse:
        return self._call("PATCH", path, body or {}, key)

    def delete(self, path: str, *, key: str | None = FRESH) -> TestResponse:
        return self._call("DELETE", path, None, key)

    def _call(
        self, method: str, path: str, body: Any, key: str | None, headers: dict[str, str] | None = None
    ) -> TestResponse:
        sent = {"Accept-Language": "en", **(headers or {})}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if key:
            sent["Idempotency-Key"] = uuid.uuid4().hex if key == FRESH else key
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=sent)
