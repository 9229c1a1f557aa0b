"""Proof files: that a transfer stands under a published root.  Whoever has one needs neither database nor secret.

`docs/proofs.md` describes the format "timebank-proof/1" and the same check with tools that are not ours.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from timebank.ledger.rules import seals, signing
from timebank.ledger.rules.seals import SealFacts

FORMAT = "timebank-proof/1"
NAMES = (
    *("tenant", "id", "kind", "debit", "credit", "amount", "ref", "group", "key"),
    *("event_at", "expires_at", "created_at", "actor", "actor_name", "purpose", "memo"),
)
SECOND = ("second", "second_name")  # who agreed to a reversal in a closed month
ENTRY_NAMES = ("account", "seq", "amount", "balance")


class Unreadable(ValueError):
    """What was given is no proof, no chain or no root: nothing can be said about it."""


class Disproved(ValueError):
    """The proof does not hold; the message says why."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof file taken apart."""

    text: str
    leaf: bytes
    index: int
    steps: tuple[bytes, ...]
    seal: SealFacts
    public_key: bytes

    @property
    def transfer(self) -> dict[str, Any]:
        """The transfer by the names of its parts, with its `entries`."""
        return named(self.text)


def named(text: str) -> dict[str, Any]:
    """What a canonical text says.  Raises Unreadable."""
    try:
        *facts, entries = json.loads(text)
        names = NAMES if len(facts) == len(NAMES) else (*NAMES, *SECOND)
        found: dict[str, Any] = dict(zip(names, facts, strict=True))
        found["entries"] = [dict(zip(ENTRY_NAMES, entry, strict=True)) for entry in entries]
    except (ValueError, TypeError) as error:
        raise Unreadable("the text of the transfer cannot be read") from error
    return found


def document(proof: Proof) -> dict[str, Any]:
    """The proof file."""
    return {
        "format": FORMAT,
        "transfer": proof.transfer,
        "text": proof.text,
        "leaf": proof.leaf.hex(),
        "index": proof.index,
        "path": [step.hex() for step in proof.steps],
        "seal": proof.seal.published(),
        "public_key": base64.b64encode(proof.public_key).decode(),
    }


def read(content: Any) -> Proof:
    """A proof from a decoded file.  Raises Unreadable."""
    try:
        if content["format"] != FORMAT:
            raise Unreadable(f"it is not of the format {FORMAT}")
        proof = Proof(
            _text(content["text"]),
            bytes.fromhex(content["leaf"]),
            _whole(content["index"]),
            tuple(bytes.fromhex(step) for step in _listed(content["path"])),
            seals.facts_of(content["seal"]),
            base64.b64decode(content["public_key"], validate=True),
        )
        if content["transfer"] != proof.transfer:
            raise Disproved("What the file says about the transfer is not what its sealed text says.")
    except (Unreadable, Disproved):
        raise
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise Unreadable(f"it lacks a part or has one of the wrong kind ({error})") from error
    return proof


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("the text of the transfer is no text")
    return value


