"""Everything the audit log writes down has words in both languages."""

from __future__ import annotations

import ast
import re

from flask import Flask
from flask_babel import force_locale

from tests.architecture.source import sources
from timebank.access.words import SUBJECTS
from timebank.assistance.rules.cases import CaseState
from timebank.core.texts import ACTIONS
from timebank.exchange.models import RequestState
from timebank.exchange.rules.visits import Event
from timebank.exchange.rules.volunteers import Step
from timebank.people.models import DuplicateState

CODE = re.compile(r"[a-z_]+\.[a-z_]+")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
DECIDED = frozenset({RequestState.PUBLISHED, RequestState.REFUSED, RequestState.CANCELLED, RequestState.EXPIRED})


def _written() -> set[str]:
    """The codes that stand in calls of `audit.record`, and those made of an enumeration."""
    literal = {
        part.value
        for each in sources()
        for name, call in each.calls()
        if name == "record"
        for argument in call.args[1:2]
        for part in ast.walk(argument)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and CODE.fullmatch(part.value)
    }
    made = {f"{event.value}.visit" for event in Event} | {f"{step.value}.volunteer" for step in Step}
    made |= {f"{state.value}.request" for state in {*DECIDED, RequestState.CLOSED}}
    made |= {f"case.{state.value}" for state in CaseState} | {f"decide.{state.value}" for state in DuplicateState}
    return literal | made


def test_every_deed_in_the_log_has_words(app: Flask) -> None:
    assert len(_written()) > 80
    assert not _written() - set(ACTIONS)


def test_the_words_of_the_log_are_chinese_for_chinese_readers(app: Flask) -> None:
    with app.test_request_context(), force_locale("zh"):
        said = {code: str(text) for table in (ACTIONS, SUBJECTS) for code, text in table.items()}
    assert not {code: text for code, text in said.items() if not CHINESE.search(text)}
