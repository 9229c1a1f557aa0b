"""Ed25519 signatures of seals, and of each new key by the one before it."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
)

from timebank.ledger.rules.seals import KEY_ID, SealFacts, moment

FORMAT = "timebank-seal-key/1"


class BadKey(ValueError):
    """A key that is no Ed25519 key."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that signs seals from `since` on; `by` is the key before it, whose `signature` vouches for this one."""

    der: bytes  # SubjectPublicKeyInfo
    since: datetime
    by: bytes = b""
    signature: bytes = b""

    @property
    def id(self) -> bytes:
        """The first 8 bytes of the SHA-256 of the key."""
        return key_id(self.der)

    @property
    def text(self) -> str:
        """The key as it stands between the lines of a PEM file."""
        return base64.b64encode(self.der).decode()

    def message(self) -> bytes:
        """What the key before it signs."""
        return f"{FORMAT}\n{self.text}\n{moment(self.since)}\n".encode()

    def published(self) -> dict[str, Any]:
        """The line of the file of keys."""
        return {
            "format": FORMAT,
            "key": self.id.hex(),
            "public_key": self.text,
            "since": moment(self.since),
            "by": self.by.hex(),
            "signature": self.signature.hex(),
        }


def key_id(der: bytes) -> bytes:
    """The short number of a public key."""
    return hashlib.sha256(der).digest()[:KEY_ID]


def key_of(line: Any) -> PublicKey:
    """A key from its published line.  Raises ValueError."""
    try:
        found = PublicKey(
            base64.b64decode(line["public_key"], validate=True),
            datetime.fromisoformat(line["since"]),
            bytes.fromhex(line["by"]),
            bytes.fromhex(line["signature"]),
        )
    except (KeyError, TypeError, binascii.Error) as error:
        raise ValueError(f"a key lacks a part or has one of the wrong kind ({error})") from error
    if line.get("key") != found.id.hex():
        raise ValueError(f"the number {line.get('key')} is not that of its key")
    return found


def private_key(given: bytes) -> Ed25519PrivateKey:
    """A private key from PEM, or from base64 of PEM, of DER or of the 32 bytes.  Raises BadKey."""
    try:
        raw = given if given.lstrip().startswith(b"-----") else base64.b64decode(given, validate=True)
        if raw.lstrip().startswith(b"-----"):
            key = load_pem_private_key(raw, None)
        else:
            key = Ed25519PrivateKey.from_private_bytes(raw) if len(raw) == 32 else load_der_private_key(raw, None)
    except (ValueError, TypeError) as error:
        raise BadKey("The key that signs seals cannot be read: it must be an Ed25519 key in PEM or base64.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey("The key that signs seals must be an Ed25519 key.")
    return key


def public_der(key: Ed25519PrivateKey) -> bytes:
    """The public part, as SubjectPublicKeyInfo."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def is_signed(der: bytes, message: bytes, signature: bytes) -> bool:
    """Did the owner of the public key sign the message?"""
    try:
        key = load_der_public_key(der)
        if not isinstance(key, Ed25519PublicKey):
            return False
        key.verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def sealed_by(facts: SealFacts, der: bytes) -> bool:
    """Does the seal carry a signature of this key over exactly these facts?"""
    return facts.key_id == key_id(der) and is_signed(der, facts.message(), facts.signature)