def _listed(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("the path is no list")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("the index is no whole number")
    return value


def check(proof: Proof, root: bytes) -> None:
    """Does the transfer stand under this root?  Raises Disproved with a sentence that names the broken step."""
    seal = proof.seal
    if seals.leaf_of(proof.text) != proof.leaf:
        raise Disproved("The transfer was altered: its digest is not the leaf that the file names.")
    head = seals.head_by_path(proof.leaf, proof.index, seal.leaves, proof.steps)
    if head is None:
        raise Disproved("The path does not fit the place of the transfer: it has a step too few or too many.")
    if seals.chained(seal.prev_root, head) != seal.root:
        raise Disproved("The path does not lead to the root of the seal: transfer, place or path were altered.")
    check_signature(seal, proof.public_key)
    if root != seal.root:
        raise Disproved(
            f"The proof holds for another root than the one given: seal {seal.n} of {seal.tenant} has {seal.root.hex()}"
        )


@dataclass(frozen=True, slots=True)
class Joined:
    """A step of the path: the digest at hand is joined with `partner` on its left or right, which makes `made`."""

    partner: str
    left: bool
    made: str


def steps(proof: Proof) -> list[Joined]:
    """The path step by step, as far as it goes, for people who want to follow it."""
    found = []
    digest, index, last = proof.leaf, proof.index, proof.seal.leaves - 1
    for partner in proof.steps:
        while not index % 2 and index == last and last:  # no partner on this level
            index, last = index // 2, last // 2
        left = index % 2 == 1
        digest = seals.node(partner, digest) if left else seals.node(digest, partner)
        found.append(Joined(partner.hex(), left, digest.hex()))
        index, last = index // 2, last // 2
    return found


def check_signature(seal: SealFacts, public_key: bytes) -> None:
    """Raises Disproved when the seal is signed by another key or was altered after signing (unsigned: old versions)."""
    if not seal.signature and not public_key:
        return
    if seal.key_id != signing.key_id(public_key):
        raise Disproved(f"Seal {seal.n} is signed by another key than the one in the file.")
    if not signing.sealed_by(seal, public_key):
        raise Disproved(f"The signature of seal {seal.n} does not fit: the seal was altered, or somebody else made it.")


def read_root(text: str) -> bytes:
    """A root as people write it down: 64 hexadecimal digits, blanks between them do not matter.  Raises Unreadable."""
    digits = "".join(text.split()).lower()
    try:
        root = bytes.fromhex(digits)
    except ValueError as error:
        raise Unreadable("a root has 64 hexadecimal digits") from error
    if len(root) != len(seals.EMPTY):
        raise Unreadable("a root has 64 hexadecimal digits")
    return root


def read_chain(lines: Iterable[str]) -> list[SealFacts]:
    """The seals of a published file.  Raises Unreadable with the number of the line."""
    found = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(seals.facts_of(json.loads(line)))
        except ValueError as error:
            raise Unreadable(f"line {number}: {error}") from error
    if not found:
        raise Unreadable("there is no seal in it")
    return found


def read_keys(lines: Iterable[str]) -> dict[bytes, signing.PublicKey]:
    """Public keys by number.  Raises Unreadable, and Disproved when one is not vouched for as it says."""
    found: dict[bytes, signing.PublicKey] = {}
    for number, line in enumerate(lines, 1):
        try:
            key = signing.key_of(json.loads(line))
        except ValueError as error:
            raise Unreadable(f"key {number}: {error}") from error
        if key.by and not (key.by in found and signing.is_signed(found[key.by].der, key.message(), key.signature)):
            raise Disproved(f"Key {key.id.hex()} says that the key before it vouches for it, and it does not.")
        found[key.id] = key
    return found


def check_chain(chain: Sequence[SealFacts], keys: Mapping[bytes, signing.PublicKey] | None = None) -> None:
    """Does each seal follow the one before it, and is each signed by a known key (where keys are given)?

    Raises Disproved with the number of the first seal that does not.
    """
    for before, seal in zip([None, *chain[:-1]], chain, strict=True):
        if before is None:
            if seal.n == 1 and seal.prev_root != seals.EMPTY:
                raise Disproved("Seal 1 does not start from zeros, so something stood before it.")
        elif seal.tenant != before.tenant or seal.n != before.n + 1:
            raise Disproved(f"After seal {before.n} of {before.tenant} comes seal {seal.n} of {seal.tenant}.")
        elif seal.prev_root != before.root:
            raise Disproved(f"Seal {seal.n} does not follow seal {before.n}: one of the two was replaced.")
        if before is not None and before.signature and not seal.signature:
            raise Disproved(f"Seal {seal.n} is not signed although the one before it is.")
        if keys is not None and seal.signature:
            key = keys.get(seal.key_id)
            if key is None:
                raise Disproved(f"Seal {seal.n} is signed by a key that was never published: {seal.key_id.hex()}.")
            check_signature(seal, key.der)


def check_in_chain(proof: Proof, chain: Sequence[SealFacts]) -> None:
    """Is the seal of the proof the one that was published?  Raises Disproved."""
    same = [seal for seal in chain if seal.n == proof.seal.n and seal.tenant == proof.seal.tenant]
    if not same:
        raise Disproved(f"The published file does not hold seal {proof.seal.n} of {proof.seal.tenant}.")
    if same[0] != proof.seal:
        raise Disproved(f"Seal {proof.seal.n} was published with other content than the proof has.")
