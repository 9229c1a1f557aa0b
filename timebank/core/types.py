"""Column types that behave alike on both databases: moments, encrypted text, search digests, codes of an enum."""

from __future__ import annotations

import enum
import functools
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from flask import current_app
from sqlalchemy import DateTime, Dialect, Enum, LargeBinary, String, Text
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A timezone-aware moment, kept in UTC (SQLite forgets the zone, so it is put back on reading)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@functools.lru_cache(maxsize=8)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def cipher() -> MultiFernet:
    """The first key encrypts, all of them decrypt (rotation: put the new key first)."""
    return _cipher(tuple(current_app.config["TIMEBANK_ENCRYPTION_KEYS"]))


class EncryptedText(TypeDecorator[str]):
    """Text that the database never sees in clear.  Search it through a `blind_index` column beside it."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else cipher().encrypt(value.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else cipher().decrypt(bytes(value)).decode()


def blind_index(kind: str, value: str) -> str:
    """A keyed digest (64 hex digits) by which an encrypted value is found; `kind` keeps columns apart."""
    key = current_app.config["TIMEBANK_INDEX_KEY"].encode()
    return hmac.new(key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def code_of(kind: type[enum.StrEnum], length: int = 32) -> Enum:
    """An enum kept as its value in a text column (no native enum: adding a value needs no lock on PostgreSQL)."""
    return Enum(kind, native_enum=False, length=length, create_constraint=False, values_callable=_values)


def _values(kind: Any) -> list[str]:
    return [member.value for member in kind]


# Codes are compared as plain bytes on both databases: `db.below` depends on "~" coming after every digit.
TERRITORY = String(15).with_variant(String(15, collation="C"), "postgresql")
SHORT = String(200)
LONG = Text()
