"""How a lower domain tells a higher one, where a plain call would point up.

`fire` runs every listener at once, inside the transaction of the caller: if one refuses, nothing is kept.
`ask` collects what the listeners know.  A domain keeps its listeners in `timebank/<domain>/listeners.py`
(found by itself, before the first event) or in any other module that is imported at start.

Events: person_imported(person_id, row: ImportedRow) → True if that changed something · person_merged(kept_id,
merged_id) · person_unmerged(kept_id, merged_id) · person_moved(person_id, territory_code) · person_died(person_id,
died_on) · role_taken(actor, person_id, role) · role_left(person_id, role) · household_changed(person_id,
household_id) · divisions_imported() · password_reset(person_id, at) · request_decided(actor, request_id): before its
visits are made, or as it ends.
Questions: service_codes() → codes · person_links(person_id, actor) → `people.links.PersonLink` ·
person_names(person_ids) → (id, name) · find_people(actor, text) → (id, name, member number) ·
undone_elsewhere(tenant, transfer_ids) → (transfer_id, code of the refusal that says where) ·
bought_whole(request_id) → something where all its visits were bought at once · agreed_at_desk(actor, request_id,
recipient_id, territory_code) → `exchange.rules.signatures.Agreement`, to those who may read it ·
parameter_scopes(territory_code) → scopes of `core.parameters`, the narrowest first.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import pkgutil
from collections import defaultdict
from collections.abc import Callable
from typing import Any

Listener = Callable[..., Any]

_listeners: dict[str, list[Listener]] = defaultdict(list)


def on(event: str) -> Callable[[Listener], Listener]:
    """Registers a function for an event or question; registering it twice changes nothing."""

    def register(function: Listener) -> Listener:
        if function not in _listeners[event]:
            _listeners[event].append(function)
        return function

    return register


def fire(event: str, **facts: Any) -> list[Any]:
    """Tells every listener and gives what they returned; what a listener raises goes to the caller."""
    load()
    return [listener(**facts) for listener in tuple(_listeners[event])]


def ask(question: str, **facts: Any) -> list[Any]:
    """The answers of all listeners in one list (each gives an iterable, or None for nothing)."""
    load()
    return [answer for listener in tuple(_listeners[question]) for answer in listener(**facts) or ()]


@functools.cache
def load() -> None:
    """Imports each domain's `listeners` module, once."""
    import timebank

    for domain in pkgutil.iter_modules(timebank.__path__):
        name = f"timebank.{domain.name}.listeners"
        if domain.ispkg and importlib.util.find_spec(name):
            importlib.import_module(name)
