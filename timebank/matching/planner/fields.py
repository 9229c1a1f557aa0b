"""Fields of a JSON document, read with a sentence for each that is missing or wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

_ABSENT: Any = object()
MOST = 1e15  # no place, length or weight is larger


class BadFile(Exception):
    """What cannot be read, and where."""


@dataclass(frozen=True, slots=True)
class Record:
    """An object of a document and the words that lead to it."""

    value: Any
    name: str

    def __post_init__(self) -> None:
        if not isinstance(self.value, dict):
            raise BadFile(f"{self.name}: an object is expected")

    def is_format(self, wanted: str) -> None:
        """Raises `BadFile` for another format."""
        if self.value.get("format") != wanted:
            raise BadFile(f"{self.name}: the format is {self.value.get('format')!r}, expected {wanted!r}")

    def maybe_value(self, key: str) -> Any:
        """Whatever stands there, or None."""
        return self.value.get(key)

    def _get(self, key: str, default: Any) -> Any:
        found = self.value.get(key)
        if found is None:
            if default is _ABSENT:
                raise BadFile(f"{self.name}: {key!r} is missing")
            return default
        return found

    def text(self, key: str, default: str = _ABSENT) -> str:
        """A text."""
        found = self._get(key, default)
        if not isinstance(found, str):
            raise BadFile(f"{self.name}: {key!r} must be a text, not {found!r}")
        return found

    def maybe(self, key: str) -> str | None:
        """A text, or None."""
        return None if self.value.get(key) is None else self.text(key)

    def number(self, key: str, default: float = _ABSENT) -> float:
        """A finite number."""
        found = self._get(key, default)
        if isinstance(found, bool) or not isinstance(found, int | float) or not -MOST <= found <= MOST:
            raise BadFile(f"{self.name}: {key!r} must be a number, not {found!r}")
        return found

    def whole(self, key: str, default: int = _ABSENT) -> int:
        """A whole number."""
        found = self.number(key, default)
        if found != int(found):
            raise BadFile(f"{self.name}: {key!r} must be a whole number, not {found!r}")
        return int(found)

    def known(self, key: str, names: Collection[str]) -> str:
        """A text that is one of the names."""
        found = self.text(key)
        if found not in names:
            raise BadFile(f"{self.name}: {key} {found!r} is not known")
        return found

    def listed(self, key: str) -> tuple[str, ...]:
        """Texts; none where the key is missing or null."""
        found = self._get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise BadFile(f"{self.name}: {key!r} must be a list of texts")
        return tuple(found)

    def texts(self, key: str) -> frozenset[str]:
        """A set of texts."""
        return frozenset(self.listed(key))

    def record(self, key: str) -> Record:
        """An object within; an empty one where the key is missing."""
        return Record(self._get(key, {}), key)

    def several(self, key: str) -> Iterator[Record]:
        """Objects of a list; none where the key is missing."""
        return records(self._get(key, []), f"{self.name} {key}")

    def unique(self, key: str) -> list[Record]:
        """Objects of a list that must be there, named by their ids.  Raises `BadFile` for an id twice."""
        found = self._get(key, _ABSENT)
        named: dict[str, Record] = {}
        for one in records(found, key):
            name = one.text("id")
            if name in named:
                raise BadFile(f"{key}: the id {name!r} is there twice")
            named[name] = Record(one.value, f"{key} {name}")
        return list(named.values())


def records(found: Any, name: str) -> Iterator[Record]:
    """The objects of a list."""
    if not isinstance(found, list):
        raise BadFile(f"{name}: a list is expected")
    for number, one in enumerate(found):
        yield Record(one, f"{name}[{number}]")
