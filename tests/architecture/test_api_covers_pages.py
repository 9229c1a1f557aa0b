"""The API offers what the pages do: every page names the operation that does the same, or says why there is none."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask

import tests.architecture.api_map
from timebank.api.routing import OPERATIONS

NO_PAGES = {"api", "bootstrap", "htmx", "leaflet", "static"}  # the API itself, and files of styles and scripts
FEWEST_WORDS = 4


@dataclass
class Map:
    """The tables of a domain."""

    covered: dict[str, tuple[str, ...]] = field(default_factory=dict)
    exceptions: dict[str, str] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    twice: list[str] = field(default_factory=list)


def _maps() -> dict[str, Map]:
    found: dict[str, Map] = {}
    for each in pkgutil.iter_modules(tests.architecture.api_map.__path__):
        tables = importlib.import_module(f"tests.architecture.api_map.{each.name}")
        known = found.setdefault(each.name.partition("_")[0], Map())
        named = [*tables.COVERED, *tables.EXCEPTIONS]
        known.twice += [name for name in named if named.count(name) > 1 or name in known.covered | known.exceptions]
        known.covered |= {page: (does,) if isinstance(does, str) else does for page, does in tables.COVERED.items()}
        known.exceptions |= tables.EXCEPTIONS
        known.shown |= getattr(tables, "SHOWN", set())
    return found


MAPS = _maps()


def _pages(app: Flask) -> Iterator[tuple[str, str, set[str]]]:
    """(domain, endpoint, methods) of every page."""
    methods: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        methods.setdefault(rule.endpoint, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    for endpoint, known in methods.items():
        domain = endpoint.partition(".")[0]
        if domain not in NO_PAGES and not endpoint.endswith(".static"):
            yield domain, endpoint, known


def test_every_domain_with_pages_has_a_table(app: Flask) -> None:
    missing = {domain for domain, _, _ in _pages(app)} - set(MAPS)
    assert not missing, f"tests/architecture/api_map has no table for {sorted(missing)}"


@pytest.mark.parametrize("domain", sorted(MAPS))
def test_every_page_has_an_operation_or_a_reason(app: Flask, domain: str) -> None:
    tables = MAPS[domain]
    pages = {endpoint for of, endpoint, _ in _pages(app) if of == domain}
    named = set(tables.covered) | set(tables.exceptions)
    assert not pages - named, f"pages that the API does not know: {sorted(pages - named)}"
    assert not named - pages, f"there are no such pages: {sorted(named - pages)}"
    assert not tables.twice, f"named twice: {tables.twice}"


@pytest.mark.parametrize("domain", sorted(MAPS))
def test_every_operation_that_is_named_exists(domain: str) -> None:
    known = {operation.name for operation in OPERATIONS}
    named = {name for names in MAPS[domain].covered.values() for name in names}
    assert not named - known, sorted(named - known)


@pytest.mark.parametrize("domain", sorted(MAPS))
def test_a_page_that_changes_something_has_an_operation_that_changes_something(app: Flask, domain: str) -> None:
    tables = MAPS[domain]
    writes = {operation.name for operation in OPERATIONS if operation.method != "GET"}
    changing = {endpoint for of, endpoint, methods in _pages(app) if of == domain and methods - {"GET"}}
    only_read = {
        endpoint
        for endpoint in changing - tables.shown
        if endpoint in tables.covered and not writes & set(tables.covered[endpoint])
    }
    assert not only_read, f"these forms have operations that only read: {sorted(only_read)}"
    assert tables.shown <= changing & set(tables.covered), "only forms with an operation can ask to be shown something"


@pytest.mark.parametrize("domain", sorted(MAPS))
def test_a_reason_is_a_sentence(domain: str) -> None:
    short = [page for page, reason in MAPS[domain].exceptions.items() if len(reason.split()) < FEWEST_WORDS]
    assert not short, short
