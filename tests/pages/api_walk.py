"""A walk through the API: each step is refused to whom it must be, works, and does nothing twice for the same key.

A step names an operation; its address is filled from the facts collected so far (`<int:case_id>` from
`facts["case_id"]`).  Bodies and queries may be functions of the facts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.factories import town
from tests.pages.api_client import Api
from timebank.access.service import issue_token
from timebank.api.routing import OPERATIONS, Operation
from timebank.core.authority import Actor
from timebank.core.db import Model, db

Facts = dict[str, Any]
ARGUMENT = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")


@dataclass(frozen=True)
class Step:
    """One call.  `no`: who is refused and with which status; `keep`: the fact that the answer's id becomes.

    `refused`: the step is one that must not work, with this code.
    """

    name: str
    who: str
    body: Any = None
    query: Any = ""
    no: Mapping[str, int] = field(default_factory=dict)
    keep: str = ""
    at: Mapping[str, str] = field(default_factory=dict)
    sees: Callable[[Any, Facts], Any] = lambda _answer, _facts: True
    when: datetime | None = None
    refused: str = ""


class Walk:
    """`Walk(app, {"broker": town.broker()}, facts).through(STEPS)`."""

    def __init__(self, app: Flask, actors: Mapping[str, Actor], facts: Facts) -> None:
        self.app = app
        self.facts = facts
        self.apis = {name: Api(app, issue_token(town.account_of(actor), name, 60)) for name, actor in actors.items()}

    def through(self, steps: Sequence[Step]) -> Facts:
        known = {operation.name: operation for operation in OPERATIONS}
        for number, step in enumerate(steps):
            with time_machine.travel(step.when, tick=False) if step.when else nullcontext():
                self._take(step, known[step.name], f"walk-{number}-{step.name}")
        return self.facts

    def _take(self, step: Step, operation: Operation, key: str) -> None:
        before = rows()
        for visitor, status in step.no.items():
            refused = self._call(step, operation, visitor, f"{key}-{visitor}")
            assert refused.status_code == status, (step.name, visitor, refused.status_code, refused.text[:300])
        assert rows() == before, f"{step.name} changed something for somebody who was refused"
        answer = self._call(step, operation, step.who, key)
        if step.refused:
            assert answer.json["code"] == step.refused, (step.name, answer.status_code, answer.text[:300])
            assert rows() == before, f"{step.name} changed something although it was refused"
            return
        assert answer.status_code == operation.status, (step.name, answer.status_code, answer.text[:500])
        if operation.media:
            assert answer.mimetype in operation.media, step.name
            assert answer.data, step.name
        elif operation.method != "GET":
            self._again(step, operation, key, answer)
        content = answer.json if not operation.media else answer.data if _binary(answer) else answer.text
        assert step.sees(content, self.facts), (step.name, str(content)[:800])
        if step.keep:
            self.facts[step.keep] = answer.json["id"]

    def _again(self, step: Step, operation: Operation, key: str, first: TestResponse) -> None:
        after = rows()
        again = self._call(step, operation, step.who, key)
        assert (again.status_code, again.json) == (first.status_code, first.json), (step.name, again.text[:300])
        assert rows() == after, f"{step.name} did something twice"

    def _call(self, step: Step, operation: Operation, who: str, key: str) -> TestResponse:
        path = ARGUMENT.sub(lambda found: str(self.facts[step.at.get(found[1], found[1])]), operation.rule)
        query, body = self._of(step.query), self._of(step.body)
        path += f"?{query}" if query else ""
        api = self.apis[who]
        if operation.method == "GET":
            return api.get(path)
        if operation.method == "DELETE":
            return api.delete(path, key=key)
        if operation.method == "PATCH":
            return api.patch(path, body, key=key)
        return api.post(path, body, key=key) if operation.method == "POST" else api.put(path, body, key=key)

    def _of(self, part: Any) -> Any:
        return part(self.facts) if callable(part) else part


def _binary(answer: TestResponse) -> bool:
    return not str(answer.mimetype).startswith(("text/", "image/svg"))


def rows() -> dict[str, int]:
    """How many rows every table has."""
    counted = {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Model.metadata.sorted_tables
    }
    db.session.rollback()
    return counted
