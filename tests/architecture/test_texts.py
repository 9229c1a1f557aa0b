"""Every text has a Chinese translation, and every refusal has a text."""

from __future__ import annotations

import ast
import re

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale

from tests.architecture.source import constant, sources
from timebank.core.texts import CLASHES, REFUSALS
from tools import texts

REFUSING = {"Refused", "Conflict", "Busy"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
FILLED = re.compile(r"%\(\w+\)[sd]|%%")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
STUMBLED = ("请先在外付款", "结算付款的一步", "对方是谁知道了此事")


def _codes_raised() -> dict[str, str]:
    """Code → a place where it is raised.  `NotFound` may share one text."""
    return {
        code: f"{each.name}:{call.lineno}"
        for each in sources()
        for name, call in each.calls()
        if name in REFUSING and (code := constant(call))
    }


def test_every_refusal_has_a_text(app: Flask) -> None:
    missing = {code: place for code, place in _codes_raised().items() if code not in REFUSALS}
    assert not missing, missing


def test_every_fact_that_a_text_names_is_given(app: Flask) -> None:
    """A text with %(until)s and a refusal without `until` would break the page that shows it."""
    with app.test_request_context(), force_locale("en"):
        wanted = {code: _placeholders(str(text)) for code, text in REFUSALS.items()}
    missing = [
        f"{each.name}:{call.lineno} {code}: {sorted(wanted[code] - _given(call))}"
        for each in sources()
        for name, call in each.calls()
        if name in REFUSING | {"NotFound"} and (code := constant(call)) in wanted and not _open(call)
        if not wanted[code] <= _given(call)
    ]
    assert not missing, "\n".join(missing)


def _given(call: ast.Call) -> set[str]:
    return {keyword.arg for keyword in call.keywords if keyword.arg}


def _open(call: ast.Call) -> bool:
    """`**facts` may hold any name."""
    return any(keyword.arg is None for keyword in call.keywords)


def test_no_refusal_has_two_texts(app: Flask) -> None:
    assert not CLASHES, sorted(set(CLASHES))


def test_every_refusal_is_said_in_chinese_too(app: Flask) -> None:
    with app.test_request_context(), force_locale("zh"):
        english = [code for code, text in REFUSALS.items() if not CHINESE.search(str(text))]
    assert not english, english


@pytest.mark.parametrize("name", texts.names())
def test_every_text_is_translated(name: str) -> None:
    found = texts.extract(texts.sources(name))
    known = texts.read(texts.po_path(name)) if texts.po_path(name).exists() else {}
    wanted = [message.id for message in found if message.id]
    missing = [text for text in wanted if text not in known or not known[text].string or known[text].fuzzy]
    assert not missing, f"./run texts {name}\n" + "\n".join(map(str, missing))


@pytest.mark.parametrize("name", [name for name in texts.names() if texts.po_path(name).exists()])
def test_translations_keep_their_placeholders(name: str) -> None:
    """A lost %(name)s hides a fact; an invented one breaks the page."""
    wrong = [
        f"{message.id} → {message.string}"
        for message in texts.read(texts.po_path(name))
        if message.id and message.string and _placeholders(message.id) != _placeholders(message.string)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", [name for name in texts.names() if texts.po_path(name).exists()])
def test_a_percent_sign_stands_twice_also_where_nothing_is_filled_in(name: str) -> None:
    """Templates fill in every text, also one without a name in it: a lone sign breaks the page in that language only."""
    wrong = [
        f"{message.id} → {message.string}"
        for message in texts.read(texts.po_path(name))
        for text in _forms(message.string)
        if "%" in FILLED.sub("", text)
    ]
    assert not wrong, "\n".join(wrong)


def _forms(text: object) -> list[str]:
    return [str(form) for form in text] if isinstance(text, (list, tuple)) else [str(text or "")]


def _placeholders(text: object) -> set[str]:
    together = " ".join(text) if isinstance(text, (list, tuple)) else str(text)
    return set(PLACEHOLDER.findall(together))


def test_wordings_that_readers_stumbled_over_do_not_come_back() -> None:
    """They were put into plainer words: what is paid outside, a step of paying, who at the partner knows."""
    found = [
        f"{path.parts[-4]}: {words}"
        for path in texts.CATALOGUES.glob("*/zh/LC_MESSAGES/messages.po")
        for words in STUMBLED
        if words in path.read_text(encoding="utf-8")
    ]
    assert not found, "\n".join(found)


def test_a_text_says_the_same_in_every_catalogue() -> None:
    """The catalogues are read as one: of two translations of the same English text one would never be seen."""
    said: dict[object, dict[str, object]] = {}
    for path in texts.CATALOGUES.glob("*/zh/LC_MESSAGES/messages.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id and message.string:
                    said.setdefault((message.context, message.id), {})[path.parts[-4]] = message.string
    different = {text: found for text, found in said.items() if len(set(found.values())) > 1}
    assert not different
