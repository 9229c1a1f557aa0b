"""Texts of refusals: one table per domain (`texts.py: REFUSALS`), joined here when the application starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from timebank.core.errors import TimebankError
from timebank.core.units import fact_text

NOT_ALLOWED = _l("You may not do this here. Ask your coordinator if you need the right to.")
REFUSALS: dict[str, Any] = {
    "busy": _l("Too many people are working at this moment. Nothing was changed; please send it again."),
    "disk_full": _l(
        "The server’s disk is full or does not work. Nothing was changed; please tell whoever runs the server."
    ),
    "not_durable": _l(
        "It is not certain yet that this is kept safely in two places. Please send it again; nothing is done twice."
    ),
    "key_reused": _l("This form was already sent with other content. Please open the page again."),
    "key_missing": _l("The request needs an Idempotency-Key, so that a retry cannot double it."),
    "parameter_missing": _l("The rule “%(key)s” has no value yet. Ask the operator of the scheme to set it."),
    "unstorable": _l(
        "A number is too large, a date too far away or a text too long. Nothing was changed; please check."
    ),
    "not_allowed": NOT_ALLOWED,
    "not_found": _l("This does not exist, or you may not see it."),
}
# What the audit log says, filled from each domain's `action_texts.py`: about "verb.thing", and about the codes that a
# fact of a deed may have ("how": {"pin": …}).
ACTIONS: dict[str, Any] = {}
VALUES: dict[str, dict[str, Any]] = {}


def join(texts: Mapping[str, Any]) -> None:
    """Adds a domain's texts; two domains must not give one code two texts (a test looks at `CLASHES`)."""
    for code, text in texts.items():
        if code in REFUSALS and REFUSALS[code] is not text and str(code) not in _SHARED:
            CLASHES.append(code)
        REFUSALS[code] = text


def join_actions(actions: Mapping[str, Any], values: Mapping[str, Mapping[str, Any]]) -> None:
    """Adds a domain's words for the audit log."""
    ACTIONS.update(actions)
    for name, words in values.items():
        VALUES.setdefault(name, {}).update({str(code): text for code, text in words.items()})


_SHARED: set[str] = set()
CLASHES: list[str] = []


def refusal_text(error: TimebankError) -> str:
    """The sentence for a refusal in the reader's language, its facts filled in."""
    if error.status == 403:
        return str(NOT_ALLOWED)
    text = REFUSALS.get(error.code)
    if text is None:
        text = REFUSALS["not_found"] if error.status == 404 else error.code
    facts = {name: fact_text(name, value) for name, value in error.facts.items()}
    return str(text) % facts if facts else str(text)
