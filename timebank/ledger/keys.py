"""The key that signs seals, and the public keys there have been.

The private key is the one of `TIMEBANK_SEAL_KEY` (the path of a PEM file, or base64), else one made once in the
instance folder, readable by the owner only.  Public keys stay known for good: `keys.jsonl` beside the published seals.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import current_app

from timebank.core import clock
from timebank.ledger.rules import proofs, signing
from timebank.ledger.rules.signing import PublicKey


class KeyIsGiven(Exception):
    """The key comes from the environment, so it is changed there."""


def folder() -> Path:
    """Where seals and public keys are published."""
    return Path(current_app.config["TIMEBANK_SEAL_FOLDER"])


def keys_file() -> Path:
    """The public keys, one JSON line each, oldest first."""
    return folder() / "keys.jsonl"


def known_keys() -> dict[bytes, PublicKey]:
    """Every key that ever signed, by number, oldest first.  Raises proofs.Unreadable, proofs.Disproved."""
    path = keys_file()
    if not path.exists():
        return {}
    return proofs.read_keys(path.read_text(encoding="utf-8").splitlines())


def signing_key() -> Ed25519PrivateKey:
    """The private key; made on first use, and its public part published.  Raises signing.BadKey."""
    key = _given() or _own()
    _publish(key)
    return key


def _given() -> Ed25519PrivateKey | None:
    value = current_app.config.get("TIMEBANK_SEAL_KEY") or ""
    if not value:
        return None
    path = Path(value) if len(value) < 1024 else None
    return signing.private_key(path.read_bytes() if path and path.is_file() else value.encode())


def _own() -> Ed25519PrivateKey:
    path = Path(current_app.config["TIMEBANK_SEAL_KEY_FILE"])
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, Ed25519PrivateKey.generate(), replace=False)
    return signing.private_key(path.read_bytes())


def _write(path: Path, key: Ed25519PrivateKey, *, replace: bool) -> None:
    """A key file appears whole; the first of two processes wins unless `replace`."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        os.fsync(file.fileno())
    if replace:
        draft.replace(path)
        return
    try:
        path.hardlink_to(draft)
    except FileExistsError:  # another process was first; its key counts
        pass
    finally:
        draft.unlink()


def _publish(key: Ed25519PrivateKey, by: Ed25519PrivateKey | None = None) -> PublicKey:
    """Makes the public part known, once; `by` is the key before it, which vouches for it."""
    der = signing.public_der(key)
    number = signing.key_id(der)
    if (found := known_keys().get(number)) is not None:
        return found
    new = PublicKey(der, clock.now())
    if by is not None:
        before = signing.public_der(by)
        new = PublicKey(der, new.since, signing.key_id(before), by.sign(new.message()))
    with _locked(keys_file()) as file:
        known = proofs.read_keys(file.read().decode().splitlines())
        if number not in known:
            file.write(json.dumps(new.published()).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    return known.get(number, new)


@contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        yield file


def new_key() -> PublicKey:
    """Replaces the private key by a new one, for which the old one vouches.  Raises KeyIsGiven, signing.BadKey."""
    if current_app.config.get("TIMEBANK_SEAL_KEY"):
        raise KeyIsGiven
    old = signing_key()
    key = Ed25519PrivateKey.generate()
    made = _publish(key, by=old)
    _write(Path(current_app.config["TIMEBANK_SEAL_KEY_FILE"]), key, replace=True)
    return made
