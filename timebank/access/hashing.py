"""Argon2id with the parameters of the installation (`TIMEBANK_ARGON2`; empty = the library's own choice)."""

from __future__ import annotations

import functools
import hashlib
import secrets
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import current_app


@functools.lru_cache(maxsize=8)
def _hasher(options: tuple[tuple[str, Any], ...]) -> PasswordHasher:
    return PasswordHasher(**dict(options))


@functools.lru_cache(maxsize=8)
def _of_nobody(options: tuple[tuple[str, Any], ...]) -> str:
    return _hasher(options).hash(secrets.token_urlsafe(16))


def _options() -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(current_app.config.get("TIMEBANK_ARGON2", {}).items()))


def hash_secret(secret: str) -> str:
    """The argon2id hash of a password or PIN."""
    return _hasher(_options()).hash(secret)


def matches(kept: str | None, secret: str) -> bool:
    """Is this the secret?  Without a kept hash the same work is done and the answer is no."""
    options = _options()
    try:
        _hasher(options).verify(kept or _of_nobody(options), secret)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return kept is not None


def is_old(kept: str) -> bool:
    """Was the hash made with other parameters than today's?"""
    return _hasher(_options()).check_needs_rehash(kept)


def digest(token: str) -> str:
    """What is kept of a random token (it has enough entropy for a plain digest)."""
    return hashlib.sha256(token.encode()).hexdigest()


class Hidden:
    """A secret among the arguments of a command: it never reaches the digest of the request, a log or an audit."""

    def __init__(self, secret: str | None) -> None:
        self.secret = secret

    def __repr__(self) -> str:
        return "Hidden()"
