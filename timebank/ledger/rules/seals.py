"""Digests over transfers: leaves, the tree over them (RFC 6962) and the chain of roots."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

EMPTY = b"\0" * 32


def leaf(content: Sequence[object]) -> bytes:
    """SHA-256 of 0x00 and the canonical text of a transfer with its entries."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(b"\0" + text.encode()).digest()


def tree_head(leaves: Sequence[bytes]) -> bytes:
    """The head of the Merkle tree (RFC 6962 section 2.1) over at least one leaf."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree_head(leaves[:split]) + tree_head(leaves[split:])).digest()


def root(previous: bytes, leaves: Sequence[bytes]) -> bytes:
    """The root of a seal: the root before it and the tree of its leaves."""
    return hashlib.sha256(previous + tree_head(leaves)).digest()
