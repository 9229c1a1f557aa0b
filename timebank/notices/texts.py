"""The texts of notices: a domain lists its own in `notice_texts.py: TEXTS`, in English with translations beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app, g
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from timebank.core import hooks
from timebank.core.units import day_text, fact_text, moment_text

REFUSALS = {
    "notice_unknown": _l("There is no such message."),
    "no_email_for_messages": _l("There is no e-mail address. Write one down among the details first."),
    "copies_by_themselves": _l(
        "Only the person or a guardian agrees to copies here. Staff write a consent down on the page of the person."
    ),
    "no_page_for_messages": _l(
        "This person has no account, phone or e-mail and would never see the messages. Choose letters, or as usual."
    ),
    "never_by_staff": _l("Only the time bank stops letters altogether. Ask your coordinator."),
    "no_letters": _l("No letter with an address waits here. Somebody may have printed them just now."),
    "no_such_letter": _l("There is no such letter in the queue, or you may not see it."),
    "no_such_run": _l("There is no such pile of letters, or you may not see it."),
    "letters_posted": _l("This pile is marked as posted, so it is not printed again."),
    "letter_reason_missing": _l("Write a short reason; it is kept."),
    "letter_not_waiting": _l("This letter does not wait any more: it was printed or taken out."),
}

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
_CODE = re.compile(r"[a-z][a-z0-9_]*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Text:
    """What a kind of notice says.  Facts stand in it as %(name)s.

    Facts named `*minutes` are written as hours and minutes; ISO moments and dates by the civil clock; of a pair
    `name_zh`, `name_en` the one in the reader's language is used as %(name)s; a code is put into words by whoever
    answers the question `fact_words(name, value)` (core.hooks).
    """

    subject: Any
    body: Any
    needs: str = ""  # a permission without which staff must not learn that such a notice was sent
    paper: bool = True  # goes out as a letter, too; False: it would come too late


@dataclass(frozen=True, slots=True)
class Message:
    """A notice in words."""

    subject: str
    body: str


def known_texts() -> Mapping[str, Text]:
    """The texts of all kinds, of every domain (a bare sentence is a subject)."""
    texts: Mapping[str, Any] = current_app.extensions.get("timebank_notice_texts", {})
    return {kind: text if isinstance(text, Text) else Text(text, "") for kind, text in texts.items()}


def render(kind: str, facts: Mapping[str, Any], language: str | None = None) -> Message:
    """The notice in a language ("zh" or "en"; None: that of the page).  A kind without text shows its code."""
    if language is None:
        return _render(kind, facts)
    with force_locale(language):
        return _render(kind, facts)


def copied(words: Message, name: str, language: str) -> Message:
    """The message as it is sent to who acts for `name`: it says so before anything else."""
    with force_locale(language):
        subject = _("Copy for %(name)s: %(subject)s", name=name, subject=words.subject)
        said = _("This is a copy of what we wrote to %(name)s.", name=name)
    return Message(subject, "\n\n".join(part for part in (said, words.body) if part))


def _render(kind: str, facts: Mapping[str, Any]) -> Message:
    text = known_texts().get(kind) or Text(kind, "")
    words = _Words({name: _word(name, value) for name, value in _in_language(facts).items()})
    return Message(str(text.subject) % words, str(text.body) % words)


class _Words(dict[str, object]):
    """A fact that a text asks for and nobody gave is written as a dash: a notice is never lost over it."""

    def __missing__(self, name: str) -> str:
        return "–"


def _in_language(facts: Mapping[str, Any]) -> dict[str, Any]:
    locale = get_locale()
    suffix = "_en" if locale is not None and locale.language == "en" else "_zh"
    chosen = {name.removesuffix(suffix): value for name, value in facts.items() if name.endswith(suffix) and value}
    return {**facts, **chosen}


def _word(name: str, value: object) -> object:
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return moment_text(datetime.fromisoformat(value))
    if isinstance(value, str) and _DAY.fullmatch(value):
        return day_text(date.fromisoformat(value))
    if isinstance(value, str) and _CODE.fullmatch(value):
        return _code_words(name, value)
    return fact_text(name, value)


def _code_words(name: str, value: str) -> object:
    """The words for a code, asked for once while a page or a batch is made."""
    known: dict[tuple[str, str, str], object] = g.setdefault("_notice_words", {})
    asked = (name, value, str(get_locale()))
    if asked not in known:
        known[asked] = next(iter(hooks.ask("fact_words", name=name, value=value)), value)
    return known[asked]
