"""Digests over transfers: leaves, the tree over them (RFC 6962), the chain of roots, and what a signature covers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

EMPTY = b"\0" * 32
FORMAT = "timebank-seal/1"
KEY_ID = 8  # bytes of the key's number in front of the signature

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def text(content: Sequence[object]) -> str:
    """The canonical text of a transfer with its entries: a JSON array without spaces."""
    return _encode(content)


def leaf(content: Sequence[object]) -> bytes:
    """SHA-256 of 0x00 and the canonical text of a transfer with its entries."""
    return leaf_of(text(content))


def leaf_of(canonical: str) -> bytes:
    """SHA-256 of 0x00 and a canonical text."""
    return hashlib.sha256(b"\0" + canonical.encode()).digest()


def node(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and two digests that are joined."""
    return hashlib.sha256(b"\1" + left + right).digest()


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The level over one: pairs are joined, a last one without a partner goes up as it is.

    That is the tree of RFC 6962: its left part always holds the largest power of two.
    """
    sha256 = hashlib.sha256
    nodes = [sha256(b"\1" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
    return [*nodes, level[-1]] if len(level) % 2 else nodes


def tree_head(leaves: Sequence[bytes]) -> bytes:
    """The head of the Merkle tree (RFC 6962 section 2.1) over at least one leaf."""
    level = leaves
    while len(level) > 1:
        level = _above(level)
    return level[0]


def root(previous: bytes, leaves: Sequence[bytes]) -> bytes:
    """The root of a seal: the root before it and the tree of its leaves."""
    return chained(previous, tree_head(leaves))


def chained(previous: bytes, head: bytes) -> bytes:
    """SHA-256 of the root before and the head of a tree."""
    return hashlib.sha256(previous + head).digest()


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path (RFC 6962 section 2.1.1) of a leaf: the digests it is joined with, lowest first."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    found, level = [], leaves
    while len(level) > 1:
        partner = index ^ 1
        if partner < len(level):
            found.append(level[partner])
        level, index = _above(level), index // 2
    return found


def head_by_path(digest: bytes, index: int, leaves: int, steps: Sequence[bytes]) -> bytes | None:
    """The head of the tree to which a leaf and its path lead; None when the path has another length than it must."""
    if not 0 <= index < leaves:
        return None
    rest, last = list(steps), leaves - 1
    while last:
        if index % 2 or index < last:
            if not rest:
                return None
            step = rest.pop(0)
            digest = node(step, digest) if index % 2 else node(digest, step)
        index, last = index // 2, last // 2
    return None if rest else digest


def moment(value: datetime) -> str:
    """A moment as it is sealed: "2026-11-22T05:49:39.123456+00:00"."""
    return value.isoformat(timespec="microseconds")


@dataclass(frozen=True, slots=True)
class SealFacts:
    """A seal: root over `leaves` transfers, chained to `prev_root`; `signature` is empty in seals of old versions."""

    tenant: int
    n: int
    leaves: int
    prev_root: bytes
    root: bytes
    sealed_at: datetime
    key_id: bytes = b""
    signature: bytes = b""

    def message(self) -> bytes:
        """What is signed: seven lines of plain text, each ended by a newline."""
        facts = (self.tenant, self.n, self.leaves, self.prev_root.hex(), self.root.hex(), moment(self.sealed_at))
        return "".join(f"{fact}\n" for fact in (FORMAT, *facts)).encode()

    def kept(self) -> bytes:
        """Number of the key and signature, as the table keeps them."""
        return self.key_id + self.signature

    def published(self) -> dict[str, Any]:
        """The line of the published file."""
        return {
            "format": FORMAT,
            "tenant": self.tenant,
            "n": self.n,
            "leaves": self.leaves,
            "prev_root": self.prev_root.hex(),
            "root": self.root.hex(),
            "sealed_at": moment(self.sealed_at),
            "key": self.key_id.hex(),
            "signature": self.signature.hex(),
        }


def facts_of(line: Any) -> SealFacts:
    """A seal from a line of the published file.  Raises ValueError with what cannot be read."""
    try:
        if line["format"] != FORMAT:
            raise ValueError(f"it is not of the format {FORMAT}")
        facts = SealFacts(
            _number(line["tenant"]),
            _number(line["n"]),
            _number(line["leaves"]),
            bytes.fromhex(line["prev_root"]),
            bytes.fromhex(line["root"]),
            datetime.fromisoformat(line["sealed_at"]),
            bytes.fromhex(line["key"]),
            bytes.fromhex(line["signature"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"its seal lacks a part or has one of the wrong kind ({error})") from error
    if len(facts.prev_root) != len(EMPTY) or len(facts.root) != len(EMPTY) or facts.leaves < 1:
        raise ValueError("its seal has a root of the wrong length or no leaves")
    return facts


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no whole number")
    return value
