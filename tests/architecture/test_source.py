"""Promises about the source that no linter knows."""

from __future__ import annotations

import ast
import importlib

from tests.architecture.source import Source, sources

LONGEST_FILE, LONGEST_FUNCTION = 350, 40
TABLES = {"timebank/exchange/rules/parameters.py"}  # long because it is one table, read from top to bottom
CLOCKS = {"now", "utcnow", "today"}
COMPILED = {"timebank/matching/planner/kernel.py"}  # loops over arrays that numba compiles in one piece (decision 0015)


def test_files_and_functions_stay_small() -> None:
    long_files = [
        f"{each.name}: {each.lines} lines"
        for each in sources()
        if each.lines > LONGEST_FILE and each.name not in TABLES | COMPILED
    ]
    long_functions = [
        f"{each.name}:{node.lineno} {node.name}: {_length(node)} lines"
        for each in sources()
        if each.name not in COMPILED
        for node in ast.walk(each.tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and _length(node) > LONGEST_FUNCTION
    ]
    assert not long_files + long_functions, "\n".join(long_files + long_functions)


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body without its docstring."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_only_the_clock_knows_what_time_it_is() -> None:
    found = [
        f"{each.name}:{call.lineno}"
        for each in sources()
        if each.name != "timebank/core/clock.py"
        for name, call in each.calls()
        if name in CLOCKS and isinstance(call.func, ast.Attribute) and _is_library_clock(call.func.value)
    ]
    assert not found, found


def _is_library_clock(owner: ast.expr) -> bool:
    return ast.unparse(owner) in {"datetime", "date", "datetime.datetime", "datetime.date"}


def test_rules_know_neither_the_web_nor_the_database_nor_the_clock() -> None:
    assert not _importing("rules", "flask", "sqlalchemy", "timebank.core.db")
    assert not _importing("rules", "timebank.core.clock.now", "timebank.core.clock.today")
    asking = [
        each.name
        for each in sources()
        if each.room == "rules" and {"now", "today"} & {name for name, _ in each.calls()}
    ]
    assert not asking, asking


def test_services_do_not_know_the_web() -> None:
    """The clock's own domain starts the application, so it may know it."""
    found = _importing("service", "flask", "werkzeug", "wtforms", "timebank.core.web", "timebank.core.forms")
    assert not [each for each in found if not each.startswith("timebank/jobs/")]


def test_views_and_forms_do_not_know_the_database() -> None:
    assert not _importing("views", "sqlalchemy", "timebank.core.db")
    assert not _importing("forms", "sqlalchemy", "timebank.core.db")


def test_queries_do_not_know_pages() -> None:
    assert not _importing("queries", "wtforms", "timebank.core.web", "timebank.core.forms")


def test_a_service_touches_only_tables_of_its_own_domain() -> None:
    found = [
        f"{each.name} imports {module}"
        for each in sources()
        if each.room == "service"
        for module in sorted(each.imports())
        if _is_models_of_another_domain(module, each)
    ]
    assert not found, "\n".join(found)


def _is_models_of_another_domain(module: str, source: Source) -> bool:
    """A table of another domain; its enums may be named."""
    parts = module.split(".")
    if len(parts) < 4 or parts[0] != "timebank" or parts[2] != "models" or parts[1] == source.name.split("/")[1]:
        return False
    return hasattr(getattr(importlib.import_module(module.rpartition(".")[0]), parts[-1], None), "__tablename__")


def _importing(room: str, *forbidden: str) -> list[str]:
    return [
        f"{each.name} imports {module}"
        for each in sources()
        if each.room == room
        for module in sorted(each.imports())
        if any(module == name or module.startswith(f"{name}.") for name in forbidden)
    ]


def test_every_domain_says_what_it_promises() -> None:
    silent = [
        each.name
        for each in sources()
        if each.path.name == "__init__.py" and each.path.parent.parent.name == "timebank" and not _docstring(each)
    ]
    assert not silent, silent


def _docstring(source: Source) -> str | None:
    return ast.get_docstring(source.tree)


def test_public_functions_of_services_and_queries_have_docstrings() -> None:
    silent = [
        f"{each.name}:{node.lineno} {node.name}"
        for each in sources()
        if each.room in {"service", "queries", "rules"}
        for node in each.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not silent, "\n".join(silent)


def test_nothing_is_left_half_done() -> None:
    words = ("TO" + "DO", "FIX" + "ME", "X" + "XX")
    found = [f"{each.name}: {word}" for each in sources() for word in words if word in each.path.read_text()]
    assert not found, found


def test_no_error_is_swallowed() -> None:
    found = [
        f"{each.name}:{node.lineno}"
        for each in sources()
        for node in ast.walk(each.tree)
        if isinstance(node, ast.ExceptHandler) and _catches_everything(node) and isinstance(node.body[0], ast.Pass)
    ]
    assert not found, found


def _catches_everything(node: ast.ExceptHandler) -> bool:
    return node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
