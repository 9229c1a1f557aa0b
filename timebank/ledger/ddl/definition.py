"""A piece of DDL that ships with the ledger."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Definition:
    """A function, a trigger or the search path of the functions: its name, its table, and how it is made."""

    kind: str  # "trigger", "function" or "path"
    name: str
    table: str
    sql: str

    def drop(self, dialect: str) -> str | None:
        """The statement that removes it (None where there is nothing to remove)."""
        if self.kind == "path":
            return None
        if self.kind == "function":
            return f"DROP FUNCTION IF EXISTS {self.name}"
        return f"DROP TRIGGER IF EXISTS {self.name}" + ("" if dialect == "sqlite" else f" ON {self.table}")
