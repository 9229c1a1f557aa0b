"""The product's own source, read as syntax trees by the tests of this folder."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"


@dataclass(frozen=True)
class Source:
    """A Python file of the product."""

    path: Path
    tree: ast.Module
    lines: int

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def room(self) -> str:
        """The room of the domain the file is in: rules, models, queries, service, forms, views …; "" outside."""
        inside = self.path.relative_to(ROOT / "timebank").parts
        return Path(inside[1]).stem if len(inside) > 1 else ""

    def imports(self) -> set[str]:
        """The modules it imports anywhere, in full."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        return found

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call with the last part of the name called."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                yield name, node


@functools.cache
def sources() -> tuple[Source, ...]:
    """All Python files under `timebank/`."""
    paths = sorted((ROOT / "timebank").rglob("*.py"))
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> Source:
    text = path.read_text()
    return Source(path, ast.parse(text, str(path)), text.count("\n"))


@functools.cache
def templates() -> tuple[tuple[str, str], ...]:
    """(name, text) of every template."""
    return tuple(
        (path.relative_to(TEMPLATES).as_posix(), path.read_text()) for path in sorted(TEMPLATES.rglob("*.html"))
    )


def constant(call: ast.Call) -> str | None:
    """The first argument, if it is a text written there."""
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
